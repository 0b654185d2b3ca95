"""Reinforcement learning: PPO of stable-baselines3 learns to steer, accelerate and brake from the car's state.

The environment is ``wormdrive/LaneKeeping-v1``, sixteen at once. Now and then the policy drives sixteen routes that it
does not train on, without noise: how many it drives to their end, and how fast, is the learning curve. It takes twenty
seconds of one processor.

    python examples/lane_keeping_ppo.py

Drives of 16, mean speed (the reward wants 10 m/s) and mean distance from the lane's centre, by seed:

        steps            seed 0            seed 1            seed 2
       10,240   12  6.1 m/s 14 cm   10  5.5 m/s 22 cm   10  5.6 m/s 25 cm
       20,480   16  9.2 m/s 13 cm   16  9.5 m/s 21 cm   16 10.7 m/s 17 cm
       40,960   16 12.0 m/s  6 cm   16 11.8 m/s 10 cm   16 11.4 m/s  6 cm
       61,440   16 11.7 m/s  3 cm   16 10.4 m/s  2 cm   16 11.0 m/s  3 cm
       81,920   16 10.2 m/s  2 cm   16 10.1 m/s  2 cm   16 10.2 m/s  1 cm
      100,352   16 10.1 m/s  3 cm   16 10.3 m/s  1 cm   16 10.1 m/s  1 cm
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from learning_curve import Curve, Point, learn, learning_options
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecNormalize

import wormdrive

ENVIRONMENTS = 16
STEPS_EACH = 128
"""Of every environment between two times of learning."""
DRIVES = 16
FIRST_TEST_SEED = 1_000_000
Decide = Callable[[Any], Any]
"""What to do in each environment, of what they show."""
TASK: dict[str, Any] = {"observation": "state", "action": "steer_acceleration", "route_length": 200.0}


def tested(decide: Decide, task: dict[str, Any]) -> Point:
    """Drive the test's routes: how many to their end, mean speed [m/s] and mean offset from the centre [m]."""
    env = gym.make_vec("wormdrive/LaneKeeping-v1", DRIVES, autoreset_mode="Disabled", **task)
    seen, info = env.reset(seed=FIRST_TEST_SEED)
    driving, success = np.ones(DRIVES, np.bool_), np.zeros(DRIVES, np.bool_)
    speed, offset = [], []
    while driving.any():
        seen, _, terminated, truncated, info = env.step(decide(seen))
        speed += info["speed"][driving].tolist()
        offset += np.abs(info["lateral_offset"][driving]).tolist()
        success |= info["is_success"]
        driving &= ~(terminated | truncated)
    env.close()
    return {
        "successes": int(success.sum()),
        "speed_mps": round(float(np.mean(speed)), 2),
        "offset_m": round(float(np.mean(offset)), 3),
    }


def words(point: Point) -> str:
    """Say how a test went."""
    drives = f"{point['successes']:2d} of {DRIVES} drives, {point['speed_mps']:.1f} m/s"
    return f"{drives}, {100 * point['offset_m']:.0f} cm from the lane's centre"


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and tell."""
    options = learning_options("PPO learns to steer, accelerate and brake.", steps=100_000, every=10_000)
    chosen = options.parse_args(arguments)
    torch.set_num_threads(1)  # a network this small is not worth sharing
    normalized = VecNormalize(wormdrive.make_sb3_vec_env(ENVIRONMENTS, **TASK), gamma=0.98)
    model = PPO(
        "MlpPolicy",
        normalized,
        n_steps=STEPS_EACH,
        batch_size=256,
        n_epochs=10,
        gamma=0.98,
        learning_rate=lambda left: 1e-3 * left,
        policy_kwargs={"log_std_init": -1.6, "net_arch": [64, 64]},
        seed=chosen.seed,
        device="cpu",
    )

    def decide(seen: Any) -> Any:
        return model.predict(normalized.normalize_obs(seen), deterministic=True)[0]

    curve = Curve(lambda: tested(decide, TASK), words, chosen.every, chosen.json)
    learn(model, chosen.steps, curve, chosen.json)


if __name__ == "__main__":
    main()
