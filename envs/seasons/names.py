"""Names: of seasons and weathers, in the order in which art and reports list them."""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = ["SEASONS", "WEATHERS", "SeasonName", "WeatherName"]

SeasonName = Literal["summer", "autumn", "winter", "spring"]
WeatherName = Literal["day", "dusk", "night", "fog", "rain", "snowfall"]

SEASONS: Final[tuple[SeasonName, ...]] = get_args(SeasonName)
WEATHERS: Final[tuple[WeatherName, ...]] = get_args(WeatherName)
