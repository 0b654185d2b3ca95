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

import argparse
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
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


def tested(decide: Decide, task: dict[str, Any]) -> dict[str, float]:
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


class Curve(BaseCallback):
    """Tests the policy every so many steps, and tells how it went."""

    def __init__(self, decide: Decide, task: dict[str, Any], every: int, as_json: bool) -> None:
        super().__init__()
        self.points: list[dict[str, float]] = []
        self._decide, self._task, self._every, self._as_json = decide, task, every, as_json
        self._began = time.monotonic()

    def _on_rollout_start(self) -> None:
        if self.num_timesteps >= (len(self.points) + 1) * self._every:
            self.test()

    def _on_step(self) -> bool:
        return True

    def test(self) -> None:
        """Test the policy as it is now."""
        point = {"steps": self.num_timesteps, **tested(self._decide, self._task)}
        self.points.append(point)
        if not self._as_json:
            drives = f"{point['successes']:2d} of {DRIVES} drives, {point['speed_mps']:.1f} m/s"
            offset = f"{100 * point['offset_m']:.0f} cm from the lane's centre"
            print(f"{point['steps']:7d} steps, {time.monotonic() - self._began:5.0f} s: {drives}, {offset}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and tell."""
    parser = argparse.ArgumentParser(description="PPO learns to steer, accelerate and brake.")
    parser.add_argument("--steps", type=int, default=100_000, help="of all environments together")
    parser.add_argument("--every", type=int, default=10_000, help="steps between two tests")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print the learning curve as JSON")
    chosen = parser.parse_args(arguments)
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

    curve = Curve(decide, TASK, chosen.every, chosen.json)
    model.learn(chosen.steps, callback=curve)
    curve.test()
    if chosen.json:
        print(json.dumps(curve.points))


if __name__ == "__main__":
    main()
