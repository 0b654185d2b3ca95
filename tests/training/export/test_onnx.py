"""A policy as an ONNX graph, run beside torch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.training.export.models import DRIVERS, SHAPES, STATE_TOLERANCE, closed_loop, driver, noise, untrained
from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.common.errors import ModelError
from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.training.export.network import read_network
from wormdrive.training.export.onnx_graph import build_model
from wormdrive.training.export.onnx_step import OnnxStepper
from wormdrive.training.export.policy_stepper import TorchStepper


def exported(policy: Policy) -> OnnxStepper:
    return OnnxStepper(build_model(read_network(policy)).SerializeToString())


@pytest.mark.parametrize("name", DRIVERS)
def test_equals_torch_over_a_closed_loop_of_300_steps(name: str) -> None:
    drive = closed_loop(name, exported(driver(name)), steps=300, length_m=400.0)
    assert drive.steps == (300, 300)
    assert drive.difference_per_m <= 1e-5
    assert drive.state_difference <= 1e-5
    assert drive.end_gap_m <= 0.01


@pytest.mark.parametrize("shape", SHAPES)
def test_equals_torch_for_every_configuration_batch_and_elapsed_time(shape: str) -> None:
    policy = untrained(shape)
    ours, theirs = exported(policy), TorchStepper(policy)
    frames = noise(policy, 6, cars=4)
    for cars in (1, 4):
        ours.reset(cars)
        theirs.reset(cars)
        for frame, elapsed in zip(frames, (1.0, 0.5, 0.0, 3.0, 100.0, 1e-3), strict=True):
            found, wanted = ours.step(frame[:cars], elapsed), theirs.step(frame[:cars], elapsed)
            assert np.abs(found - wanted).max() <= 1e-5 * policy.config.output_scale
            assert np.abs(ours.state - theirs.state).max(initial=0.0) <= STATE_TOLERANCE


def test_cars_of_a_batch_have_times_of_their_own() -> None:
    policy = untrained("ncp")
    stepper = exported(policy)
    frames = noise(policy, 1, cars=3)[0]
    elapsed = np.array([0.25, 1.0, 2.0], np.float32)
    feeds = {"frame": frames, "state": np.full((3, 19), 0.1, np.float32), "elapsed": elapsed}
    curvature, state = stepper._session.run(None, feeds)
    for car in range(3):
        alone = stepper._session.run(None, {name: value[car : car + 1] for name, value in feeds.items()})
        assert curvature[car] == pytest.approx(alone[0][0], abs=1e-7)
        assert state[car] == pytest.approx(alone[1][0], abs=1e-6)


def test_metadata_tell_how_to_steer_and_the_bytes_are_the_same_every_time() -> None:
    network = read_network(untrained("ncp"))
    model = build_model(network)
    assert model.SerializeToString(deterministic=True) == build_model(network).SerializeToString(deterministic=True)
    facts = {entry.key: entry.value for entry in model.metadata_props}
    vehicle = VehicleParameters()
    assert float(facts["wheelbase_m"]) == vehicle.wheelbase_m
    assert float(facts["understeer_gradient"]) == vehicle.understeer_gradient
    assert float(facts["max_steer_rad"]) == vehicle.max_steer_rad
    assert float(facts["sample_period_s"]) == network.sample_period_s
    assert json.loads(facts["state"])[0] == "motor_0"
    types = {value.name: value.type.tensor_type for value in (*model.graph.input, *model.graph.output)}
    shapes = {name: [d.dim_param or d.dim_value for d in kind.shape.dim] for name, kind in types.items()}
    assert shapes == {
        "frame": ["batch", 78, 200, 3],
        "state": ["batch", 19],
        "elapsed": ["batch"],
        "curvature": ["batch"],
        "next_state": ["batch", 19],
    }
    assert types["frame"].elem_type == onnx.TensorProto.UINT8


def test_a_foreign_file_is_an_error_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "no.onnx"
    file.write_bytes(b"not a graph")
    with pytest.raises(ModelError, match=r"no\.onnx"):
        OnnxStepper(file)
