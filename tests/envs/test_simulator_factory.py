from __future__ import annotations

from typing import Any

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.disturbances.disturbed_simulator import DisturbedSimulator
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulator_factory import SimulatorChoice, open_simulator


def test_embedded_is_the_default() -> None:
    simulator = open_simulator(worlds=2, camera=None)
    assert isinstance(simulator, DisturbedSimulator)
    assert isinstance(simulator.unwrapped, EmbeddedSimulator)
    simulator.close()


def test_worlds_are_as_many_as_servers() -> None:
    assert SimulatorChoice("carla", ports=(2000, 2010)).max_worlds(64) == 2
    assert SimulatorChoice("carla", ports=(2000, 2010)).max_worlds(1) == 1
    assert SimulatorChoice().max_worlds(64) == 64


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"kind": "airsim"}, "simulator='airsim': allowed are embedded, carla"),
        ({"host": ""}, "host=''"),
        ({"ports": (0,)}, "port=0: allowed are 1 to 65534"),
        ({"ports": (2000, 65535)}, "port=65535"),
        ({"ports": ()}, "ports="),
        ({"ports": (2000, 2000)}, "each once"),
        ({"timeout_s": 0.0}, "timeout=0.0"),
        ({"timeout_s": float("nan")}, "timeout=nan"),
    ],
)
def test_what_is_not_allowed_is_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(ArgumentError, match=named):
        SimulatorChoice(**options)
