from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from wormdrive.agents.mounted.mount import parse_mount
from wormdrive.agents.mounted.steering import curvature_for_number, steer_for_number
from wormdrive.envs.simulation.cruise_control import CRUISING_MPS
from wormdrive.envs.simulation.vehicle import VehicleParameters, curvature_for_steer, steer_for_curvature

CAR = VehicleParameters()


def steer(number: float, **output: Any) -> float:
    wheelbase_m = output.pop("wheelbase_m", None)
    mount = parse_mount({"output": output, "wheelbase_m": wheelbase_m})
    return float(steer_for_number(np.array([number]), np.array([10.0]), mount, CAR)[0])


def test_a_curvature_is_driven() -> None:
    assert steer(0.02) == float(steer_for_curvature(0.02, 10.0, CAR)) < 0.0
    assert steer(0.02, positive="right") == -steer(0.02)
    assert steer(0.2, scale=0.1) == pytest.approx(steer(0.02))


def test_a_steer_is_taken_as_carla_has_it() -> None:
    assert steer(0.3, quantity="steer") == pytest.approx(0.3)
    assert steer(0.3, quantity="steer", positive="left") == pytest.approx(-0.3)
    assert steer(-7.0, quantity="steer") == -1.0


def test_an_angle_turns_the_wheels_or_gives_the_curvature_of_the_car_it_was_learnt_in() -> None:
    assert steer(0.1, quantity="steering_angle") == pytest.approx(-0.1 / CAR.max_steer_rad)
    assert steer(90.0, quantity="steering_angle", unit="deg", steering_ratio=15.0) == pytest.approx(
        -np.radians(6.0) / CAR.max_steer_rad
    )
    turned = steer(0.1, quantity="steering_angle", wheelbase_m=2.79)
    assert float(curvature_for_steer(turned, 10.0, CAR)) == pytest.approx(np.tan(0.1) / 2.79)
    assert steer(99.0, quantity="steering_angle", wheelbase_m=2.79) == -1.0


@pytest.mark.parametrize(
    "mount",
    [
        {"output": {"scale": 0.05}},
        {"output": {"quantity": "steer"}},
        {"output": {"quantity": "steering_angle", "unit": "deg", "scale": 10.0}},
        {"output": {"quantity": "steering_angle", "positive": "right"}, "wheelbase_m": 2.79},
    ],
)
@pytest.mark.parametrize("number", [0.3, -0.7])
def test_at_cruising_speed_the_curvature_is_that_of_the_steer(mount: dict[str, Any], number: float) -> None:
    parsed, speed = parse_mount(mount), np.array([CRUISING_MPS])
    curvature = curvature_for_number(torch.tensor(number, dtype=torch.float64), parsed)
    steered = steer_for_number(np.array([number]), speed, parsed, CAR)[0]
    assert steered == pytest.approx(float(steer_for_curvature(float(curvature), CRUISING_MPS, CAR)))
    assert abs(steered) > 0.0
