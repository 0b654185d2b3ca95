from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from wormdrive.envs.simulation.observation import Observation, VehicleState
from wormdrive.training.dagger import ExpertIntervention


class Watched:
    """A policy that steers 0.07 /m whatever it sees, and remembers how many frames that were."""

    config = SimpleNamespace(sample_period_s=1 / 15)

    def __init__(self) -> None:
        self.elapsed: list[float] = []

    def initial_state(self, cars: int) -> torch.Tensor:
        return torch.zeros(cars, 1)

    def look(self, observation: Observation) -> NDArray[np.uint8]:
        assert observation.camera is not None
        return observation.camera

    def act(self, frames: NDArray[np.uint8], state: torch.Tensor, elapsed: float) -> tuple[Any, torch.Tensor]:
        self.elapsed.append(elapsed)
        return np.full(len(frames), 0.07, np.float32), state + 1


def seen(offset_m: list[float], error_rad: list[float]) -> Observation:
    count = len(offset_m)
    state = dict.fromkeys(VehicleState.__dataclass_fields__, np.zeros(count))
    state |= {"lateral_offset_m": np.array(offset_m), "heading_error_rad": np.array(error_rad)}
    frames, clock = np.zeros((count, 2, 2, 3), np.uint8), (np.ones(count, np.bool_), np.full(count, 1 / 30))
    return Observation(VehicleState(**state), frames, None, None, np.zeros(count, np.int8), *clock)


# offset [m], heading error [rad], whether the expert has the wheel; each line follows from the one before
COURSES = {
    "offset": [
        (0.0, 0.0, False),
        (1.19, 0.0, False),
        (1.21, 0.0, True),  # more than 1.2 m off: the expert takes over
        (0.9, 0.0, True),
        (0.41, 0.0, True),
        (0.39, 0.0, False),  # less than 0.4 m: it hands back
        (1.19, 0.0, False),
    ],
    "heading": [
        (0.0, 0.34, False),
        (0.0, 0.36, True),  # more than 0.35 rad askew
        (0.0, 0.11, True),
        (0.0, 0.09, False),  # less than 0.1 rad
        (0.0, 0.34, False),
    ],
    "both must be good again": [
        (1.3, 0.4, True),
        (0.39, 0.11, True),
        (0.41, 0.09, True),
        (0.39, 0.09, False),
    ],
    "straight to the other side": [(1.3, 0.0, True), (-0.2, -0.2, True), (-1.3, 0.0, True), (0.0, 0.0, False)],
}


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES)
def test_the_expert_takes_over_far_off_and_hands_back_well_on_the_lane(
    course: list[tuple[float, float, bool]], side: float
) -> None:
    policy = Watched()
    pilot = ExpertIntervention(policy, 2)  # type: ignore[arg-type]
    for offset, error, held in course:
        # beside it drives a car that keeps to the middle
        curvature, intervenes = pilot(seen([side * offset, 0.0], [side * error, 0.0]), np.array([-0.02, -0.03]))
        assert intervenes.tolist() == [held, False]
        np.testing.assert_allclose(curvature, [-0.02 if held else 0.07, 0.07], rtol=1e-6)
    # whoever steers, the policy sees every frame of 1/30 s
    assert policy.elapsed == pytest.approx([0.5] * len(course))
    assert pilot._memory.tolist() == [[len(course)]] * 2
