"""What the memories of docs/convoy.md can learn: `.venv/bin/python docs/convoy_memory.py runs/convoy` prints it.

Closing speed, from sequences of true gaps or of what the eyes of a benchmark's first seed saw of the expert's drives.
Held-out drives; what is measured leaves out each one's first second, and gaps beyond 20 m.
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
from wormdrive.convoy.follower import make_controller
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
STEPS = {"ncp": (2000, 6000), "lstm": (2000,), "feedforward": (2000,), "feedforward-4-frames": (2000,)}


@dataclass(frozen=True)
class Drives:
    """What the eyes saw (M, 32), and gap, closing speed and own speed (M, 3)."""

    seen: torch.Tensor
    motion: torch.Tensor
    lengths: np.ndarray

    def inputs(self, kind: str) -> torch.Tensor:
        """Return what is shown (M, F)."""
        return {"true gap": (self.motion[:, :1] - 12.0) / 10.0, "eyes": self.seen}[kind]

    def target(self) -> torch.Tensor:
        """Return what is to be said (M, 2), in units of ``CLOSING``; the first is measured."""
        return torch.stack([self.motion[:, 1], self.motion[:, 2] - 7.0], 1) / CLOSING


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
    return Drives(eyes.see(frames.images), torch.from_numpy(motion).float(), frames.lengths)


def learnt(name: str, steps: int, kind: str, shown: Drives, held_out: Drives) -> float:
    """Train a controller; return how much of closing speed it explains on held-out drives (R²)."""
    config = ConvoyTrainConfig()
    torch.manual_seed(0)
    inputs, target = shown.inputs(kind), shown.target()
    controller = make_controller(MODELS[name], inputs.shape[1])
    optimiser = torch.optim.AdamW(controller.parameters(), weight_decay=0.0, fused=True)
    for step in range(steps):
        random = np.random.default_rng([7, step])
        chosen = torch.from_numpy(windows(shown.lengths, config.window, config.batch, random))
        said, _ = controller(inputs[chosen], torch.zeros(config.batch, controller.state_size))
        settled = slice(config.settle_frames, None)
        loss = functional.huber_loss(said[:, settled], target[chosen][:, settled], delta=HUBER_DELTA)
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * one_cycle(step, steps, config.warm_up)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(controller.parameters(), config.gradient_clip)
        optimiser.step()
    inputs, target, gap = held_out.inputs(kind), held_out.target()[:, 0], held_out.motion[:, 0]
    errors, truths, first = [], [], 0
    for length in held_out.lengths.tolist():
        with torch.no_grad():
            said, _ = controller(inputs[None, first : first + length], torch.zeros(1, controller.state_size))
        part = slice(first + SETTLED, first + length)
        near = gap[part] < NEAR_M
        errors.append((said[0, SETTLED:, 0] - target[part])[near])
        truths.append(target[part][near])
        first += length
    return 1.0 - float(torch.cat(errors).square().mean() / torch.cat(truths).var())


def main(folder: Path) -> None:
    """Print how much each memory explains."""
    with computing_with(1):
        eyes = load_eyes(folder / "eyes-0" / "eyes.safetensors")
        shown = drives(ConvoyTrainConfig(), eyes)
        held_out = drives(ConvoyTrainConfig(**HELD_OUT), eyes)
        for kind in ("true gap", "eyes"):
            for name, counts in STEPS.items():
                for steps in counts:
                    explained = learnt(name, steps, kind, shown, held_out)
                    print(f"closing speed from {kind}: {name}, {steps} steps: R² {explained:.2f}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
