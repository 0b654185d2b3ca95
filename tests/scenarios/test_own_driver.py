from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.agents.mounted.onnx_files import mean_of_picture
from wormdrive.agents.mounted.mount import Mount
from wormdrive.agents.policies.cnn_policy import CNNPolicy
from wormdrive.agents.policies.feedforward_policy import FeedForwardPolicy
from wormdrive.envs.common.errors import ArgumentError, UserCodeError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.candidate import Candidate, load_candidate, policy_of
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.evaluate import drive_candidate, embedded

OWN = "tests.scenarios.own_drivers"


def drives(candidate: Candidate, worlds: int = 2, crews: int = 1) -> list[Drive]:
    scenarios = [Scenario(route_seed=k, seed=k, route_length_m=25.0) for k in range(3)]
    return drive_candidate(candidate, scenarios, embedded(), worlds=worlds, crews=crews)


def test_a_driver_of_ones_own_drives_and_sees_what_it_says_to_see() -> None:
    straight = load_candidate(f"{OWN}:straight")
    assert (straight.name, straight.camera, straight.parameters) == (f"{OWN}:straight", None, None)
    assert len(drives(straight)) == 3
    looking = load_candidate(f"{OWN}:looking", "with eyes")
    assert (looking.name, looking.camera) == ("with eyes", CameraConfig(width=64, height=32))
    assert len(drives(looking)) == 3


def test_the_expert_by_import_path_drives_as_by_name() -> None:
    for own, named in zip(drives(load_candidate(f"{OWN}:expert")), drives(load_candidate("expert")), strict=True):
        np.testing.assert_array_equal(own.lateral_offset_m, named.lateral_offset_m)


def test_a_policy_is_one_as_from_a_folder() -> None:
    candidate = load_candidate(f"{OWN}:policy")
    assert isinstance(policy_of(candidate, "a test"), FeedForwardPolicy)
    assert candidate.camera == CameraConfig()
    again = policy_of(load_candidate(f"{OWN}:policy"), "a test")
    for one, other in zip(policy_of(candidate, "a test").parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other), "untrained weights are drawn from the same seed"
    with pytest.raises(
        ArgumentError, match=r"MODEL='expert': has no wormdrive.Policy behind it: allowed for a test are"
    ):
        policy_of(load_candidate("expert"), "a test")
    assert not isinstance(candidate.policy, CNNPolicy)


def test_a_torch_module_drives_by_its_mount_and_alone_as_in_company() -> None:
    candidate = load_candidate(f"{OWN}:net")
    assert candidate.mount is not None
    assert (candidate.mount.colours, candidate.mount.size) == ("grey", (64, 24))
    assert candidate.parameters is not None
    assert candidate.parameters.network == candidate.numbers > 100
    alone, together = drives(candidate, worlds=1), drives(candidate, worlds=3)
    crews = drives(load_candidate(f"{OWN}:net"), worlds=2, crews=2)
    for one, two, three in zip(alone, together, crews, strict=True):
        np.testing.assert_array_equal(one.steer_angle_rad, two.steer_angle_rad)
        np.testing.assert_array_equal(one.steer_angle_rad, three.steer_angle_rad)
        assert np.ptp(one.steer_angle_rad) > 0.0
    given = load_candidate(f"{OWN}:net", mount={"colours": "grey", "size": (64, 24), "delay_s": 0.2})
    assert given.mount is not None
    assert given.mount.delay_s == 0.2


def test_an_onnx_file_drives_by_a_mount(tmp_path: Path) -> None:
    file = mean_of_picture(tmp_path / "mean.onnx", gain=0.001)
    candidate = load_candidate(file, mount=Mount())
    assert (candidate.name, candidate.camera, candidate.numbers) == (str(file), CameraConfig(), 1)
    assert all(drive.steer_angle_rad.max() > 0.0 for drive in drives(candidate))
    with pytest.raises(ArgumentError, match=r"mean.onnx: an ONNX file says neither .* allowed is with --mount"):
        load_candidate(file)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("number", r"own_drivers:number: returned a int: allowed are a Driver \(with reset and act\), a torch module"),
        ("broken", r"own_drivers:broken: calling it raised RuntimeError \(own_drivers.py, line \d+\): "),
    ],
)
def test_what_a_factory_does_wrong_is_told(name: str, said: str) -> None:
    with pytest.raises(UserCodeError, match=said):
        load_candidate(f"{OWN}:{name}")


def test_what_a_driver_does_wrong_is_told() -> None:
    with pytest.raises(UserCodeError, match=r"own_drivers:wrong: act returned shape \(2, 1\): allowed are commands"):
        drives(load_candidate(f"{OWN}:wrong"))
    with pytest.raises(
        UserCodeError, match=r"own_drivers:failing: act raised ZeroDivisionError \(own_drivers.py, line"
    ) as e:
        drives(load_candidate(f"{OWN}:failing"))
    assert isinstance(e.value.__cause__, ZeroDivisionError)


def test_factories_that_are_none_are_told() -> None:
    with pytest.raises(ArgumentError, match=r"MODEL='tests.scenarios.own_drivers:not_callable': a int: allowed is"):
        load_candidate(f"{OWN}:not_callable")
    with pytest.raises(ArgumentError, match=r"no 'nothing'; it has Any"):
        load_candidate(f"{OWN}:nothing")
