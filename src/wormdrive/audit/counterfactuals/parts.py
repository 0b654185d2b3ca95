"""Parts: what the scenery of a drive is made of, so that each can be changed while all else stays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.counterfactuals.scenery import Choice, Scenery
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.shift import changed

__all__ = ["ROAD", "numbers_of", "parts", "scenery", "under"]

ROAD = "road"
"""The part that is no scenery: which moment of which drive it is."""


@cache
def scenery() -> Scenery:
    """Return the scenery of drives; its paths are a scenario's."""
    return Scenery.read(Path(__file__).with_name("parts.yaml"), ROAD)


def parts() -> Mapping[str, Mapping[str, Choice]]:
    """Return each part of the scenery, with what can be drawn at each of its paths."""
    return scenery().parts


def numbers_of() -> dict[str, slice]:
    """Return which of a sample's numbers make each part: those of the scenery in order, then two of the road."""
    return scenery().numbers


def under(scenario: Scenario, sample: NDArray[np.float64]) -> Scenario:
    """Return a scenario under the scenery that a sample, numbers in [0, 1), stands for."""
    return changed(scenario, scenery().drawn(sample))
