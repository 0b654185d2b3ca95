"""Policies to export, and roads to drive them on."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from wormdrive.agents.expert import Expert
from wormdrive.agents.policies.ncp_policy import NCPPolicyConfig
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy, shipped_policies
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.training.export.closed_loop_comparison import ClosedLoopComparison, compare_closed_loop
from wormdrive.training.export.compiled import find_compiler
from wormdrive.training.export.policy_stepper import PolicyStepper, TorchStepper


def mixed_wiring() -> dict[str, Any]:
    """The published wiring with command and inter neurons in no order, as a file may have them."""
    wiring = Wiring.ncp().to_json()
    neurons = wiring["neurons"]
    wiring["neurons"] = neurons[:33] + neurons[33::2] + neurons[34::2]
    return wiring


SHAPES: dict[str, dict[str, Any]] = {
    "ncp": {"kind": "ncp"},
    "paper": NCPPolicyConfig.paper().model_dump(mode="json"),
    "feedforward": {"kind": "feedforward"},
    "fully connected": {"kind": "ltc_full"},
    "randomly wired": {"kind": "ltc_random"},
    "closed form": {"kind": "cfc"},
    "closed form, roles mixed": {"kind": "cfc", "wiring": mixed_wiring()},
    "lstm": {"kind": "lstm"},
    "gru": {"kind": "gru"},
    "gru_ode": {"kind": "gru_ode", "unfolds": 3},
    "ctrnn": {"kind": "ctrnn", "learn_time_constants": True},
    "colour, cropped, three to one": {
        "kind": "ncp",
        "preprocess": {"height": 51, "width": 81, "downsample": 3, "colour": "rgb", "crop_top": 2, "window": 5},
        "unfolds": 3,
        "head": {"last_slope": 0.0},
    },
    "grey, whitened": {
        "kind": "ncp",
        "preprocess": {"height": 40, "width": 66, "normalisation": "whitening"},
        "head": {"normalise_features": False},
    },
}
"""Configurations that take every branch of the export; odd and even sizes, so that SAME padding comes in both."""

STATE_TOLERANCE = 5e-5
"""For frames of noise: features of a head that does not normalise are large then, and so are their rounding errors."""

needs_compiler = pytest.mark.skipif(find_compiler() is None, reason="no C compiler (cc, gcc, clang, or CC)")

DRIVERS = (
    "untrained, with the expert's help",
    pytest.param(
        "shipped", marks=pytest.mark.skipif("ncp" not in shipped_policies(), reason="no weights named ncp are shipped")
    ),
)


def untrained(shape: str, seed: int = 5) -> Policy:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        policy = build_policy(SHAPES[shape]).eval()
        with torch.no_grad():  # biases that are zero at first would hide that they are forgotten
            for parameter in policy.parameters():
                parameter += 0.02 * torch.randn_like(parameter)
    return policy


def noise(policy: Policy, count: int, cars: int = 1, seed: int = 0) -> NDArray[np.uint8]:
    """Frames (count, cars, H, W, 3) with edges, noise, and flat parts."""
    size, rng = policy.config.preprocess, np.random.default_rng(seed)
    frames = rng.integers(0, 256, (count, cars, size.height, size.width, 3), np.uint8)
    frames[:, :, : size.height // 3] = rng.integers(0, 256, (count, cars, 1, 1, 3), np.uint8)
    return frames


@cache
def driver(name: str) -> Policy:
    """An untrained policy whose curvature varies by 0.002 1/m around zero as it sees the road, or the shipped one.

    More would be chaos: what an untrained network makes of the last bit of a pixel grows from frame to frame.
    """
    if name == "shipped":
        return load_policy("ncp")
    policy = untrained("ncp")
    simulator = EmbeddedSimulator(1)
    expert, stepper = Expert(simulator), TorchStepper(policy)
    observation = simulator.reset([Scenario()])
    stepper.reset(1)
    seen = []
    for _ in range(90):
        assert observation.camera is not None
        seen.append(float(stepper.step(observation.camera)[0]))
        observation = simulator.step(expert.act(observation))
    simulator.close()
    gain = 0.002 / np.std(seen)
    with torch.no_grad():
        policy.output_gain *= gain
        policy.output_bias += (1.0 - gain) * policy.output_bias - gain * np.mean(seen) / policy.config.output_scale
    return policy


def closed_loop(name: str, export: PolicyStepper, steps: int, length_m: float) -> ClosedLoopComparison:
    """Drive a winding road by torch and by the export; the expert's steering is added for an untrained policy."""
    simulator = EmbeddedSimulator(2)
    assist = None if name == "shipped" else Expert(simulator).curvature
    scenario = Scenario(map="country_loop", route_seed=3, seed=3, route_length_m=length_m)
    try:
        return compare_closed_loop(driver(name), export, simulator, [scenario], steps, assist)[0]
    finally:
        simulator.close()
