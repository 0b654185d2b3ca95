"""Collect episodes: drive N scenarios at once, note states, commands, and what the expert would have done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.own_expert import ExpertChoice, make_expert
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.cruise_control import CRUISING_MPS
from wormdrive.envs.simulation.observation import Observation, VehicleState
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.vehicle import steer_for_curvature
from wormdrive.scenarios.suite import FIRST_ROUTE_SEED, FIRST_SEED
from wormdrive.training.expert_eyes import ExpertEyes

__all__ = ["Pilot", "collect", "training_scenario"]

Pilot = Callable[[Observation, NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.bool_]]]
"""(observation, the expert's curvature (N,)) -> curvature (N,) [1/m] to drive, and where the expert intervenes (N,)."""

_STATE: Final = tuple(field.name for field in fields(VehicleState))
_SPARE_M: Final = 20.0
PUSH_LIMIT_M: Final = 0.9
"""Farther off the lane's centre than this nothing pushes a car outwards [m]."""


def training_scenario(
    map_: str, conditions: Conditions, length: int, dt_s: float, rng: np.random.Generator
) -> Scenario:
    """Draw a scenario of at least ``length`` steps, with seeds that no test suite uses."""
    return Scenario(
        map=map_,
        conditions=conditions,
        route_seed=int(rng.integers(FIRST_ROUTE_SEED)),
        route_length_m=float(np.ceil(length * dt_s * CRUISING_MPS + _SPARE_M)),
        seed=int(rng.integers(FIRST_SEED)),
    )


def collect(
    simulator: Simulator,
    scenarios: Sequence[Scenario],
    pilot: Pilot,
    added: NDArray[np.float64],
    camera: CameraConfig,
    watch: Callable[[int], None] | None = None,
    kind: str = "embedded",
    expert: ExpertChoice = None,
    threads: int = 1,
) -> list[Episode]:
    """Drive ``scenarios``, one in each world of ``simulator``, and return an episode for each.

    ``added`` (N, T) is disturbing curvature [1/m] on top of the pilot's; T is how many steps are driven. An episode
    that ends early is shorter; its last frame is the last one on the lane. ``camera`` is what its frames will be drawn
    with, whether or not ``simulator`` draws them now; of another ``kind`` than ``embedded`` they cannot be drawn again,
    and the episodes keep them. ``watch`` is told after every step how many are done. ``expert`` says what should have
    been steered; if it asks for a camera, its pictures are drawn by ``threads`` threads.
    """
    worlds, steps = added.shape
    states = np.zeros((len(_STATE), steps, worlds))
    commands = np.full((steps, worlds, 2), np.nan)
    targets = np.zeros((steps, worlds))
    interventions = np.zeros((steps, worlds), np.bool_)
    lasted = np.full(worlds, steps)
    frames: list[NDArray[np.uint8]] = []
    observation = simulator.reset(scenarios)
    labels = make_expert(expert, simulator)
    with ExpertEyes(labels.camera, scenarios, camera, kind, threads) as eyes:
        for step in range(steps):
            state = observation.state
            states[:, step] = [getattr(state, name) for name in _STATE]
            if kind != "embedded":
                assert observation.camera is not None  # noqa: S101  (the recorder's simulator has one)
                frames.append(observation.camera)
            targets[step] = labels.curvature(eyes.shown(observation, step))
            wanted, interventions[step] = pilot(observation, targets[step])
            outwards = (np.abs(state.lateral_offset_m) > PUSH_LIMIT_M) & (added[:, step] * state.lateral_offset_m > 0)
            curvature = wanted + np.where(outwards, 0.0, added[:, step])
            commands[step, :, 0] = steer_for_curvature(curvature, state.speed_mps, simulator.parameters)
            observation = simulator.step(commands[step])
            lasted = np.where((observation.end_reason != 0) & (lasted == steps), step + 1, lasted)
            if watch is not None:
                watch(step + 1)
            if (lasted < steps).all():
                break
    return [
        Episode(
            scenario=scenario,
            camera=camera,
            dt_s=simulator.dt_s,
            state=VehicleState(**{name: states[k, : lasted[world], world].copy() for k, name in enumerate(_STATE)}),
            command=commands[: lasted[world], world].copy(),
            target_curvature=targets[: lasted[world], world].copy(),
            intervention=interventions[: lasted[world], world].copy(),
            simulator=kind,
            frames=np.stack([frame[world] for frame in frames[: lasted[world]]]) if frames else None,
        )
        for world, scenario in enumerate(scenarios)
    ]
