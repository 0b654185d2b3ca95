"""Drive an export and torch beside each other, on the same roads, in closed loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.observation import END_REASONS, Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature
from wormdrive.training.export.policy_stepper import PolicyStepper, TorchStepper

__all__ = ["ClosedLoopComparison", "compare_closed_loop"]


@dataclass(frozen=True)
class ClosedLoopComparison:
    """One scenario driven twice: by torch in float32, and by the export.

    ``difference_per_m`` is the largest between the export's curvature [1/m] and what torch, shown the same frames from
    the start, wanted; ``state_difference`` likewise. ``end_gap_m`` lies between both cars after the last step that both
    drove. ``steps``, ``end_reason`` (empty: still running), ``mean_offset_m`` (from the lane's centre) and
    ``distance_m`` are torch's and the export's.
    """

    scenario: Scenario
    steps: tuple[int, int]
    difference_per_m: float
    state_difference: float
    end_gap_m: float
    end_reason: tuple[str, str]
    mean_offset_m: tuple[float, float]
    distance_m: tuple[float, float]


def compare_closed_loop(
    policy: Policy,
    export: PolicyStepper,
    simulator: Simulator,
    scenarios: Sequence[Scenario],
    steps: int = 100_000,
    assist: Callable[[Observation], NDArray[np.float64]] | None = None,
) -> list[ClosedLoopComparison]:
    """Drive each scenario to its end, at most ``steps``; ``simulator`` has two worlds a scenario.

    ``assist`` gives curvature [1/m] (2N,) that is added to what the drivers want: it keeps those on the road that
    would not stay there by themselves.

    Raises
    ------
    ArgumentError
        When the simulator has no camera, or another number of worlds.
    """
    count, vehicle = len(scenarios), VehicleParameters()
    elapsed = simulator.dt_s / policy.config.sample_period_s
    torch = TorchStepper(policy)
    torch.reset(2 * count)
    export.reset(count)
    observation = simulator.reset([*scenarios, *scenarios])
    start = observation.state.station_m
    offset, running_steps = np.zeros(2 * count), np.zeros(2 * count, np.int64)
    difference, state_difference, gap = np.zeros(count), np.zeros(count), np.zeros(count)
    for _ in range(steps):
        running = observation.end_reason == 0
        if not running.any():
            break
        offset += np.where(running, np.abs(observation.state.lateral_offset_m), 0.0)
        running_steps += running
        # The first worlds are torch's; the others are the export's, and torch looks on.
        frames = observation.camera
        if frames is None:
            raise ArgumentError("simulator: has no camera, a policy needs one")
        curvature = torch.step(frames, elapsed).astype(np.float64)
        exported = export.step(frames[count:], elapsed).astype(np.float64)
        compared = running[count:]
        difference = np.where(compared, np.maximum(difference, np.abs(exported - curvature[count:])), difference)
        apart = np.abs(export.state - torch.state[count:]).max(axis=1, initial=0.0)
        state_difference = np.where(compared, np.maximum(state_difference, apart), state_difference)
        curvature[count:] = exported
        if assist is not None:
            curvature += assist(observation)
        command = np.full((2 * count, 2), np.nan)
        command[:, 0] = steer_for_curvature(curvature, observation.state.speed_mps, vehicle)
        observation = simulator.step(command)
        x_m, y_m = observation.state.x_m, observation.state.y_m
        apart = np.hypot(x_m[:count] - x_m[count:], y_m[:count] - y_m[count:])
        gap = np.where(running[:count] & running[count:], apart, gap)
    mean_offset, distance = offset / np.maximum(running_steps, 1), observation.state.station_m - start

    def both(values: NDArray[np.float64], k: int) -> tuple[float, float]:
        return float(values[k]), float(values[count + k])

    return [
        ClosedLoopComparison(
            scenario=scenario,
            steps=(int(running_steps[k]), int(running_steps[count + k])),
            difference_per_m=float(difference[k]),
            state_difference=float(state_difference[k]),
            end_gap_m=float(gap[k]),
            end_reason=(END_REASONS[observation.end_reason[k]], END_REASONS[observation.end_reason[count + k]]),
            mean_offset_m=both(mean_offset, k),
            distance_m=both(distance, k),
        )
        for k, scenario in enumerate(scenarios)
    ]
