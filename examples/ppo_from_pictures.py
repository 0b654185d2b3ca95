"""Reinforcement learning from pictures: PPO of stable-baselines3 learns to steer by what the camera sees.

Sixty-four cars drive at once, in one process, on summer and autumn roads: ``wormdrive.make_sb3_vec_env``. The cruise
control keeps the speed. Now and then the policy drives sixteen routes that it does not train on, without noise.

    python examples/ppo_from_pictures.py

With seed 0, one thread and a test every 16,000 steps, drives of 16 and mean distance from the lane's centre:

       16,384    4  81 cm
       32,768   16  16 cm
       49,152   16   6 cm
       65,536   16   7 cm
       81,920   16  26 cm
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

import torch
from gymnasium.spaces import Box
from lane_keeping_ppo import tested, words
from learning_curve import Curve, learn, learning_options
from stable_baselines3 import PPO
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor, nn

import wormdrive

TASK: dict[str, Any] = {
    "season": ("summer", "autumn"),
    "route_length": 100.0,
    "camera": {"width": 100, "height": 39},
}
SKY_ROWS = 11
"""Rows at the top of the picture that show no road."""


class RoadFeatures(BaseFeaturesExtractor):
    """A small convolutional network over the rows that show the road."""

    def __init__(self, observation_space: Box, features_dim: int = 64) -> None:
        super().__init__(observation_space, features_dim)
        self.net = nn.Sequential(
            nn.Conv2d(3, 12, 5, stride=2),
            nn.ReLU(),
            nn.Conv2d(12, 16, 5, stride=2),
            nn.ReLU(),
            nn.Conv2d(16, 16, 3, stride=2),
            nn.ReLU(),
            nn.Flatten(),
            nn.LazyLinear(features_dim),
            nn.ReLU(),
        )
        self(torch.zeros(1, *observation_space.shape))

    def forward(self, pictures: Tensor) -> Tensor:
        """Features (N, features_dim) of pictures (N, 3, H, W) in [0, 1]."""
        features: Tensor = self.net(pictures[:, :, SKY_ROWS:] - 0.5)
        return features


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and tell."""
    parser = learning_options("PPO learns to steer from pictures.", steps=80_000, every=16_000)
    parser.add_argument("--environments", type=int, default=64)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="to draw pictures with, and to learn")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    model = PPO(
        "CnnPolicy",
        wormdrive.make_sb3_vec_env(chosen.environments, threads=chosen.threads, **TASK),
        n_steps=32,
        batch_size=256,
        n_epochs=4,
        gamma=0.95,
        gae_lambda=0.9,
        learning_rate=lambda left: 1e-3 * left,
        policy_kwargs={"log_std_init": -2.3, "net_arch": [64], "features_extractor_class": RoadFeatures},
        seed=chosen.seed,
        device="cpu",
    )

    def decide(seen: Any) -> Any:
        return model.predict(seen, deterministic=True)[0]

    curve = Curve(lambda: tested(decide, TASK), words, chosen.every, chosen.json)
    began = time.monotonic()
    learn(model, chosen.steps, curve, chosen.json)
    if not chosen.json:
        print(f"{model.num_timesteps / (time.monotonic() - began):.0f} frames a second, learning and tests included")


if __name__ == "__main__":
    main()
