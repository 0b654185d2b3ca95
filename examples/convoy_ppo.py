"""Many cars, one policy: PPO of stable-baselines3 learns to keep lane and gap in a convoy, through SuperSuit.

The environment is ``wormdrive/Convoy-v0``, a PettingZoo ``ParallelEnv`` of four cars, of which three are agents: they
share one policy, which sees the car's state (offset, heading error, curvature, speed, yaw rate, wheel angle, gap,
closing speed). Now and then it drives convoys that it does not train on, without noise.

    pip install 'wormdrive[convoy]' supersuit stable-baselines3
    python examples/convoy_ppo.py

Convoys of 8 to their end, and how wrong gaps are on average, seed 0, in a minute and a half of one busy processor:

    steps    25,344   50,688   76,032  101,376  200,448
    convoys       4        8        8        8        8
    gap       2.5 m    1.2 m    0.8 m    0.6 m    0.6 m
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import supersuit
import torch
from learning_curve import Curve, Point, learn, learning_options
from stable_baselines3 import PPO
from stable_baselines3.common.utils import set_random_seed
from stable_baselines3.common.vec_env import VecEnv, VecNormalize

from wormdrive import ConvoyEnv

CONVOYS = 6
STEPS_EACH = 128
"""Of every car between two times of learning."""
DRIVES = 8
FIRST_TEST_SEED = 1_000_000
TASK: dict[str, Any] = {"observation": "state", "duration": 20.0}


def make(seed: int) -> VecEnv:
    """Make the cars of several convoys one vector environment of stable-baselines3."""
    cars = supersuit.pettingzoo_env_to_vec_env_v1(ConvoyEnv(seed=seed, **TASK))
    several = supersuit.concat_vec_envs_v1(cars, CONVOYS, num_cpus=0, base_class="stable_baselines3")
    for number, one in enumerate(several.venv.vec_envs):  # copies of the first would drive the same roads
        one.reset(seed=seed + number)
    return several


def tested(model: PPO, normalized: VecNormalize) -> Point:
    """Drive the test's convoys: how many to their end, and the mean error of the gap [m]."""
    env = ConvoyEnv(**TASK)
    successes, errors = 0, []
    for drive in range(DRIVES):
        seen, infos = env.reset(seed=FIRST_TEST_SEED + drive)
        while env.agents:
            state = normalized.normalize_obs(np.stack([seen[agent] for agent in env.agents]))
            action, _ = model.predict(state, deterministic=True)
            seen, _, _, _, infos = env.step(dict(zip(env.agents, action, strict=True)))
            errors += [abs(info["gap_error"]) for info in infos.values()]
        successes += infos["car_1"]["is_success"]
    env.close()
    return {"successes": successes, "gap_error_m": round(float(np.mean(errors)), 2)}


def words(point: Point) -> str:
    """Say how a test went."""
    return f"{point['successes']} of {DRIVES} convoys, gap wrong by {point['gap_error_m']:.1f} m"


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and tell."""
    options = learning_options("PPO learns to keep lane and gap in a convoy.", steps=200_000, every=25_000, of="cars")
    chosen = options.parse_args(arguments)
    warnings.filterwarnings("ignore", "The `render_mode` attribute")  # SuperSuit's has none, and nothing is shown
    torch.set_num_threads(1)  # a network this small is not worth sharing
    set_random_seed(chosen.seed)  # PPO's own argument would seed SuperSuit's environment, which has no such method
    normalized = VecNormalize(make(chosen.seed), gamma=0.97)
    model = PPO(
        "MlpPolicy",
        normalized,
        n_steps=STEPS_EACH,
        batch_size=256,
        n_epochs=10,
        gamma=0.97,
        learning_rate=lambda left: 1e-3 * left,
        policy_kwargs={"log_std_init": -1.6, "net_arch": [64, 64]},
        device="cpu",
    )
    curve = Curve(lambda: tested(model, normalized), words, chosen.every, chosen.json)
    learn(model, chosen.steps, curve, chosen.json)


if __name__ == "__main__":
    main()
