"""Frame memory: pictures of worlds that were taken and are still to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.disturbances.picture_plan import PicturePlan

__all__ = ["CAMERA", "FrameMemory", "shown_pictures"]

CAMERA = "camera"
"""The pictures that are spoilt; others are shown late or not at all together with them."""


class FrameMemory:
    """Shows a world's pictures as its plan says.

    Pictures are dictionaries of arrays: ``CAMERA`` (H, W, 3) uint8, and others that were taken with it.
    """

    def __init__(self, plan: PicturePlan) -> None:
        self._plan = plan
        self._taken: dict[int, dict[str, NDArray[Any]]] = {}
        self._last_step = -1

    def take(self, step: int, pictures: dict[str, NDArray[Any]]) -> None:
        """Take the pictures of a step, each step from 0 on; a second time is none."""
        if step == self._last_step:
            return
        self._last_step = step
        schedule = self._plan.schedule(step)
        if schedule.kept[step]:
            self._taken[step] = {name: self._developed(name, array, step) for name, array in pictures.items()}
        for old in [taken for taken in self._taken if taken < schedule.source[step]]:
            del self._taken[old]

    def show(self, name: str) -> NDArray[Any]:
        """Return what is shown at the latest step."""
        schedule, step = self._plan.schedule(self._last_step), self._last_step
        array = self._taken[int(schedule.source[step])][name]
        return np.zeros_like(array) if name == CAMERA and schedule.black[step] else array

    @property
    def new_frame(self) -> bool:
        """Whether a frame has come at the latest step."""
        return bool(self._plan.schedule(self._last_step).new[self._last_step])

    @property
    def frame_interval_s(self) -> float:
        """Time between the frame that is shown and the one before it, by when they were taken [s]."""
        return float(self._plan.schedule(self._last_step).interval_s[self._last_step])

    def _developed(self, name: str, array: NDArray[Any], step: int) -> NDArray[Any]:
        spoilt = self._plan.spoil(array, step) if name == CAMERA else array
        return array.copy() if spoilt is array else spoilt  # the given one may be drawn over


def shown_pictures(
    memories: Mapping[int, FrameMemory], arrays: Mapping[str, NDArray[Any]], step: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    """Return what N worlds are shown, where some have a memory, that of their number; the others' pictures pass.

    Parameters
    ----------
    arrays:
        Pictures (N, H, W, ...) by name, as they were taken just now.
    step:
        (N,) the step that each world is at.
    """
    shown = {name: array.copy() for name, array in arrays.items()}
    for world, memory in memories.items():
        memory.take(int(step[world]), {name: array[world] for name, array in arrays.items()})
        for name, array in shown.items():
            array[world] = memory.show(name)
    return shown
