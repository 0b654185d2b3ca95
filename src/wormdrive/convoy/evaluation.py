"""Evaluation: drive the course with a follower at the wheel of every car but the first, and note how it went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.convoy_expert import ConvoyExpert, follower_commands
from wormdrive.convoy.config import CAMERA
from wormdrive.convoy.course import CARS, CONDITIONS, DURATION_S, ROUTES, course
from wormdrive.convoy.drive_row import ConvoyRow, measure
from wormdrive.convoy.follower import Follower
from wormdrive.envs.convoy.scenario import ConvoyScenario
from wormdrive.envs.convoy.simulator import CONVOY_END_REASONS, SUCCESSES, ConvoyObservation, ConvoySimulator
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.training.progress import Progress, Silent

__all__ = ["ConvoyDriver", "FollowerDriver", "drive_course", "expert_driver", "follower_driver"]


class ConvoyDriver(Protocol):
    """Drives the followers of a simulator."""

    def act(self, shown: ConvoyObservation) -> NDArray[np.float64]:
        """Return commands (W, N - 1, 2)."""


MakeDriver = Callable[[ConvoySimulator], ConvoyDriver]


class FollowerDriver:
    """A network at the wheel of every follower; each remembers for itself."""

    def __init__(self, follower: Follower, simulator: ConvoySimulator) -> None:
        self._follower, self._simulator = follower.eval(), simulator
        self._cars = simulator.cars - 1
        self._memory = follower.initial_state(simulator.convoys * self._cars)

    @property
    def memory(self) -> Tensor:
        """What the followers remember, (W (N - 1), S)."""
        return self._memory

    def act(self, shown: ConvoyObservation) -> NDArray[np.float64]:
        """Return commands (W, N - 1, 2); where a convoy's drive is over, nothing is computed."""
        assert shown.camera is not None  # noqa: S101  (the simulator was made with one)
        driving = np.flatnonzero((shown.end_reason == 0).repeat(self._cars))
        frames = shown.camera.reshape(-1, *shown.camera.shape[2:])
        wanted = np.zeros((len(frames), 2))
        wanted[driving], self._memory[driving] = self._follower.act(frames[driving], self._memory[driving])
        shape = (self._simulator.convoys, self._cars, 2)
        return follower_commands(wanted.reshape(shape), shown, self._simulator.embedded.parameters)


def follower_driver(follower: Follower) -> MakeDriver:
    """Return what puts a follower at the wheel."""
    return lambda simulator: FollowerDriver(follower, simulator)


def expert_driver(simulator: ConvoySimulator) -> ConvoyDriver:
    """Put the expert at the wheel."""
    return ConvoyExpert(simulator)


def drive_course(
    make_driver: MakeDriver,
    model: str,
    seed: int,
    *,
    conditions: Sequence[str] = CONDITIONS,
    routes: int = ROUTES,
    duration_s: float = DURATION_S,
    looking: bool = True,
    threads: int = 1,
    progress: Progress | None = None,
) -> list[ConvoyRow]:
    """Drive every convoy of the course: a row each.

    Parameters
    ----------
    make_driver:
        Makes the driver.
    model, seed:
        What its rows are to say.
    looking:
        Whether it needs pictures.
    """
    progress = progress or Silent()
    rows: list[ConvoyRow] = []
    for condition in conditions:
        scenarios = course(condition, routes, duration_s)
        progress.begin(f"{model} {seed}, {condition}"[:22], round(duration_s * 10), "actions")
        with computing_with(threads):
            simulator = ConvoySimulator(routes, CARS, camera=CAMERA if looking else None, threads=threads)
            try:
                told = _drive(simulator, make_driver(simulator), scenarios, progress)
            finally:
                simulator.close()
        rows += [
            ConvoyRow(model=model, seed=seed, condition=condition, route=route, profile=scenario.profile, **one)
            for route, (scenario, one) in enumerate(zip(scenarios, told, strict=True))
        ]
    return rows


def _drive(
    simulator: ConvoySimulator, driver: ConvoyDriver, scenarios: Sequence[ConvoyScenario], progress: Progress
) -> list[dict[str, Any]]:
    shown = simulator.reset(scenarios)
    seen = [shown]
    lengths = np.ones(simulator.convoys, np.int64)
    while not shown.end_reason.all():
        running = shown.end_reason == 0
        shown = simulator.step(driver.act(shown))
        seen.append(_without_pictures(shown))
        lengths += running
        progress.advance(len(seen) - 1)
    found: list[dict[str, Any]] = []
    for convoy, length in enumerate(lengths.tolist()):
        part = seen[:length]
        numbers = measure(
            np.stack([one.state.speed_mps[convoy] for one in part]),
            np.stack([one.gap_m[convoy] for one in part]),
            np.stack([one.gap_error_m[convoy] for one in part]),
            np.stack([one.state.lateral_offset_m[convoy, 1:] for one in part]),
            simulator.dt_s,
        )
        reason = CONVOY_END_REASONS[shown.end_reason[convoy]]
        found.append({"end_reason": reason, "success": int(reason in SUCCESSES), **numbers})
    return found


def _without_pictures(shown: ConvoyObservation) -> ConvoyObservation:
    """Return what is measured of an observation: its pictures would fill the memory."""
    return ConvoyObservation(shown.state, None, None, shown.gap_m, shown.closing_mps, shown.failed, shown.end_reason)
