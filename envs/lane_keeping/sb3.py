"""Stable-baselines3 on the fast batch: its ``VecEnv`` over ``gymnasium.make_vec``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import gymnasium

from wormdrive.envs.common.errors import require_seed
from wormdrive.envs.common.extras import import_extra

if TYPE_CHECKING:
    from stable_baselines3.common.vec_env import VecEnv

    from wormdrive.envs.lane_keeping.vector_environment import LaneKeepingVectorEnv

__all__ = ["make_sb3_vec_env"]


def make_sb3_vec_env(
    num_envs: int,
    env_id: str = "wormdrive/LaneKeeping-v1",
    *,
    seed: int | None = None,
    monitor_file: str | None = None,
    **options: Any,
) -> VecEnv:
    """Return N lane-keeping environments for stable-baselines3, which step together in one process.

    What its ``make_vec_env(env_id, n_envs, seed, vec_env_cls=SubprocVecEnv)`` returns drives and pays the same; here
    one call steps all of them, and no picture is sent from one process to another. Returns and lengths of episodes are
    in ``info["episode"]``, as its ``VecMonitor`` has them.

    Parameters
    ----------
    num_envs:
        How many environments.
    env_id:
        ``wormdrive/LaneKeeping-v1``, whose reward wants a speed, or ``-v0``.
    seed:
        Environment i begins with ``seed + i``; an algorithm that is given a seed of its own sets it anew.
    monitor_file:
        Where returns and lengths of episodes are written, too; its name ends in ``.monitor.csv``.
    options:
        Keywords of ``LaneKeepingVectorEnv``, such as ``observation``, ``action``, ``season``, ``threads``.

    Raises
    ------
    ArgumentError
        If an option is not allowed.
    MissingPackageError
        If stable-baselines3 is not installed.

    Examples
    --------
    PPO with pictures from 64 worlds::

        env = wormdrive.make_sb3_vec_env(64, action="curvature", season=("summer", "winter"), threads=2)
        PPO("CnnPolicy", env, n_steps=64, seed=0).learn(200_000)
    """
    vec_env = import_extra("stable_baselines3.common.vec_env", "sb3")
    from wormdrive.envs.lane_keeping.sb3_vec_env import SB3VecEnv

    made = gymnasium.make_vec(env_id, num_envs, autoreset_mode="SameStep", **options)
    batch = SB3VecEnv(cast("LaneKeepingVectorEnv", made.unwrapped))
    if seed is not None:
        batch.seed(require_seed(seed))
    return cast("VecEnv", vec_env.VecMonitor(batch, monitor_file))
