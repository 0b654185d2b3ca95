from __future__ import annotations

import pytest

from wormdrive.envs.carla.ego_actors.pedals import Pedals
from wormdrive.envs.simulation.vehicle import VehicleParameters

PARAMETERS = VehicleParameters()
DT_S = 1.0 / 30.0


def drive(push: float, brakes: float, wanted: float, speed: float = 5.0, steps: int = 150) -> tuple[Pedals, float]:
    """Hold an acceleration with pedals that give so many m/s²: the pedals, and the acceleration reached in the end."""
    pedals = Pedals()
    before = speed
    for _ in range(steps):
        throttle, brake = pedals.press(wanted, speed, DT_S, PARAMETERS)
        assert 0.0 <= throttle <= 1.0
        assert 0.0 <= brake <= 1.0
        assert throttle * brake == 0.0
        before, speed = speed, speed + DT_S * (throttle * push - brake * brakes)
    return pedals, (speed - before) / DT_S


@pytest.mark.parametrize("wanted", [1.5, 0.2, -3.0])
def test_exact_pedals_are_left_alone(wanted: float) -> None:
    pedals, reached = drive(PARAMETERS.max_acceleration, PARAMETERS.max_braking, wanted)
    assert pedals.added == 0.0
    assert reached == pytest.approx(wanted)


@pytest.mark.parametrize("push", [1.5, 6.0])
def test_others_are_learned(push: float) -> None:
    _, reached = drive(push, 8.0, 1.0)
    assert reached == pytest.approx(1.0, abs=Pedals.USUAL_LOSS + 0.05)


def test_what_was_learned_is_bounded_and_forgotten() -> None:
    pedals, _ = drive(0.0, 0.0, 1.5, steps=2000)  # a car that does not move
    assert pedals.added == Pedals.MOST
    pedals.begin()
    assert pedals.press(0.0, 5.0, DT_S, PARAMETERS) == (0.0, 0.0)
