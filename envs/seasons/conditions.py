"""Conditions: season and weather as continuous, bounded parameters."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["SEASONS", "WEATHERS", "Conditions", "Season", "Weather"]

SEASONS = ("summer", "autumn", "winter", "spring")
WEATHERS = ("day", "dusk", "night", "fog", "rain", "snowfall")


class Weather(BaseModel):
    """Fields, names and ranges of ``carla.WeatherParameters``."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Season(BaseModel):
    """What CARLA's weather lacks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "summer"


class Conditions(BaseModel):
    """Season and weather."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    season: Season = Season()
    weather: Weather = Weather()

    @classmethod
    def preset(cls, season: str, weather: str = "day") -> Conditions:
        """One of the named presets."""
        raise NotImplementedError
