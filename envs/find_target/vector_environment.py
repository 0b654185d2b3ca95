"""The vector entry point of ``wormdrive/FindTarget-v0``: N environments in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_whole, require_seed
from wormdrive.envs.common.keywords import takes_keywords_of
from wormdrive.envs.find_target.options import (
    FindTargetVectorOptions,
    flight_infos,
    paid,
    parse_actions,
    terminated,
    truncated,
)
from wormdrive.envs.find_target.scenario import FlightScenario, draw_scenario
from wormdrive.envs.find_target.worlds import FlightObservation, FlightWorlds

__all__ = ["FindTargetVectorEnv"]


class FindTargetVectorEnv(VectorEnv[NDArray[np.uint8], NDArray[np.float32], NDArray[Any]]):
    """N environments that step together: bit for bit what N single ones with seeds s, s + 1, ... do.

    Arguments are ``num_envs`` and those of ``FindTargetEnv``. A finished environment is reset by the step after it
    ended (``AutoresetMode.NEXT_STEP``); that step's action is ignored, and its reward 0. ``info`` holds arrays (N,) and
    beside each ``key`` its mask ``_key``.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  (Gymnasium's own way)
        "render_modes": ["rgb_array"],
        "render_fps": 10,
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    @takes_keywords_of(FindTargetVectorOptions)
    def __init__(self, options: FindTargetVectorOptions) -> None:
        super().__init__()
        self.options = options
        self.num_envs = num_envs = int(options.num_envs)
        self.render_mode = self.options.render_mode
        self.single_action_space = self.options.action_space()
        self.single_observation_space = self.options.observation_space()
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.worlds = FlightWorlds(
            num_envs, self.options.camera, segmentation=self.options.observation == "segmentation"
        )
        self._first_seed = self.options.seed
        self._randoms: list[np.random.Generator] = []
        self._scenarios: list[FlightScenario | None] = [None] * num_envs
        self._distance = np.zeros(num_envs)
        self._ended = np.zeros(num_envs, np.bool_)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Start a flight in every environment; ``options["scenario"]`` is a sequence of N that they fly.

        Raises
        ------
        ArgumentError
            If an option is unknown or not allowed, or a seed is no whole number from 0.
        """
        given = dict(options or {})
        scenarios = given.pop("scenario", None)
        if given:
            raise ArgumentError(f"options: {sorted(given)}: allowed is scenario")
        if scenarios is not None and (
            len(scenarios) != self.num_envs or not all(isinstance(one, FlightScenario) for one in scenarios)
        ):
            raise ArgumentError(f"options['scenario']: allowed is a sequence of {self.num_envs} FlightScenario")
        self._seed(self._first_seed if seed is None else seed)
        self._first_seed = None
        everyone = np.ones(self.num_envs, np.bool_)
        seen = self._restart(everyone, scenarios)
        return self.options.shown(seen), self._infos(seen)

    def step(
        self, actions: NDArray[np.float32]
    ) -> tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Fly for 0.1 s.

        Raises
        ------
        ArgumentError
            If the actions have another shape, or one is NaN, infinite or no number.
        """
        waiting, before = self._ended, self._distance
        seen = self.worlds.step(parse_actions(actions, self.num_envs))
        if waiting.any():
            seen = self._restart(waiting, None)
        reward = np.where(waiting, 0.0, paid(before, seen))
        self._distance = seen.distance_m
        over, late = terminated(seen), truncated(seen)
        self._ended = over | late
        return self.options.shown(seen), reward, over, late, self._infos(seen)

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """Draw what each camera sees, larger: N times (H, W, 3) uint8."""
        return None if self.render_mode is None else tuple(self.worlds.render(self.options.spectator()))

    def close_extras(self, **kwargs: Any) -> None:
        """Release everything."""
        self.worlds.close()

    def _restart(self, mask: NDArray[np.bool_], scenarios: Sequence[FlightScenario] | None) -> FlightObservation:
        for n in np.flatnonzero(mask).tolist():
            drawn = scenarios is None
            self._scenarios[n] = (
                draw_scenario(self.options.ranges, self._randoms[n]) if drawn else scenarios[n]  # type: ignore[index]
            )
        seen = self.worlds.reset(self._scenarios, mask)
        self._distance = seen.distance_m
        self._ended = self._ended & ~mask
        return seen

    def _infos(self, seen: FlightObservation) -> dict[str, Any]:
        infos: dict[str, Any] = {}
        for name, array in flight_infos(seen, self._scenarios).items():
            infos[name], infos[f"_{name}"] = array, np.ones(self.num_envs, np.bool_)
        return infos

    def _seed(self, seed: int | Sequence[int | None] | None) -> None:
        if seed is None and self._randoms:
            return
        if seed is None:
            seeds: list[int | None] = [None] * self.num_envs
        elif is_whole(seed):
            seeds = [require_seed(seed) + n for n in range(self.num_envs)]
        else:
            seeds = [None if one is None else require_seed(one) for one in seed]  # type: ignore[union-attr]
        if len(seeds) != self.num_envs:
            raise ArgumentError(f"seed: {len(seeds)} seeds, allowed are {self.num_envs}, one an environment")
        self._randoms = [seeding.np_random(one)[0] for one in seeds]
