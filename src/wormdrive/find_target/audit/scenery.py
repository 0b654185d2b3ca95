"""Scenery of a flight: the parts that can be changed while pose, trees and target stay."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.counterfactuals.scenery import Scenery
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.scenarios.shift import changed

__all__ = ["POSE", "flight_scenery", "under_scenery"]

POSE: Final = "pose and target"
"""The part that is no scenery: which moment of which flight it is, with its wood and its target."""


@cache
def flight_scenery() -> Scenery:
    """Return the scenery of flights; its paths are a flight's."""
    return Scenery.read(Path(__file__).with_name("scenery.yaml"), POSE)


def under_scenery(scenario: FlightScenario, sample: NDArray[np.float64]) -> FlightScenario:
    """Return a flight under the scenery that a sample, numbers in [0, 1), stands for."""
    return changed(scenario, flight_scenery().drawn(sample))
