"""Conditions: season, weather and lens as continuous, bounded parameters.

``Weather`` is CARLA's; ``Season`` adds what CARLA lacks; ``Lens`` is what the camera and the car's own lamps add.
Named presets stand in ``presets.yaml``, ranges for training and tests in ``samplers.yaml``.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from wormdrive.envs.common.errors import ConditionsError, one_of
from wormdrive.envs.seasons import friction, presets
from wormdrive.envs.seasons.frozen_model import FrozenModel
from wormdrive.envs.seasons.names import SEASONS, WEATHERS, SeasonName

__all__ = ["SEASONS", "WEATHERS", "Conditions", "Lens", "Season", "Weather", "blend"]


class Weather(FrozenModel):
    """Fields, names and ranges of ``carla.WeatherParameters``; the defaults are a fair day with some clouds.

    Precipitation falls as snow where the season says so (``Season.snowfall``), otherwise as rain.
    """

    cloudiness: float = Field(default=20.0, ge=0.0, le=100.0, description="cover of the sky [%]")
    precipitation: float = Field(default=0.0, ge=0.0, le=100.0, description="rain or snow in the air [%]")
    precipitation_deposits: float = Field(default=0.0, ge=0.0, le=100.0, description="puddles on the road [%]")
    wind_intensity: float = Field(default=10.0, ge=0.0, le=100.0, description="slant of rain and snow [%]")
    sun_azimuth_angle: float = Field(
        default=60.0, ge=0.0, le=360.0, description="clockwise from the map's +x, seen from above [deg]"
    )
    sun_altitude_angle: float = Field(default=43.0, ge=-90.0, le=90.0, description="above the horizon [deg]")
    fog_density: float = Field(default=2.0, ge=0.0, le=100.0, description="[%]; 75 is a visibility near 130 m")
    fog_distance: float = Field(default=0.0, ge=0.0, description="where fog begins [m]")
    fog_falloff: float = Field(default=0.2, ge=0.0, description="how fast fog thins with height [1/m], relative")
    wetness: float = Field(default=0.0, ge=0.0, le=100.0, description="of the road's surface [%]")
    scattering_intensity: float = Field(default=1.0, ge=0.0, description="light that fog scatters, relative")
    mie_scattering_scale: float = Field(default=0.03, ge=0.0, description="haze: glow around the sun, relative")
    rayleigh_scattering_scale: float = Field(default=0.0331, ge=0.0, description="air: blue of the sky, relative")
    dust_storm: float = Field(default=0.0, ge=0.0, le=100.0, description="dust in the air [%]")


class Season(FrozenModel):
    """What CARLA's weather lacks: vegetation, ground and road as the season leaves them."""

    name: SeasonName = Field(default="summer", description="which art: leaves, grass, bark")
    foliage: float = Field(default=1.0, ge=0.0, le=1.0, description="leaves on the trees: their light and shadow")
    conifer_share: float = Field(default=0.25, ge=0.0, le=1.0, description="conifers among the trees")
    leaf_variation: float = Field(default=0.25, ge=0.0, le=1.0, description="difference of colour from tree to tree")
    tree_density: float = Field(default=0.85, ge=0.0, le=1.0, description="trees beside the road; 1 is forest")
    bush_density: float = Field(default=0.5, ge=0.0, le=1.0, description="bushes beside the road")
    ground_cover: float = Field(default=1.0, ge=0.0, le=1.0, description="grass, from dry straw to lush")
    snow_cover: float = Field(default=0.0, ge=0.0, le=1.0, description="share of the road under snow")
    leaf_litter: float = Field(default=0.0, ge=0.0, le=1.0, description="fallen leaves or petals on the ground")
    snowfall: float = Field(default=0.0, ge=0.0, le=1.0, description="share of precipitation that falls as snow")
    mark_visibility: float = Field(default=0.92, ge=0.0, le=1.0, description="opacity of road marks")
    mark_wear: float = Field(default=0.45, ge=0.0, le=1.0, description="paint worn off where the surface is rough")
    road_friction: float = Field(default=1.0, ge=0.05, le=1.3, description="peak friction coefficient when dry [-]")


class Lens(FrozenModel):
    """What the camera and the car's own lamps add to the picture."""

    exposure: float = Field(default=1.0, ge=0.05, le=20.0, description="gain before the tone curve [-]")
    noise: float = Field(default=0.012, ge=0.0, le=0.3, description="standard deviation; 1 is full scale [-]")
    vignette: float = Field(default=0.25, ge=0.0, le=1.0, description="darkening at 45 degrees off axis [-]")
    headlights: float = Field(default=0.0, ge=0.0, le=1.0, description="low beam [-]")


class Conditions(FrozenModel):
    """Season, weather and lens.

    >>> Conditions.preset("winter", "night").season.name
    'winter'
    """

    season: Season = Field(default_factory=Season)
    weather: Weather = Field(default_factory=Weather)
    lens: Lens = Field(default_factory=Lens)

    @classmethod
    def preset(cls, season: str, weather: str = "day") -> Conditions:
        """One of the named presets; see ``SEASONS`` and ``WEATHERS``.

        Raises
        ------
        ConditionsError
            If there is no such season or weather.
        """
        if season not in SEASONS:
            raise ConditionsError(one_of("season", season, SEASONS))
        if weather not in WEATHERS:
            raise ConditionsError(one_of("weather", weather, WEATHERS))
        return cls(**presets.read(season, weather))

    def replace(self, **parts: dict[str, Any]) -> Conditions:
        """Return a copy with some fields changed, checked: ``replace(weather={"fog_density": 40})``."""
        fields = self.model_dump()
        for part, changes in parts.items():
            if part not in fields:
                raise ConditionsError(one_of("part of conditions", part, fields))
            fields[part].update(changes)
        return Conditions(**fields)

    @property
    def friction(self) -> float:
        """Peak coefficient of friction between tyre and road [-]; see ``friction.peak``."""
        return friction.peak(
            dry=self.season.road_friction,
            wetness=self.weather.wetness / 100.0,
            puddles=self.weather.precipitation_deposits / 100.0,
            snow=self.season.snow_cover,
            litter=self.season.leaf_litter,
        )

    @property
    def art_index(self) -> int:
        """Index of the baked art: the season's place in ``SEASONS``."""
        return SEASONS.index(self.season.name)


def blend(a: Conditions, b: Conditions, t: float) -> Conditions:
    """Cross-fade: every number moves linearly from ``a`` (t = 0) to ``b`` (t = 1); the sun takes the shorter way round.

    The art changes at t = 0.5, since it has no in-between.

    Raises
    ------
    ConditionsError
        If t lies outside [0, 1].
    """
    if not 0.0 <= t <= 1.0:
        raise ConditionsError(f"t={t!r}: allowed is a number in [0, 1]")
    if t in (0.0, 1.0):
        return b if t else a
    first, second = a.model_dump(), b.model_dump()
    mixed: dict[str, dict[str, Any]] = {}
    for part, fields in first.items():
        mixed[part] = {name: _mix(name, value, second[part][name], t) for name, value in fields.items()}
    return Conditions(**mixed)


def _mix(name: str, a: Any, b: Any, t: float) -> Any:
    if isinstance(a, str):
        return a if t < 0.5 else b
    if name == "sun_azimuth_angle":
        turn = (b - a + 180.0) % 360.0 - 180.0
        return (a + t * turn) % 360.0
    return a + t * (b - a)
