"""Situation driver: a tree at the wheel of N worlds that is told what a person could name, and sees no picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.situation import AGO_S, curvature_ahead, situation_now
from wormdrive.audit.trees.small_tree import SmallTree
from wormdrive.envs.simulation.observation import Observation, take
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.vehicle import steer_for_curvature

__all__ = ["SituationDriver"]


class SituationDriver:
    """A ``Driver`` that steers what a tree says of the situation, and leaves the speed to the cruise control.

    Parameters
    ----------
    simulator:
        Whose routes and vehicles are driven.
    tree:
        From the situation (T, 12), columns ``situation.NAMES``, to curvature [1/m].
    """

    def __init__(self, simulator: Simulator, tree: SmallTree) -> None:
        self._simulator, self._tree = simulator, tree
        self._frames = round(AGO_S / simulator.dt_s) + 1
        self._past: NDArray[np.float64] = np.zeros((0, 0, 0))
        self._fresh: NDArray[np.bool_] = np.zeros(0, np.bool_)

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Forget the past of the worlds in ``mask`` (N,)."""
        if len(self._fresh) != len(mask):
            self._fresh = np.ones(len(mask), np.bool_)
        self._fresh = self._fresh | mask

    def situation(self, observation: Observation) -> NDArray[np.float64]:
        """Return (N, 12): what ``situation_of`` will say of this moment, and remember it."""
        state, routes = observation.state, self._simulator.routes
        ahead = [float(curvature_ahead(route, take(state, np.array([k])))[0]) for k, route in enumerate(routes)]
        now = situation_now(state, np.array(ahead))
        if self._past.shape[1:] != now.shape:
            self._past, self._fresh = np.zeros((self._frames, *now.shape)), np.ones(len(now), np.bool_)
        self._past = np.concatenate([self._past[1:], now[None]])
        self._past[:, self._fresh] = now[self._fresh]
        self._fresh = np.zeros(len(now), np.bool_)
        return np.concatenate([now, self._past[0]], axis=1)

    def act(self, observation: Observation) -> NDArray[np.float64]:
        """Return commands (N, 2): steer, and NaN for the cruise control."""
        curvature = self._tree.predict(self.situation(observation))
        command = np.full((len(curvature), 2), np.nan)
        command[:, 0] = steer_for_curvature(curvature, observation.state.speed_mps, self._simulator.parameters)
        return command
