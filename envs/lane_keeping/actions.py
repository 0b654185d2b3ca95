"""Actions: what an agent may decide, by name, and the commands that come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.vehicle import steer_for_curvature

__all__ = ["ACTIONS", "MOST_CURVATURE", "ActionKind"]

MOST_CURVATURE: Final = 0.2
"""The tightest bend that the action ``curvature`` asks for [1/m], of 5 m radius: what the wheels can just turn for."""

_ToCommand = Callable[[NDArray[np.float64], Simulator], NDArray[np.float64]]


@dataclass(frozen=True)
class ActionKind:
    """A kind of action.

    Attributes
    ----------
    size:
        How many numbers an action has.
    most:
        The largest that one may be; the least is its negative.
    to_command:
        Makes commands (N, 2), as ``Simulator.step`` wants them, of actions (N, size) and the simulator as it is.
    """

    size: int
    most: float
    to_command: _ToCommand

    @property
    def space(self) -> spaces.Box:
        """The space of one action."""
        return spaces.Box(-self.most, self.most, (self.size,), np.float32)

    def commands(self, actions: Any, simulator: Simulator, worlds: int) -> NDArray[np.float64]:
        """Return the commands (N, 2) of N actions, cut off where the space ends.

        ``actions`` is an array (N, size), or what NumPy makes one of; tensors may have gradients.

        Raises
        ------
        ArgumentError
            If an action is NaN, infinite or no number, or the shape is another.
        """
        allowed = f"[{-self.most:g}, {self.most:g}]"
        try:
            given = np.asarray(_plain(actions), np.float64)
        except (TypeError, ValueError):
            raise ArgumentError(f"action={actions!r}: allowed are {self.size} numbers in {allowed}") from None
        if given.ndim != 2 or given.shape[1] != self.size:
            raise ArgumentError(f"action: shape {given.shape[1:]}, allowed is {(self.size,)}")
        if len(given) != worlds:
            raise ArgumentError(f"actions: {len(given)}, allowed are {worlds}, one an environment")
        if not np.isfinite(given).all():
            worst = given[~np.isfinite(given)][0]
            raise ArgumentError(f"action: {'NaN' if np.isnan(worst) else worst}, allowed are numbers in {allowed}")
        return self.to_command(np.clip(given, -self.most, self.most), simulator)


def _plain(actions: Any) -> Any:
    """Return the numbers of what may be a tensor, on any device and in a graph; lists may hold tensors."""
    if isinstance(actions, list | tuple):
        return [_plain(action) for action in actions]
    return actions.detach().cpu().double().numpy() if hasattr(actions, "detach") else actions


def _steer(actions: NDArray[np.float64], _: Simulator) -> NDArray[np.float64]:
    """Leave the speed to the cruise control."""
    command = np.full((len(actions), 2), np.nan)
    command[:, :1] = actions
    return command


def _steer_acceleration(actions: NDArray[np.float64], _: Simulator) -> NDArray[np.float64]:
    return actions


def _curvature(actions: NDArray[np.float64], simulator: Simulator) -> NDArray[np.float64]:
    """Turn the wheels as ``PolicyDriver`` does, and leave the speed to the cruise control."""
    speed_mps = simulator.last_observation.state.speed_mps
    return _steer(steer_for_curvature(actions, speed_mps[:, None], simulator.parameters), simulator)


ACTIONS: Final = MappingProxyType(
    {
        "steer": ActionKind(1, 1.0, _steer),
        "steer_acceleration": ActionKind(2, 1.0, _steer_acceleration),
        "curvature": ActionKind(1, MOST_CURVATURE, _curvature),
    }
)
"""Kinds of action by name."""
