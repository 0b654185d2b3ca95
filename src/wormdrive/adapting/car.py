"""Car: one policy at the wheel with weights of its own, and a habit that may change them after every frame."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature

__all__ = ["Acted", "Car", "Cars", "Habit", "Learner", "MakeHabit", "Seen", "keep_as_it_is"]


@dataclass(frozen=True, eq=False)
class Seen:
    """A frame (1, H, W, 3), or a road's state (1, 3), that the policy has looked at, and what it made of it.

    ``before`` and ``state`` (1, S) are its state before and after, ``elapsed`` the time since the frame before in
    sample periods, ``curvature`` what it wants to drive [1/m].
    """

    frame: NDArray[np.generic]
    before: Tensor
    state: Tensor
    elapsed: float
    curvature: float


@dataclass(frozen=True, eq=False)
class Acted:
    """What a habit makes of it: the ``curvature`` to be driven [1/m], and the ``state`` (1, S) to go on from."""

    curvature: float
    state: Tensor


class Habit(Protocol):
    """What a car does besides driving. It is made for one drive, and may change its policy's weights in place."""

    def after(self, seen: Seen) -> Acted:
        """Act on a frame that the policy has just looked at."""

    @property
    def counts(self) -> dict[str, int]:
        """How often it did what, such as ``updates``."""


class Learner(Habit, Protocol):
    """A habit that changes weights, and can be told that they were put back."""

    def forget(self) -> None:
        """Forget what led to the weights that were taken back."""


MakeHabit = Callable[[Policy], Habit]
"""Makes the habit of one drive, for a policy whose weights it may change."""


class _Nothing:
    """Leaves everything as it is."""

    counts: dict[str, int] = {}  # noqa: RUF012 - nobody writes to it

    def after(self, seen: Seen) -> Acted:
        """Change nothing."""
        return Acted(seen.curvature, seen.state)


def keep_as_it_is(policy: Policy) -> Habit:
    """Make the habit of a car that only drives."""
    return _Nothing()


class Car:
    """A copy of a policy, its state, and its habit.

    Every drive begins with the weights of ``policy``, which is never changed.
    """

    def __init__(self, policy: Policy, make_habit: MakeHabit = keep_as_it_is) -> None:
        self._source, self._make_habit = policy.eval(), make_habit
        self.reset()

    def reset(self) -> None:
        """Forget the drive: state, habit and weights."""
        self.policy = copy.deepcopy(self._source)
        self.habit = self._make_habit(self.policy)
        self.curvature = 0.0
        self._state = self.policy.initial_state(1)

    def see(self, frame: NDArray[np.generic], elapsed: float) -> None:
        """Look at a frame (1, H, W, 3), ``elapsed`` sample periods after the one before, and steer."""
        before = self._state
        curvature, state = self.policy.act(frame, before, elapsed)
        acted = self.habit.after(Seen(frame, before.clone(), state.clone(), elapsed, float(curvature[0])))
        self.curvature, self._state = acted.curvature, acted.state


class Cars:
    """A driver of N worlds, one car in each; as a ``PolicyDriver``, but no two need have the same weights.

    What one does depends on no other. ``dt_s`` [s] is the simulator's step.

    Raises
    ------
    ArgumentError
        If there is no car.
    """

    def __init__(self, cars: Sequence[Car], dt_s: float, vehicle: VehicleParameters) -> None:
        if not cars:
            raise ArgumentError("cars: none; allowed is one a world")
        self.cars, self._dt_s, self._vehicle = tuple(cars), dt_s, vehicle

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Forget the past of the worlds in ``mask`` (N,), adapted weights included."""
        for world in np.flatnonzero(mask):
            self.cars[world].reset()

    def act(self, observation: Observation) -> NDArray[np.float64]:
        """Return the commands (N, 2): steer, and NaN for the cruise control; cars that see nothing new steer as before.

        Raises
        ------
        ArgumentError
            When a policy needs camera frames and the observation has none.
        """
        frames = self.cars[0].policy.look(observation)
        for world in np.flatnonzero((observation.end_reason == 0) & observation.new_frame):
            car = self.cars[world]
            elapsed = float(observation.frame_interval_s[world]) / car.policy.config.sample_period_s
            car.see(frames[world : world + 1], elapsed)
        command = np.full((len(self.cars), 2), np.nan)
        wanted = np.array([car.curvature for car in self.cars])
        command[:, 0] = steer_for_curvature(wanted, observation.state.speed_mps, self._vehicle)
        return command
