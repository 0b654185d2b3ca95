"""Weather controls: season, precipitation, fog and the hour, as a person turns them; all of ``Conditions`` follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wormdrive.envs.common.errors import ConditionsError, one_of
from wormdrive.envs.seasons.conditions import Conditions, Lens, blend
from wormdrive.envs.seasons.names import WEATHERS

__all__ = ["WeatherControls"]

_NOON: Final = 13.0
_DUSK: Final = 19.5
_NIGHT: Final = 23.0
"""Hours at which the presets day, dusk and night hold; mornings mirror evenings about noon."""

_LAMPS_DEG: Final = 15.0
"""Above this altitude of the sun the lens is that of the day [deg]."""


@dataclass(frozen=True)
class WeatherControls:
    """Values of the controls: ``precipitation`` and ``fog`` from 0 to 1, ``hour`` from 0 to 24.

    At their ends they give the presets: precipitation 1 is ``snowfall`` where ``snow`` is set and else ``rain``, fog 1
    is ``fog`` (but dries no road), and at 13:00, 19:30 and 23:00 it is ``day``, ``dusk`` and ``night``; in between, a
    blend.

    >>> WeatherControls.preset("autumn", "rain").conditions == Conditions.preset("autumn", "rain")
    True
    """

    season: str = "summer"
    precipitation: float = 0.0
    fog: float = 0.0
    hour: float = _NOON
    snow: bool = False

    @classmethod
    def preset(cls, season: str, weather: str = "day") -> WeatherControls:
        """Return the controls of a preset.

        Raises
        ------
        ConditionsError
            If there is no such weather.
        """
        if weather not in WEATHERS:
            raise ConditionsError(one_of("weather", weather, WEATHERS))
        return cls(
            season,
            precipitation=float(weather in ("rain", "snowfall")),
            fog=float(weather == "fog"),
            hour={"dusk": _DUSK, "night": _NIGHT}.get(weather, _NOON),
            snow=weather == "snowfall" or (weather != "rain" and season == "winter"),
        )

    @property
    def conditions(self) -> Conditions:
        """Season, weather and lens that the controls stand for.

        Raises
        ------
        ConditionsError
            If there is no such season, or a control is out of its range.
        """
        if not 0.0 <= self.hour <= 24.0:
            raise ConditionsError(f"hour={self.hour!r}: allowed is a number in [0, 24]")
        falling = Conditions.preset(self.season, "snowfall" if self.snow else "rain")
        made = blend(Conditions.preset(self.season), falling, self.precipitation)
        made = blend(made, _foggy(made, Conditions.preset(self.season, "fog")), self.fog)
        late = min(abs(self.hour - _NOON), 24.0 - abs(self.hour - _NOON))
        return _at_hour(made, self.season, late)

    @property
    def words(self) -> str:
        """The weather in a word or two: "light snow, fog"."""
        words = []
        if self.precipitation >= 0.05:
            words.append(("light " if self.precipitation < 0.5 else "") + ("snow" if self.snow else "rain"))
        if self.fog >= 0.2:
            words.append("mist" if self.fog < 0.6 else "fog")
        late = min(abs(self.hour - _NOON), 24.0 - abs(self.hour - _NOON))
        words.append("day" if late < 5.0 else "night" if late > 8.0 else "dusk" if self.hour > _NOON else "dawn")
        return ", ".join(words)


def _foggy(clear: Conditions, fog: Conditions) -> Conditions:
    """Add fog to a weather: what the fog preset has more of, and its calm."""
    more = ("fog_density", "cloudiness", "wetness")
    weather = {name: max(getattr(clear.weather, name), getattr(fog.weather, name)) for name in more}
    weather["wind_intensity"] = min(clear.weather.wind_intensity, fog.weather.wind_intensity)
    return clear.replace(weather=weather, lens={"headlights": max(clear.lens.headlights, fog.lens.headlights)})


def _at_hour(day: Conditions, season: str, late_h: float) -> Conditions:
    """Move the sun of a day's weather so many hours from noon, and turn the lens and lamps up as it gets dark."""
    dusk, night = Conditions.preset(season, "dusk"), Conditions.preset(season, "night")
    noon_deg, dusk_deg, night_deg = (one.weather.sun_altitude_angle for one in (day, dusk, night))
    altitude = float(np.interp(late_h, (0.0, _DUSK - _NOON, _NIGHT - _NOON), (noon_deg, dusk_deg, night_deg)))
    if altitude == noon_deg:
        return day
    usual = Conditions.preset(season).lens
    high = min(_LAMPS_DEG, noon_deg)
    fields = {}
    for name in Lens.model_fields:
        lit = (getattr(usual, name), getattr(dusk.lens, name), getattr(night.lens, name))
        by_hour = float(np.interp(-altitude, (-high, -dusk_deg, -night_deg), lit))
        fields[name] = max(by_hour, getattr(day.lens, name))
    weather = {"sun_altitude_angle": altitude}
    dark = float(np.clip((dusk_deg - altitude) / (dusk_deg - night_deg), 0.0, 1.0))
    for name in ("cloudiness", "fog_density"):  # winter nights are clearer than winter days
        more = getattr(night.weather, name) - getattr(Conditions.preset(season).weather, name)
        weather[name] = float(np.clip(getattr(day.weather, name) + dark * more, 0.0, 100.0))
    return day.replace(weather=weather, lens=fields)
