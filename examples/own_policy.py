"""A policy of one's own: a plain torch CNN, trained in plain torch on recorded drives, and driven by its import path.

It records a few drives of the expert, draws their frames, teaches a small network which curvature the expert would have
driven, and lets it drive. Nothing of the network is Wormdrive's: what it is shown and what its number means stands in
its ``mount``.

    python examples/own_policy.py

It takes eight seconds of one processor until it drives. Its 37,281 numbers keep all wheels in the lane in 4 of 5 drives
of 200 m in summer, which is all that they have seen, 2 in autumn, 2 in winter and 3 in spring: they are a beginning.

From then on every command knows it, in the folder of this repository:

    wormdrive evaluate examples.own_policy:factory --suite four-seasons
    wormdrive drive examples.own_policy:factory --season autumn --view
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

import wormdrive
from wormdrive.scenarios.evaluate import embedded

WEIGHTS = Path("runs/own-policy/network.pt")
"""Where the network is kept, in the current folder."""


class Network(nn.Module):
    """Two convolutions and two linear layers: a grey picture without the sky in, a curvature out."""

    mount = wormdrive.Mount.model_validate(
        {
            "crop": {"top": 30},
            "size": [100, 24],
            "colours": "grey",
            "mean": 0.4,
            "deviation": 0.2,
            "output": {"quantity": "curvature", "scale": 0.05},
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 8, 5, stride=2),
            nn.ReLU(),
            nn.Conv2d(8, 16, 5, stride=2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(16 * 3 * 22, 32),
            nn.ReLU(),
            nn.Linear(32, 1),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures (B, 1, 24, 100) -> numbers (B, 1), of which the mount says that 1 is a curvature of 0.05 /m."""
        numbers: Tensor = self.layers(pictures)
        return numbers


def factory(simulator: wormdrive.EmbeddedSimulator) -> Network:
    """Return the trained network: what ``own_policy:factory`` names."""
    network = Network()
    network.load_state_dict(torch.load(WEIGHTS, weights_only=True))
    return network


def pictures_and_targets(folder: Path) -> tuple[Tensor, Tensor]:
    """Draw every frame of recorded drives: pictures (T, 1, 24, 100), and what the network should say (T, 1)."""
    picture = wormdrive.PictureInput(Network.mount)
    pictures, curvatures = [], []
    for file in sorted(folder.glob("*.episode")):
        episode = wormdrive.Episode.load(file)
        pictures += [picture(frame) for frame in wormdrive.render_episode(episode).camera]
        curvatures.append(episode.target_curvature)
    targets = np.concatenate(curvatures)[:, None] / Network.mount.output.factor
    return torch.from_numpy(np.concatenate(pictures)), torch.from_numpy(targets.astype(np.float32))


def teach(network: Network, pictures: Tensor, targets: Tensor, steps: int) -> float:
    """Teach by AdamW; return the last loss."""
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, max(steps, 2))
    loss = torch.zeros(())
    for _ in range(steps):
        chosen = torch.randint(len(pictures), (64,))
        light = 1.0 + 0.3 * torch.randn(64, 1, 1, 1)  # brighter and darker than it was: the sun will not be the same
        loss = nn.functional.huber_loss(network(pictures[chosen] * light), targets[chosen], delta=0.5)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return loss.item()


def main(arguments: Sequence[str] | None = None) -> None:
    """Record, teach, drive, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=48, help="of 100 frames")
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--drives", type=int, default=5, help="in each season")
    parser.add_argument("--length", type=float, default=200.0, help="of a drive [m]")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    torch.manual_seed(0)
    torch.set_num_threads(1)  # batches are too small to share
    drives = WEIGHTS.parent / "episodes"
    wormdrive.record(wormdrive.RecordConfig(episodes=chosen.episodes, length=100), drives, overwrite=True)
    pictures, targets = pictures_and_targets(drives)
    network = Network()
    loss = teach(network, pictures, targets, chosen.steps)
    torch.save(network.state_dict(), WEIGHTS)
    seconds = time.monotonic() - began
    suite = wormdrive.load_suite("four-seasons").narrowed(
        weathers=["day"], episodes=chosen.drives, route_length_m=chosen.length
    )
    candidate = wormdrive.load_candidate(f"{Path(__file__).stem}:factory")
    evaluation, _ = wormdrive.evaluate(candidate, suite, embedded())
    successes = {row.season: row.successes for row in evaluation.rows}
    if chosen.json:
        print(json.dumps({"numbers": candidate.numbers, "loss": loss, "successes": successes}))
        return
    print(
        f"{candidate.numbers:,} numbers, {len(pictures):,} frames, {seconds:.0f} s until it drove; last loss {loss:.3f}"
    )
    for season, count in successes.items():
        print(f"{season}: {count} of {chosen.drives} drives with all wheels in the lane")


if __name__ == "__main__":
    main()
