"""Variants of a season's conditions to train in: the season's presets with light, sky, wear and lens varied."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wormdrive.envs.seasons.conditions import Conditions

__all__ = ["draw_conditions"]


def draw_conditions(season: str, weathers: Sequence[str], rng: np.random.Generator) -> Conditions:
    """Draw one of the season's presets and vary what differs from hour to hour and from road to road."""
    preset = Conditions.preset(season, weathers[int(rng.integers(len(weathers)))])
    weather, marks, lens = preset.weather, preset.season, preset.lens

    def near(value: float, low: float, high: float, most: float) -> float:
        return float(min(value * rng.uniform(low, high), most))

    return preset.replace(
        weather={
            "sun_azimuth_angle": float(rng.uniform(0.0, 360.0)),
            "sun_altitude_angle": near(weather.sun_altitude_angle, 0.5, 1.4, 80.0),
            "cloudiness": near(weather.cloudiness, 0.0, 2.5, 100.0),
            "fog_density": near(weather.fog_density, 0.5, 1.5, 100.0),
        },
        season={
            "mark_wear": near(marks.mark_wear, 0.5, 1.8, 1.0),
            "mark_visibility": near(marks.mark_visibility, 0.6, 1.08, 1.0),
            "tree_density": near(marks.tree_density, 0.3, 1.15, 1.0),
            "bush_density": near(marks.bush_density, 0.3, 1.8, 1.0),
        },
        lens={"exposure": near(lens.exposure, 0.75, 1.3, 20.0), "noise": near(lens.noise, 0.5, 2.0, 0.3)},
    )
