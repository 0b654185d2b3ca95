"""Toys: drives of made-up features, and liquid policies of which one knows what they do."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.cells.ltc_solver import LTCParameters
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.audit.traced_drive import TracedDrive
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.envs.simulation.scenario import Scenario

DT_S = 1 / 30


def drive_of(policy: Policy, features: NDArray[np.float32]) -> TracedDrive:
    """Show features (T, 32) to a policy that begins with its initial state."""
    steps = policy.control(
        torch.from_numpy(features[None]), policy.initial_state(1), DT_S / policy.config.sample_period_s
    )
    curvature, activity, state = (part[0].numpy() for part in steps)
    return TracedDrive(episode_of(len(features)), features, curvature, activity, state)


def episode_of(frames: int) -> Episode:
    """Return an episode in which nothing happens."""
    still = VehicleState(*(np.zeros(frames) for _ in VehicleState.__dataclass_fields__))
    return Episode(
        Scenario(), CameraConfig(), DT_S, still, np.zeros((frames, 2)), np.zeros(frames), np.zeros(frames, np.bool_)
    )


def some_features(frames: int, seed: int = 0) -> NDArray[np.float32]:
    """Return features (T, 32) that wander."""
    steps = np.random.default_rng(seed).normal(0.0, 0.3, (frames, 32))
    return np.asarray(np.cumsum(steps, axis=0) / np.sqrt(1 + np.arange(frames))[:, None], np.float32)


def ltc(*, weight: float, slope: float = 0.0, leak: float = 2.0, capacitance: float = 0.5) -> NCPPolicy:
    """Return an LTC policy whose neurons and synapses are all alike; with slope 0 every synapse is half open."""
    policy = build_policy({"kind": "ncp"}).eval()
    assert isinstance(policy, NCPPolicy)
    synapses, neurons = len(policy.config.wiring.synapses), policy.state_size

    def each(count: int, value: float) -> torch.Tensor:
        return torch.full((count,), value)

    policy.cell.set_physical(
        LTCParameters(
            weight=each(synapses, weight),
            reversal=torch.from_numpy(policy.config.wiring.polarities.astype(np.float32)),
            slope=each(synapses, slope),
            midpoint=each(synapses, 0.5),
            capacitance=each(neurons, capacitance),
            leak=each(neurons, leak),
            rest=each(neurons, 0.5),
        )
    )
    return policy
