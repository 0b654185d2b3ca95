from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.agents.mounted.onnx_files import mean_of_picture
from tests.scenarios.own_drivers import Remembering
from wormdrive.agents.mounted.mount import parse_mount
from wormdrive.agents.mounted.mounted_policy import MountedPolicy
from wormdrive.agents.mounted.onnx_network import OnnxNetwork
from wormdrive.agents.mounted.pictures import PictureInput
from wormdrive.agents.mounted.torch_network import TorchNetwork

FRAMES = np.random.default_rng(0).integers(0, 256, (3, 78, 200, 3), np.uint8)


@pytest.fixture
def recurrent() -> MountedPolicy:
    torch.manual_seed(0)
    module = Remembering()
    return MountedPolicy(
        TorchNetwork(module, parse_mount(module.mount), "mine", torch.device("cpu")), parse_mount(module.mount)
    )


def test_it_says_what_the_network_says_step_by_step(recurrent: MountedPolicy) -> None:
    picture, memory, said = PictureInput(recurrent.mount), None, []
    for frame in FRAMES:
        number, memory = recurrent.network(picture(frame), memory, 0.03)
        said.append(0.01 * number)
    features = recurrent.frame_features(FRAMES)
    steps = recurrent.control(torch.stack([features, features.flip(0)]), recurrent.initial_state(2), 0.03)
    np.testing.assert_array_equal(steps.curvature[0].numpy(), np.float32(said))
    assert steps.state.shape == (2, 3, recurrent.state_size) == (2, 3, 13)
    assert steps.activity.shape == (2, 3, 0)
    curvature, state = recurrent.act(FRAMES[:1], recurrent.initial_state(1), 0.03)
    assert (float(curvature[0]), state.shape) == (np.float32(said[0]), (1, 13))


def test_gradients_are_those_of_the_module(recurrent: MountedPolicy) -> None:
    assert not recurrent.without_gradients
    images = recurrent.preprocessor.reduce(torch.from_numpy(FRAMES[:1]))[:, None].requires_grad_()
    state = recurrent.initial_state(1)
    curvature = recurrent.curvature_of(recurrent.features(images), state, 0.03)
    (gradient,) = torch.autograd.grad(curvature.sum(), images)
    step = 1e-2 * gradient / gradient.norm()
    with torch.no_grad():
        there, back = (
            recurrent.curvature_of(recurrent.features(images + sign * step), state, 0.03) for sign in (1.0, -1.0)
        )
    assert float((there - back).sum()) == pytest.approx(2 * float((gradient * step).sum()), rel=0.05)


def test_an_onnx_file_has_no_gradients_and_no_neurons(tmp_path: Path) -> None:
    mount = parse_mount({"layout": "NHWC", "tensors": {"states": {"before": "after"}}})
    file = mean_of_picture(tmp_path / "sum.onnx", ["batch", 78, 200, 3], remembers=True)
    policy = MountedPolicy(OnnxNetwork(file, mount), mount)
    assert "sum.onnx (ONNX file) does not give" in policy.without_gradients
    assert (policy.neuron_names, policy.state_size, policy.parts()) == ((), 2, {"head": 0, "network": 1})
    steps = policy.control(policy.frame_features(FRAMES)[None], policy.initial_state(1), 0.03)
    np.testing.assert_allclose(np.diff(steps.curvature[0].numpy()), FRAMES[1:].mean((1, 2, 3)) / 255.0, rtol=1e-4)
