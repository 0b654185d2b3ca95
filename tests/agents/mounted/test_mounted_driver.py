from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wormdrive.agents.mounted.mount import Mount, parse_mount
from wormdrive.agents.mounted.mounted_driver import MountedDriver
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.observation import Observation, VehicleState

DT_S = 1.0 / 30.0
STEER: dict[str, Any] = {"output": {"quantity": "steer"}, "range": [0, 255], "camera": {"width": 8, "height": 8}}


class Counting:
    """Says the picture's mean in hundredths, and counts the pictures of each car."""

    name = "counting"
    numbers = 0

    def __call__(self, picture: NDArray[np.float32], state: Any, elapsed_s: float) -> tuple[float, Any]:
        assert picture.shape == (1, 3, 8, 8)
        self.elapsed_s = elapsed_s
        return 0.01 * float(picture.mean()), (state or 0) + 1


def observed(
    *brightness: int, new: tuple[bool, ...] | None = None, ended: tuple[int, ...] | None = None
) -> Observation:
    count = len(brightness)
    zero = np.zeros(count)
    state = VehicleState(**dict.fromkeys(VehicleState.__dataclass_fields__, zero))
    frames = np.tile(np.array(brightness, np.uint8)[:, None, None, None], (1, 8, 8, 3))
    return Observation(
        state, frames, None, None, np.array(ended or zero, np.int8), np.array(new or [True] * count), zero + DT_S
    )


def test_every_new_frame_is_seen_and_the_number_stays_until_the_next() -> None:
    network = Counting()
    driver = MountedDriver(network, parse_mount(STEER), DT_S)
    driver.reset(np.ones(2, np.bool_))
    command = driver.act(observed(10, 20))
    np.testing.assert_allclose(command[:, 0], [0.1, 0.2])
    assert np.isnan(command[:, 1]).all()
    np.testing.assert_allclose(driver.act(observed(30, 40, new=(True, False)))[:, 0], [0.3, 0.2])
    np.testing.assert_allclose(driver.act(observed(50, 60, ended=(1, 0)))[:, 0], [0.3, 0.6])
    assert driver._states == [2, 2]
    assert network.elapsed_s == DT_S
    driver.reset(np.array([True, False]))
    assert driver._states == [None, 2]


def test_a_delay_holds_numbers_back_and_begins_straight_on() -> None:
    driver = MountedDriver(Counting(), parse_mount(STEER | {"delay_s": 0.06}), DT_S)
    driver.reset(np.ones(2, np.bool_))
    said = []
    for step in range(1, 5):
        if step == 4:
            driver.reset(np.array([False, True]))
        said.append(driver.act(observed(10 * step, 10 * step))[:, 0].tolist())
    np.testing.assert_allclose(said, [[0, 0], [0, 0], [0.1, 0.1], [0.2, 0]], atol=1e-12)


def test_it_wants_a_camera() -> None:
    blind = observed(1)
    without = Observation(blind.state, None, None, None, blind.end_reason, blind.new_frame, blind.frame_interval_s)
    with pytest.raises(ArgumentError, match="camera=None: allowed for counting, which drives by pictures, is a camera"):
        MountedDriver(Counting(), Mount(), DT_S).act(without)
