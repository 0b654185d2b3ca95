"""What the memories of docs/convoy.md can learn: `.venv/bin/python docs/convoy_memory.py runs/convoy` prints it.

Closing speed and the expert's commands, from sequences of true gaps or of what the eyes of a benchmark's first seed saw
of the expert's drives. Held-out drives; what is measured leaves out each one's first second, and gaps beyond 20 m.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from wormdrive.convoy.config import MODELS, ConvoyTrainConfig
from wormdrive.convoy.eyes import Eyes
from wormdrive.convoy.follower import Follower
from wormdrive.convoy.frames import collect, training_scenarios
from wormdrive.convoy.learner import HUBER_DELTA, windows
from wormdrive.convoy.storage import load_eyes
from wormdrive.envs.convoy.simulator import ConvoyObservation
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.training.progress import Silent
from wormdrive.training.schedule import one_cycle

HELD_OUT = {"data_seed": 77, "convoys": 8}
NEAR_M = 20.0
SETTLED = 10
CLOSING = torch.tensor([1.5, 2.0])
"""What an output of 1 stands for: closing speed, and own speed less 7 m/s [m/s]."""
COMMANDS = torch.tensor([1 / 3.0, 1 / 2.5])
"""The same of curvature and acceleration, in the units of targets: what errors are worth in the followers' loss."""
STEPS = {"ncp": (2000, 6000), "lstm": (2000,), "feedforward": (2000,), "feedforward-4-frames": (2000, 6000)}


@dataclass(frozen=True)
class Drives:
    """What the eyes saw (M, 32), gap, closing speed and own speed (M, 3), and the expert's commands (M, 2)."""

    seen: torch.Tensor
    motion: torch.Tensor
    commands: torch.Tensor
    lengths: np.ndarray

    def inputs(self, kind: str) -> torch.Tensor:
        """Return what a follower is shown in the place of features."""
        gap = torch.zeros_like(self.seen)
        gap[:, 0] = (self.motion[:, 0] - 12.0) / 10.0
        return {"true gap": gap, "eyes": self.seen}[kind]

    def target(self, asked: str) -> torch.Tensor:
        """Return what it is to say, the first of its outputs being the one that is measured."""
        motion = torch.stack([self.motion[:, 1], self.motion[:, 2] - 7.0], 1) / CLOSING
        return {"closing speed": motion, "acceleration": (self.commands / COMMANDS).flip(1)}[asked]


def drives(config: ConvoyTrainConfig, eyes: Eyes) -> Drives:
    """Have the expert drive."""
    kept: list[np.ndarray] = []

    def pilot(shown: ConvoyObservation, label: np.ndarray) -> np.ndarray:
        motion = [shown.gap_m, shown.closing_mps, shown.state.speed_mps[:, 1:]]
        kept.append(np.stack(motion, -1).reshape(-1, 3))
        return label.copy()

    scenarios = training_scenarios(config, config.data_seed, 0, config.convoys, config.length)
    seed = (config.data_seed, 0)
    size = eyes.config.preprocess
    frames = collect(scenarios, config.length, pilot, size, cars=config.cars, pushed=1.0, seed=seed, progress=Silent())
    motion = np.concatenate([np.stack(kept)[:length, car] for car, length in enumerate(frames.lengths.tolist())])
    return Drives(eyes.see(frames.images), torch.from_numpy(motion).float(), frames.target[:, :2], frames.lengths)


def learnt(name: str, steps: int, kind: str, asked: str, shown: Drives, held_out: Drives, eyes: Eyes) -> float:
    """Train a controller; return how much of what is asked it explains on held-out drives (R²)."""
    config = ConvoyTrainConfig()
    torch.manual_seed(0)
    follower = Follower(MODELS[name], eyes)
    optimiser = torch.optim.AdamW(follower.controller.parameters(), weight_decay=0.0, fused=True)
    inputs, target = shown.inputs(kind), shown.target(asked)
    for step in range(steps):
        random = np.random.default_rng([7, step])
        chosen = torch.from_numpy(windows(shown.lengths, config.window, config.batch, random))
        said, _ = follower(inputs[chosen], follower.initial_state(config.batch))
        settled = slice(config.settle_frames, None)
        loss = functional.huber_loss(said[:, settled], target[chosen][:, settled], delta=HUBER_DELTA)
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * one_cycle(step, steps, config.warm_up)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(follower.controller.parameters(), config.gradient_clip)
        optimiser.step()
    inputs, target, gap = held_out.inputs(kind), held_out.target(asked)[:, 0], held_out.motion[:, 0]
    errors, truths, first = [], [], 0
    for length in held_out.lengths.tolist():
        with torch.no_grad():
            said, _ = follower(inputs[None, first : first + length], follower.initial_state(1))
        part = slice(first + SETTLED, first + length)
        near = gap[part] < NEAR_M
        errors.append((said[0, SETTLED:, 0] - target[part])[near])
        truths.append(target[part][near])
        first += length
    return 1.0 - float(torch.cat(errors).square().mean() / torch.cat(truths).var())


def main(folder: Path) -> None:
    """Print how much of each question each memory explains."""
    with computing_with(1):
        eyes = load_eyes(folder / "eyes-0" / "eyes.safetensors")
        shown = drives(ConvoyTrainConfig(), eyes)
        held_out = drives(ConvoyTrainConfig(**HELD_OUT), eyes)
        for kind, asked in (("true gap", "closing speed"), ("eyes", "closing speed"), ("eyes", "acceleration")):
            for name, counts in STEPS.items():
                for steps in counts:
                    explained = learnt(name, steps, kind, asked, shown, held_out, eyes)
                    print(f"{asked} from {kind}: {name}, {steps} steps: R² {explained:.2f}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
