"""The batch of ``LaneKeepingVectorEnv`` as a ``VecEnv`` of stable-baselines3; imports that library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.common.extras import needs_extra
from wormdrive.envs.lane_keeping.vector_environment import LaneKeepingVectorEnv

with needs_extra("sb3"):
    from stable_baselines3.common.vec_env import VecEnv

__all__ = ["SB3VecEnv"]

Indices = int | Iterable[int] | None

_OF_ONE: Final = {"observation_space": "single_observation_space", "action_space": "single_action_space"}
"""Attributes that a single environment has, and what the batch calls them."""
_METHODS: Final = ("render", "get_wrapper_attr")


class SB3VecEnv(VecEnv):
    """N lane-keeping environments that step together, as stable-baselines3 wants them.

    Observations, rewards, ends and infos are those of its own ``DummyVecEnv`` and ``SubprocVecEnv`` over N single
    environments with the same seeds. An episode that has ended begins anew at once: its info has
    ``terminal_observation`` and ``TimeLimit.truncated``, which is true where the route was done or time was up.

    Parameters
    ----------
    env:
        A batch with ``autoreset_mode="SameStep"``.

    Raises
    ------
    ArgumentError
        If its episodes begin anew in another way.
    """

    def __init__(self, env: LaneKeepingVectorEnv) -> None:
        if env.autoreset_mode is not AutoresetMode.SAME_STEP:
            raise ArgumentError(one_of("autoreset_mode", env.autoreset_mode.value, [AutoresetMode.SAME_STEP.value]))
        self.env = env
        self._actions: Any = None
        super().__init__(env.num_envs, env.single_observation_space, env.single_action_space)

    def reset(self) -> Any:
        """Begin an episode in every environment, with the seeds and options that were set since the last reset."""
        seeds = None if all(seed is None for seed in self._seeds) else self._seeds
        seen, infos = self.env.reset(seed=seeds, options=self._joint_options())
        self.reset_infos = _rows(infos, self.num_envs)
        self._reset_seeds()
        self._reset_options()
        return seen

    def step_async(self, actions: NDArray[Any]) -> None:
        """Note the actions (N, ...) of the next ``step_wait``."""
        self._actions = actions

    def step_wait(self) -> tuple[Any, NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Drive for 1/30 s: return observations, rewards (N,), ends (N,) and N infos."""
        seen, reward, terminated, truncated, infos = self.env.step(self._actions)
        done = terminated | truncated
        rows = _rows(infos, self.num_envs)
        if done.any():
            last = _rows(infos["final_info"], self.num_envs)
            for k in np.flatnonzero(done).tolist():
                rows[k] = {**last[k], "terminal_observation": infos["final_obs"][k]}
        for row, timed_out in zip(rows, (truncated & ~terminated).tolist(), strict=True):
            row["TimeLimit.truncated"] = timed_out
        return seen, reward.astype(np.float32), done, rows

    def close(self) -> None:
        """Release everything."""
        self.env.close()

    def get_images(self) -> list[NDArray[np.uint8] | None]:
        """Draw what each camera sees, larger: N times (H, W, 3) uint8; None without a render mode."""
        drawn = self.env.render()
        return [None] * self.num_envs if drawn is None else list(drawn)

    def get_attr(self, attr_name: str, indices: Indices = None) -> list[Any]:
        """Return an attribute of some environments, which is the same of all.

        Raises
        ------
        AttributeError
            If they have none of this name.
        """
        found = getattr(self.env, _OF_ONE.get(attr_name, attr_name))
        return [found for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Indices = None) -> None:
        """Refuse: the environments of a batch share their options.

        Raises
        ------
        ArgumentError
            Always; ``set_options`` says what the next episodes are drawn from.
        """
        raise ArgumentError(f"set_attr({attr_name!r}): allowed are set_options(...) and another batch")

    def env_method(self, method_name: str, *method_args: Any, indices: Indices = None, **method_kwargs: Any) -> Any:
        """Return what a method of some environments returns: ``render`` and ``get_wrapper_attr``.

        Raises
        ------
        ArgumentError
            If it is another one: a batch has no single environments to call.
        """
        if method_name == "render":
            images = self.get_images()
            return [images[k] for k in self._get_indices(indices)]
        if method_name == "get_wrapper_attr":
            (name,) = (*method_args, *method_kwargs.values())
            return self.get_attr(name, indices)
        raise ArgumentError(one_of("env_method", method_name, _METHODS))

    def env_is_wrapped(self, wrapper_class: type[Any], indices: Indices = None) -> list[bool]:
        """Return whether some environments are wrapped each by itself: none is."""
        return [False for _ in self._get_indices(indices)]

    def _joint_options(self) -> dict[str, Any]:
        """Options of all environments as the batch takes them: a scenario may be each one's own, the rest is shared."""
        first, *others = self._options
        if all(options == first for options in others):
            return first
        if all(options.keys() == {"scenario"} for options in self._options):
            return {"scenario": [options["scenario"] for options in self._options]}
        raise ArgumentError("set_options: allowed are the same options for all environments, or a 'scenario' for each")


def _rows(infos: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """Take the infos of N environments apart, by environment."""
    columns = {
        name: value.tolist() for name, value in infos.items() if f"_{name}" in infos and isinstance(value, np.ndarray)
    }
    columns.pop("final_obs", None)
    if not columns:
        return [{} for _ in range(count)]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
