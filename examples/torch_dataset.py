"""One's own network in plain torch: recorded drives as a ``DataLoader`` of windows, then the network at the wheel.

An expert is recorded in summer. Each window of its drives is drawn in a season and weather of its own when a worker of
the loader asks for it, so that no picture lies on the disk. The network, 9,000 numbers, then drives routes that it does
not know, summer and winter, in one batch of environments.

    python examples/torch_dataset.py
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

import wormdrive

SKY_ROWS = 22
"""Rows at the top of the picture that show no road."""
SCALE = 30.0
"""Curvatures [1/m] are small numbers; this many times as large they suit a network."""
ROUTES = 8


def network() -> nn.Module:
    """From pictures (N, 3, H, W) uint8 to curvatures (N, 1), scaled."""
    return nn.Sequential(
        nn.AvgPool2d(2),
        nn.Conv2d(3, 12, 5, stride=2),
        nn.ReLU(),
        nn.Conv2d(12, 16, 5, stride=2),
        nn.ReLU(),
        nn.Conv2d(16, 16, 3, stride=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.LazyLinear(1),
    )


def road(pictures: Tensor) -> Tensor:
    """Rows with road, of pictures (N, 3, H, W) uint8, about zero."""
    return pictures[:, :, SKY_ROWS:].float() / 255.0 - 0.5


def learn(episodes: Path, epochs: int, workers: int, seed: int) -> nn.Module:
    """Learn what the expert would steer."""
    everywhere = wormdrive.ConditionsSampler.named("all-weathers")
    data = wormdrive.EpisodeDataset(episodes, window=8, stride=2, conditions=everywhere, seed=seed)
    order = torch.Generator().manual_seed(seed)
    loader = DataLoader(data, batch_size=8, shuffle=True, generator=order, num_workers=workers)
    net = network()
    net(torch.zeros(1, 3, 78 - SKY_ROWS, 200))
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    for data.epoch in range(epochs):  # every pass in other weather
        for batch in loader:
            wanted = SCALE * batch["target_curvature"].flatten()
            loss = nn.functional.huber_loss(net(road(batch["camera"].flatten(0, 1)))[:, 0], wanted, delta=0.5)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return net.eval()


@torch.no_grad()
def drive(net: nn.Module, season: str) -> dict[str, Any]:
    """Drive routes in one batch: how many to their end, and how far all together."""
    env = gym.make_vec("wormdrive/LaneKeeping-v1", ROUTES, season=season, action="curvature", autoreset_mode="Disabled")
    seen, info = env.reset(seed=1_000_000)
    driving, success, begin = np.ones(ROUTES, np.bool_), np.zeros(ROUTES, np.bool_), info["station"]
    while driving.any():
        curvature = net(road(torch.from_numpy(seen).permute(0, 3, 1, 2))) / SCALE
        seen, _, terminated, truncated, info = env.step(curvature.numpy())
        success |= info["is_success"]
        driving &= ~(terminated | truncated)
    env.close()
    return {"successes": int(success.sum()), "metres": round(float((info["station"] - begin).sum()))}


def main(arguments: Sequence[str] | None = None) -> None:
    """Record, learn, drive and tell."""
    parser = argparse.ArgumentParser(description="A network in plain torch learns from recorded drives.")
    parser.add_argument("--episodes", type=int, default=32)
    parser.add_argument("--length", type=int, default=300, help="frames an episode")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    chosen = parser.parse_args(arguments)
    torch.manual_seed(chosen.seed)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        episodes = Path(folder) / "summer"
        config = wormdrive.RecordConfig(episodes=chosen.episodes, length=chosen.length, seed=chosen.seed)
        wormdrive.record(config, episodes)
        net = learn(episodes, chosen.epochs, chosen.workers, chosen.seed)
    told = {season: drive(net, season) for season in ("summer", "winter")}
    if chosen.json:
        print(json.dumps(told))
    else:
        for season, found in told.items():
            print(f"{season}: {found['successes']} of {ROUTES} routes, {found['metres']} m in all")


if __name__ == "__main__":
    main()
