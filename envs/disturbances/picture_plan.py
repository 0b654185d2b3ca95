"""Picture plan: what becomes of a scenario's pictures before the driver sees them.

It is a pure function of the scenario, so that a recorded drive shows the same bits when it is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.disturbances import lens_effects, sensor_effects
from wormdrive.envs.disturbances.frame_schedule import FrameSchedule, frame_schedule
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.vehicle_batch import DT_S as CAR_DT_S

__all__ = ["Disturbed", "PicturePlan", "picture_plan"]

Effect = Callable[[NDArray[np.uint8], Any, int, int, float], NDArray[np.uint8]]

_EFFECTS: Final[dict[str, Effect]] = {
    "occlusion": lens_effects.occlusion,
    "dirt": lens_effects.dirt,
    "glare": lens_effects.glare,
    "blur": lens_effects.blur,
    "exposure": sensor_effects.exposure,
    "noise": sensor_effects.noise,
}
"""In the order in which light passes them."""
_TIMING: Final = ("blackout", "freeze", "drop", "frame_rate", "latency")


class Disturbed(Protocol):
    """What a plan follows from: the scenario of a drive or of a flight."""

    @property
    def disturbances(self) -> Disturbances:
        """What goes wrong."""

    @property
    def seed(self) -> int:
        """Of what is random about it."""


class PicturePlan:
    """Which pictures are shown when, and what is done to them; steps are ``dt_s`` long [s]."""

    def __init__(self, disturbances: Disturbances, seed: int, dt_s: float) -> None:
        self._disturbances = disturbances
        self._seed, self._dt_s = seed, dt_s
        settings = ((effect, getattr(disturbances, name)) for name, effect in _EFFECTS.items())
        self._effects = [(effect, kind) for effect, kind in settings if kind is not None]
        self._schedule = frame_schedule(disturbances, seed, 1, dt_s)

    def schedule(self, last_step: int) -> FrameSchedule:
        """Return the schedule for all steps up to ``last_step``, and some more."""
        if last_step >= len(self._schedule.source):
            self._schedule = frame_schedule(self._disturbances, self._seed, last_step + 1, self._dt_s)
        return self._schedule

    def spoil(self, picture: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
        """Return a picture (H, W, 3) taken at a step as it leaves the camera; the given one is not changed."""
        for effect, kind in self._effects:
            picture = effect(picture, kind, self._seed, step, self._dt_s)
        return picture


def picture_plan(scenario: Disturbed, dt_s: float = CAR_DT_S) -> PicturePlan | None:
    """Return the plan of a scenario with steps of ``dt_s`` [s]; ``None`` where pictures are shown as they are."""
    kinds = scenario.disturbances.kinds
    if not kinds or not any(name in _EFFECTS or name in _TIMING for name in kinds):
        return None
    return PicturePlan(scenario.disturbances, scenario.seed, dt_s)
