"""Stage: shows moments of flights again, under any scenery, with the frames before them, since networks remember."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.envs.find_target.scenario import draw_scenario
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightWorlds
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.find_target.expert import expert_actions
from wormdrive.find_target.flights import ExpertPilot, fly
from wormdrive.find_target.suite import load_flight_suite
from wormdrive.training.progress import Progress, Silent

__all__ = ["RUN_UP", "Shown", "Stage", "held_out_flights"]

RUN_UP: Final = 12
"""Frames that are shown before the one that is looked at."""

_FIRST_SEED: Final = 2**31
"""No suite and no training draws flights from this seed on."""


class Shown(NamedTuple):
    """One moment: ``frames`` (RUN_UP + 1, H, W, 3) uint8, the classes ``labels`` (H, W) of the last, ``expert`` (4,).

    ``expert`` is what the expert does there.
    """

    frames: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    expert: NDArray[np.float64]


def held_out_flights(
    count: int,
    seed: int = 0,
    *,
    size: tuple[int, int] = (144, 96),
    threads: int = 1,
    progress: Progress | None = None,
) -> list[FlightEpisode]:
    """Let the expert, pushed about by gusts, fly flights in summer that no training and no suite has; the same for all.

    Raises
    ------
    ArgumentError
        ``count`` or ``seed`` is out of range.
    """
    for name, value, least, most in (("flights", count, 2, 1000), ("seed", seed, 0, 1_000_000)):
        if not least <= value <= most:
            raise ArgumentError(f"{name}={value!r}: allowed is {least} to {most}")
    ranges = load_flight_suite().ranges
    scenarios = [draw_scenario(ranges, np.random.default_rng((_FIRST_SEED + seed, k))) for k in range(count)]
    told = progress or Silent()
    told.begin("expert flies", count, "flights")
    worlds = FlightWorlds(min(count, 64), WoodCamera(*size, threads=threads))
    try:
        return fly(worlds, scenarios, ExpertPilot(shaken_seed=_FIRST_SEED + seed), keep=True, told=told.advance)
    finally:
        worlds.close()


class Stage:
    """Flights, each in a world of its own, whose moments can be shown again.

    Raises
    ------
    ArgumentError
        A flight is too short.
    """

    def __init__(self, flights: Sequence[FlightEpisode], *, threads: int = 1) -> None:
        if not flights or min(map(len, flights)) <= RUN_UP:
            raise ArgumentError(f"flights: one has {RUN_UP} frames or fewer: allowed are more")
        self.flights = tuple(flights)
        height, width = flights[0].frames.shape[1:3]
        self._worlds = FlightWorlds(len(flights), WoodCamera(width, height, threads=threads))
        self._worlds.reset([flight.scenario for flight in flights])

    def show(self, n: int, frame: int, conditions: Conditions, art_seed: int = 0) -> Shown:
        """Show frame ``frame``, from ``RUN_UP`` on, of flight ``n`` in a season, a weather and an art."""
        flight, steps = self.flights[n], np.arange(frame - RUN_UP, frame + 1)
        self._worlds.change_conditions(n, conditions, art_seed)
        poses = np.concatenate([flight.position[steps], flight.heading[steps, None]], axis=1)
        frames, labels = self._worlds.show(n, poses, steps)
        return Shown(frames, labels[-1], self._expert(n))

    def aside(
        self, n: int, frame: int, camera_rad: float, target_rad: float, conditions: Conditions
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Show a frame of a flight with its target aside; return the picture (H, W, 3) and its classes (H, W).

        The camera is turned such that the target would lie ``camera_rad`` to its left, and the target, which stays as
        far away, is put ``target_rad`` to its left.
        """
        flight = self.flights[n]
        x, y, z = flight.position[frame].tolist()
        ahead, left, _ = flight.target[frame].tolist()
        way = float(flight.heading[frame] + np.arctan2(left, ahead))
        heading = way - camera_rad
        far, to = float(np.hypot(ahead, left)), heading + target_rad
        usual = self._worlds.target_place(n)
        self._worlds.change_conditions(n, conditions)
        self._worlds.move_target(n, x + far * float(np.cos(to)), y + far * float(np.sin(to)))
        try:
            frames, labels = self._worlds.show(n, np.array([[x, y, z, heading]]), np.array([frame]))
        finally:
            self._worlds.move_target(n, *usual)
        return frames[0], labels[0]

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        self._worlds.close()

    def _expert(self, n: int) -> NDArray[np.float64]:
        """Ask the expert in the world as it is now."""
        found: NDArray[np.float64] = expert_actions(self._worlds, self._worlds.observe())[n]
        return found
