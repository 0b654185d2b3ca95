"""Sealed conditions: seasons that no preset has, from summer to a road under snow, drawn from a seed by ``RANGES``.

The seed is committed as a hash before anything is trained and opened once, after everything is: nobody can have
chosen by what it draws. Draws take raw words of PCG64 seeded by a ``SeedSequence``, the two parts of NumPy's generators
that are promised to stay as they are, so that a seed means the same conditions in ten years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import yaml

from wormdrive.benchmark.sealed_ranges import (
    ARTS_OF_BARE_ROADS,
    ARTS_OF_FIRST_SNOW,
    DEEP_SNOW,
    LIGHTS,
    MOST_SNOW,
    RANGES,
    SKIES,
)
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.suite import FIRST_ROUTE_SEED, FIRST_SEED

__all__ = ["sealed_conditions"]

_CONDITIONS: Final = 24
_BARE: Final = 8
_SEED: Final = re.compile("[0-9a-f]{32}")
_ROUTES: Final = 16
_ROUTE_LENGTH_M: Final = 200
_LAST_SEED: Final = 2**30 - _ROUTES
_DECIMALS: Final = 3

_HEAD: Final = """\
# Sealed conditions, drawn from the seed {seed}
# by wormdrive/benchmark/sealed.py. Drive them by: wormdrive benchmark NAME --conditions THIS_FILE
"""


class _Draws:
    """Numbers drawn evenly, one after the other."""

    def __init__(self, seed: int) -> None:
        self._words = np.random.PCG64(np.random.SeedSequence(seed))

    def number(self) -> float:
        """Draw from [0, 1), as a multiple of 2^-53."""
        return (int(self._words.random_raw()) >> 11) * 2.0**-53

    def between(self, low: float, high: float) -> float:
        return low + self.number() * (high - low)

    def whole(self, low: int, high: int) -> int:
        """Draw from ``low`` to ``high`` - 1."""
        return low + int(self.number() * (high - low))

    def shuffled(self, values: Sequence[str]) -> list[str]:
        return [value for _, _, value in sorted((self.number(), k, value) for k, value in enumerate(values))]


def sealed_conditions(seed: str) -> str:
    """Draw 24 conditions, and the routes to drive them on: the text of a suite's file, the same for the same seed.

    A third of the roads is bare, each season's equally often; on the others snow covers 0 to 95 % in even steps, one
    condition a step. Lights and skies are dealt out like cards, so that all occur.

    Parameters
    ----------
    seed:
        32 hexadecimal digits, small letters.

    Raises
    ------
    ArgumentError
        It is no seed. The message does not repeat it, for it may be a secret still.
    """
    if not _SEED.fullmatch(seed):
        raise ArgumentError(f"seed of {len(seed)} characters: allowed are 32 hexadecimal digits, 0-9 and a-f")
    draws = _Draws(int(seed, 16))
    suite = {
        "description": "Seasons that no preset has; sealed until all trainings were there.",
        "maps": ["country_loop"],
        "episodes": _ROUTES,
        "route_length_m": _ROUTE_LENGTH_M,
        "first_route_seed": draws.whole(FIRST_ROUTE_SEED, _LAST_SEED),
        "first_seed": draws.whole(FIRST_SEED, _LAST_SEED),
        "given": dict(_conditions(draws)),
    }
    return _HEAD.format(seed=seed) + yaml.safe_dump(suite, sort_keys=False, default_flow_style=False, width=120)


def _conditions(draws: _Draws) -> Iterator[tuple[str, dict[str, float | str]]]:
    """Draw all conditions, from bare roads to snowed-in ones, with names that say what they are."""
    arts = draws.shuffled([art for art in ARTS_OF_BARE_ROADS for _ in range(_BARE // len(ARTS_OF_BARE_ROADS))])
    lights = draws.shuffled([light for light, count in LIGHTS.items() for _ in range(count)])
    skies = draws.shuffled([sky for sky, count in SKIES.items() for _ in range(count)])
    for k, (light, sky) in enumerate(zip(lights, skies, strict=True)):
        snow = _snow(draws, k - _BARE)
        art = arts[k] if k < _BARE else _art_in_snow(draws, snow)
        name = f"{k + 1:02d} {art} {light} {sky}, snow {100 * snow:.0f} %"
        yield name, _numbers(draws, snow, {"always": "always", "art": art, "light": light, "sky": sky})


def _snow(draws: _Draws, step: int) -> float:
    """Draw the snow cover within a step of the ladder; none below the first."""
    if step < 0:
        return 0.0
    height = MOST_SNOW / (_CONDITIONS - _BARE)
    return round(draws.between(step * height, (step + 1) * height), _DECIMALS)


def _art_in_snow(draws: _Draws, snow: float) -> str:
    if snow >= DEEP_SNOW:
        return "winter"
    return ARTS_OF_FIRST_SNOW[draws.whole(0, len(ARTS_OF_FIRST_SNOW))]


def _numbers(draws: _Draws, snow: float, chosen: Mapping[str, str]) -> dict[str, float | str]:
    numbers = {
        path: round(draws.between(*bounds.bounds[chosen[bounds.by]]), _DECIMALS) for path, bounds in RANGES.items()
    }
    # a road with puddles is wet around them
    numbers["weather.wetness"] = max(numbers["weather.wetness"], numbers["weather.precipitation_deposits"])
    return {
        "conditions.season.name": chosen["art"],
        "conditions.season.snow_cover": snow,
        **{f"conditions.{path}": value for path, value in numbers.items()},
    }
