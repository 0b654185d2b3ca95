"""Disturbed flights: what comes between N worlds and who flies there: frames late, spoilt or not at all, and gusts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.disturbances.frame_memory import CAMERA, FrameMemory, shown_pictures
from wormdrive.envs.disturbances.picture_plan import picture_plan
from wormdrive.envs.find_target.dynamics import DT_S
from wormdrive.envs.find_target.gusts import FlightGusts
from wormdrive.envs.find_target.scenario import FlightScenario

__all__ = ["DisturbedFlights"]

_LABELS = "segmentation"


class DisturbedFlights:
    """What is disturbed in each of N worlds; where nothing is, nothing is done."""

    def __init__(self) -> None:
        self._memories: dict[int, FrameMemory] = {}
        self._gusts: dict[int, FlightGusts] = {}

    def begin(self, n: int, scenario: FlightScenario) -> None:
        """Begin a flight in a world."""
        self._memories.pop(n, None)
        self._gusts.pop(n, None)
        plan = picture_plan(scenario, DT_S)
        if plan is not None:
            self._memories[n] = FrameMemory(plan)
        if scenario.disturbances.gusts is not None:
            self._gusts[n] = FlightGusts(scenario.disturbances.gusts.strength, scenario.seed)

    def pushed(self, actions: NDArray[np.float64], moving: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return what becomes of actions (N, 4) of this step, in the worlds that still fly (N,)."""
        if not self._gusts:
            return actions
        pushed = actions.copy()
        for n, gusts in self._gusts.items():
            if moving[n]:
                pushed[n] = gusts.pushed(actions[n])
        return pushed

    def shown(
        self, rgb: NDArray[np.uint8], labels: NDArray[np.uint8] | None, steps: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        """Return what is shown of pictures (N, H, W, 3) and classes (N, H, W), the caller's own; classes unspoilt."""
        arrays: dict[str, NDArray[Any]] = {CAMERA: rgb}
        if labels is not None:
            arrays[_LABELS] = labels
        shown = shown_pictures(self._memories, arrays, steps)
        return shown[CAMERA], shown.get(_LABELS)
