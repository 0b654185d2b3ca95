"""The vector entry point of ``wormdrive/LaneKeeping-v0`` and ``-v1``: N environments in one batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_whole, one_of, require_seed
from wormdrive.envs.common.keywords import takes_keywords_of
from wormdrive.envs.lane_keeping.options import VectorEnvOptions
from wormdrive.envs.lane_keeping.scenario_source import ScenarioSource
from wormdrive.envs.lane_keeping.task import LaneKeepingTask, spectator, vehicle_infos
from wormdrive.envs.simulation.observation import END_REASONS, Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulator_factory import SimulatorChoice

__all__ = ["LaneKeepingVectorEnv"]

_TERMINATES = np.array([reason in ("lane_departure", "collision") for reason in END_REASONS])
_TRUNCATES = np.array([reason in ("route_done", "time_limit") for reason in END_REASONS])


class LaneKeepingVectorEnv(VectorEnv[Any, NDArray[np.float32], NDArray[Any]]):
    """N environments that step together: bit for bit what N single ones with seeds s, s + 1, ... do.

    Arguments are those of ``LaneKeepingEnv``, and ``num_envs``, ``threads`` and ``autoreset_mode``; with CARLA ``port``
    is a sequence of N: each environment has a server of its own. The modes are ``"NextStep"`` (a finished environment
    is reset by the step after; that step's action is ignored and its reward 0), ``"SameStep"`` (it is reset at once;
    what it showed last is in ``info["final_obs"]`` and ``info["final_info"]``) and ``"Disabled"`` (it stands still
    until ``reset(options={"reset_mask": ...})``). ``max_episode_steps`` truncates an episode after so many steps, with
    the end reason ``time_limit``.

    ``info`` holds arrays (N,) and beside each ``key`` its mask ``_key``.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  (Gymnasium's own way)
        "render_modes": ["rgb_array"],
        "render_fps": 30,
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    @takes_keywords_of(VectorEnvOptions)
    def __init__(self, options: VectorEnvOptions) -> None:
        super().__init__()
        if options.render_mode == "human":
            raise ArgumentError("render_mode='human': allowed with many environments are None, rgb_array")
        try:
            self.autoreset_mode = AutoresetMode(options.autoreset_mode)
        except ValueError:
            allowed = [mode.value for mode in AutoresetMode]
            raise ArgumentError(one_of("autoreset_mode", options.autoreset_mode, allowed)) from None
        self.task = LaneKeepingTask(options)
        num_envs, port, most = options.num_envs, options.port, options.max_episode_steps
        if not is_whole(num_envs) or num_envs < 1:
            raise ArgumentError(f"num_envs={num_envs!r}: allowed is a positive whole number")
        if most is not None and (not is_whole(most) or most < 1):
            raise ArgumentError(f"max_episode_steps={most!r}: allowed is None or a positive whole number")
        self.num_envs = num_envs = int(num_envs)
        self._most_steps = most
        self.metadata = {**type(self).metadata, "autoreset_mode": self.autoreset_mode}
        self.render_mode = options.render_mode
        self.single_action_space = self.task.action_space()
        self.single_observation_space = self.task.observation_space()
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        ports = (port,) if isinstance(port, (int, str)) or not isinstance(port, Iterable) else tuple(port)
        choice = SimulatorChoice(options.simulator, options.host, ports, options.timeout)
        self.simulator = choice.open(
            num_envs, threads=options.threads, departure=options.departure, **self.task.pictures
        )
        self._first_seed = self.task.seed
        self._randoms: list[np.random.Generator] = []
        self._scenarios: NDArray[np.object_] = np.full(num_envs, None, object)
        self._season = np.full(num_envs, "", "<U16")
        self._reward = self.task.reward(num_envs, self.simulator.dt_s)
        self._ended = np.zeros(num_envs, np.bool_)
        self._everyone = np.ones(num_envs, np.bool_)
        self._everyone.setflags(write=False)

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode in every environment, or in those of ``options["reset_mask"]`` (N,).

        ``seed`` gives environment i the seed ``seed + i``, or its own from a sequence; ``options["scenario"]`` is a
        ``Scenario`` for all, or a sequence of N; other options are those of ``LaneKeepingEnv.reset``.

        Raises
        ------
        ArgumentError
            If an option or the number of seeds is not allowed.
        """
        checked = self.task.reset_options(options, ("reset_mask",))
        given, mask, source = self._given(checked), self._mask(checked), self.task.source(checked)
        self._seed(seed, mask)
        return self._begin(mask, given, source)

    def step(
        self, actions: NDArray[np.float32]
    ) -> tuple[Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Drive for 1/30 s.

        Raises
        ------
        ArgumentError
            If the actions have another shape, or one is NaN, infinite or no number.
        """
        command = self.task.command(actions, self.simulator, self.num_envs)
        waiting = self._ended
        shown = self.simulator.step(command)
        if self.autoreset_mode == AutoresetMode.NEXT_STEP and waiting.any():
            shown = self._restart(waiting)
        if self._most_steps is not None:
            shown = self.simulator.time_out((self.simulator.step_index >= self._most_steps) & (shown.end_reason == 0))
        reward = self._reward.pay(shown)
        reward[waiting] = 0.0
        terminated, truncated = _TERMINATES[shown.end_reason], _TRUNCATES[shown.end_reason]
        self._ended = terminated | truncated
        infos = _masked(self._infos(shown), self._everyone)
        if self.autoreset_mode == AutoresetMode.SAME_STEP and self._ended.any():
            return self._restart_at_once(shown, infos, reward, terminated, truncated)
        return self.task.observe(shown), reward, terminated, truncated, infos

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """Draw what each camera sees, larger: N times (H, W, 3) uint8."""
        if self.render_mode is None:
            return None
        return tuple(self.simulator.render(spectator(self.task.camera)))

    def close_extras(self, **kwargs: Any) -> None:
        """Release everything."""
        self.simulator.close()

    def _begin(
        self,
        mask: NDArray[np.bool_],
        given: Sequence[Scenario] | None = None,
        source: ScenarioSource | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        shown = self._restart(mask, given, source)
        return self.task.observe(shown), _masked(self._infos(shown), mask)

    def _infos(self, shown: Observation) -> dict[str, NDArray[Any]]:
        return vehicle_infos(shown, self._season, self._scenarios)

    def _restart(
        self,
        mask: NDArray[np.bool_],
        given: Sequence[Scenario] | None = None,
        source: ScenarioSource | None = None,
    ) -> Observation:
        """Start the environments in ``mask`` on scenarios given or drawn from a source, by default the task's own."""
        source = source or self.task.scenarios
        scenarios = self._scenarios.copy()
        chosen = np.flatnonzero(mask).tolist()
        for i in chosen:
            scenarios[i] = source.draw(self._randoms[i]) if given is None else given[i]
        shown = self.simulator.reset(scenarios.tolist(), mask)
        for i in chosen:
            self._season[i] = scenarios[i].conditions.season.name
        self._scenarios = scenarios
        self._reward.begin(shown, mask)
        self._ended = self._ended & ~mask
        return shown

    def _restart_at_once(
        self,
        last: Observation,
        infos: dict[str, Any],
        reward: NDArray[np.float64],
        terminated: NDArray[np.bool_],
        truncated: NDArray[np.bool_],
    ) -> tuple[Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        ended = self._ended
        seen = self.task.observe(last)
        final = np.full(self.num_envs, None, object)
        for i in np.flatnonzero(ended):
            final[i] = {name: a[i] for name, a in seen.items()} if isinstance(seen, dict) else seen[i]
        final_info = {
            key: np.where(ended, value, np.zeros(1, value.dtype)) for key, value in infos.items() if key[0] != "_"
        }
        shown = self._restart(ended)
        infos = {
            **_masked(self._infos(shown), self._everyone),
            **_masked({"final_obs": final}, ended),
            "final_info": _masked(final_info, ended),
            "_final_info": ended.copy(),
        }
        seen = self.task.observe(shown)
        return seen, reward, terminated, truncated, infos

    def _seed(self, seed: int | Sequence[int | None] | None, mask: NDArray[np.bool_]) -> None:
        if seed is None and self._first_seed is not None:
            seed = self._first_seed
        self._first_seed = None
        if seed is None and not self._randoms:
            seed = [None] * self.num_envs
        if seed is None:
            return
        if isinstance(seed, Iterable):
            seeds = [None if one is None else require_seed(one) for one in seed]
        else:
            seeds = [require_seed(seed) + i for i in range(self.num_envs)]
        if len(seeds) != self.num_envs:
            raise ArgumentError(f"seed: {len(seeds)} seeds, allowed are {self.num_envs}, one an environment")
        fresh = not self._randoms
        if fresh:
            self._randoms = [np.random.default_rng(0)] * self.num_envs
        for i, one in enumerate(seeds):
            if fresh or (mask[i] and one is not None):
                self._randoms[i] = seeding.np_random(one)[0]

    def _given(self, options: Mapping[str, Any]) -> Sequence[Scenario] | None:
        """Return the scenarios (N) that options give, if they do."""
        if "scenario" not in options:
            return None
        value = options["scenario"]
        several = value if isinstance(value, Iterable) else ()
        given = [value] * self.num_envs if isinstance(value, Scenario) else list(several)
        if len(given) != self.num_envs or not all(isinstance(one, Scenario) for one in given):
            raise ArgumentError(f"options['scenario']: allowed is a Scenario, or a sequence of {self.num_envs}")
        return given

    def _mask(self, options: Mapping[str, Any]) -> NDArray[np.bool_]:
        """Return which environments a reset is about (N,)."""
        if "reset_mask" not in options:
            return self._everyone
        value = options["reset_mask"]
        mask = np.array(value)
        if mask.shape != (self.num_envs,) or mask.dtype != np.bool_ or not mask.any():
            raise ArgumentError(f"options['reset_mask']={value!r}: allowed is (N,) of bool, not all false")
        if self._scenarios[0] is None and not mask.all():
            raise ArgumentError("options['reset_mask']: allowed after a first reset of all environments")
        return mask


def _masked(infos: dict[str, Any], mask: NDArray[np.bool_]) -> dict[str, Any]:
    """Put beside each array the mask of environments for which it holds, as Gymnasium has it."""
    return {name: value for key, array in infos.items() for name, value in ((key, array), (f"_{key}", mask.copy()))}
