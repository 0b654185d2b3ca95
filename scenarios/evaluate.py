"""Evaluate: drive a suite in closed loop and sum up each condition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulator_factory import SimulatorChoice
from wormdrive.scenarios.candidate import Candidate
from wormdrive.scenarios.drive import Drive, Progress, drive_all
from wormdrive.scenarios.junctions import near_junction
from wormdrive.scenarios.results import Evaluation, failure_of, row_of
from wormdrive.scenarios.shared_progress import SharedProgress
from wormdrive.scenarios.suite import Condition, Suite

__all__ = ["WORLDS", "MakeSimulator", "drive_candidate", "embedded", "evaluate", "maker"]

WORLDS = 64
"""Worlds that drive side by side, at most: enough to keep all processors busy, few enough for any memory."""

MakeSimulator = Callable[[int, CameraConfig | None], Simulator]
"""Gives a simulator of so many worlds with such cameras."""


def embedded(threads: int = 1) -> MakeSimulator:
    """Make embedded simulators of so many threads."""
    return maker(SimulatorChoice(), threads)


def maker(choice: SimulatorChoice, threads: int = 1) -> MakeSimulator:
    """Make simulators of a chosen kind, with so many threads where they are embedded."""
    return lambda worlds, camera: choice.open(worlds, camera, threads=threads)


def evaluate(
    candidate: Candidate,
    suite: Suite,
    make_simulator: MakeSimulator | None = None,
    *,
    worlds: int = WORLDS,
    crews: int = 1,
    progress: Progress | None = None,
) -> tuple[Evaluation, dict[Condition, list[Drive]]]:
    """Drive every episode of every condition, all in one batch, and sum up; by default in embedded simulators.

    The same candidate, suite and machine give the same bits if the simulator is embedded, whatever ``worlds`` and
    ``crews``: see ``drive_candidate``.

    Returns
    -------
    evaluation:
        A row a condition, and every failure.
    drives:
        The drives of each condition, in the order of its episodes.

    Raises
    ------
    ArgumentError
        If ``worlds`` or ``crews`` is not positive.
    MapError, RouteError
        If a map of the suite cannot be read, or holds no route of the wanted length.
    SimulatorError
        If a simulator's server fails.
    """
    if not suite.conditions:
        raise ArgumentError(f"suite {suite.name}: holds shifts alone; allowed here is one with conditions, too")
    scenarios = {condition: suite.scenarios(condition) for condition in suite.all_conditions}
    # Conditions alternate, so that the batch is a mixture of all of them throughout.
    order = [(condition, k) for k in range(suite.episodes) for condition in suite.all_conditions]
    wanted = [scenarios[condition][k] for condition, k in order]
    make = embedded() if make_simulator is None else make_simulator
    driven = drive_candidate(candidate, wanted, make, worlds=worlds, crews=crews, progress=progress)
    found = dict(zip(order, driven, strict=True))
    drives = {condition: [found[condition, k] for k in range(suite.episodes)] for condition in suite.all_conditions}
    failures = [
        failure_of(condition, k, drive, at_junction=_failed_at_junction(drive))
        for condition, held in drives.items()
        for k, drive in enumerate(held)
    ]
    evaluation = Evaluation(
        model=candidate.name,
        suite=suite.name,
        rows=tuple(row_of(condition, held) for condition, held in drives.items()),
        failures=tuple(failure for failure in failures if failure is not None),
        parameters=candidate.parameters,
    )
    return evaluation, drives


def drive_candidate(
    candidate: Candidate,
    scenarios: Sequence[Scenario],
    make_simulator: MakeSimulator,
    *,
    worlds: int = WORLDS,
    crews: int = 1,
    progress: Progress | None = None,
) -> list[Drive]:
    """Drive scenarios, up to ``worlds`` side by side; return the drives in the scenarios' order.

    ``crews`` share them, each in a thread with a simulator of its own: two of one thread each do more than one of two,
    for none waits for the other from step to step.

    Raises
    ------
    ArgumentError
        If ``worlds`` or ``crews`` is not positive.
    MapError, RouteError
        If a map cannot be read, or holds no route of the wanted length.
    SimulatorError
        If a simulator's server fails.
    """
    for name, value in (("worlds", worlds), ("crews", crews)):
        if value < 1:
            raise ArgumentError(f"{name}={value}: allowed is a positive whole number")
    crews = max(1, min(crews, len(scenarios), worlds))
    if crews == 1:
        return _drive(candidate, scenarios, make_simulator, worlds, progress)
    told = SharedProgress(crews, len(scenarios), progress)
    with ThreadPoolExecutor(crews, "wormdrive-crew") as pool:
        try:
            most = -(-worlds // crews)
            parts = [
                pool.submit(_drive, candidate, scenarios[crew::crews], make_simulator, most, told.of(crew))
                for crew in range(crews)
            ]
            wait(parts, return_when=FIRST_EXCEPTION)
            for part in parts:
                if part.done():
                    part.result()  # raises what went wrong, whichever it was
            driven = [part.result() for part in parts]
        except BaseException:
            told.stop()  # else the pool would wait until all have arrived
            raise
    return [driven[k % crews][k // crews] for k in range(len(scenarios))]


def _drive(
    candidate: Candidate,
    scenarios: Sequence[Scenario],
    make_simulator: MakeSimulator,
    worlds: int,
    progress: Progress | None,
) -> list[Drive]:
    if not scenarios:
        return []
    worlds = _evenly(worlds, len(scenarios))
    simulator = make_simulator(worlds, candidate.camera)
    try:
        return drive_all(simulator, candidate.make_driver(simulator), scenarios, worlds, progress)
    finally:
        simulator.close()


def _evenly(most: int, drives: int) -> int:
    """Return how many worlds take turns at the drives so that hardly any is left without one in the last turn."""
    return -(-drives // -(-drives // most))


def _failed_at_junction(drive: Drive) -> bool:
    at = drive.failure_index
    return at is not None and near_junction(drive.scenario.map, float(drive.x_m[at]), float(drive.y_m[at]))
