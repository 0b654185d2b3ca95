"""Contest: liquid cells and a GRU learn the same stream, in the same way, one after the other.

The examples beside this file bring a stream each; here is what they share. Everything that a user of the cells needs is
in ``Liquid``: a cell on a wiring, a linear map before it and one behind it. Series of reports become a stream by
``next_change``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wormdrive import LTC, CfC, Wiring

__all__ = ["Stream", "Task", "compete", "mean_and_range", "next_change", "rms_of_later_half", "run"]

BATCH = 32
SENSORY, NEURONS, MOTOR = 16, 32, 8
GRU_UNITS = 16
"""As many parameters as the liquid cells have, give or take a tenth."""


class Stream(NamedTuple):
    """N series of T samples: ``inputs`` (N, T, F), ``elapsed`` since the sample before (N, T), ``target`` (N, T)."""

    inputs: Tensor
    elapsed: Tensor
    target: Tensor


@dataclass(frozen=True)
class Task:
    """What is to be learnt.

    ``tests``: streams by name; ``loss`` and ``score`` of outputs (N, T, outputs) and a target, the score in ``unit``
    and the lower the better; ``without`` learning: what the obvious guess scores on each test; ``rates``: the learning
    rate of each cell; ``others``: what methods that are no networks score on each test, by the method's name.
    """

    train: Stream
    tests: Mapping[str, Stream]
    outputs: int
    loss: Callable[[Tensor, Tensor], Tensor]
    score: Callable[[Tensor, Tensor], float]
    unit: str
    without: Mapping[str, float]
    rates: Mapping[str, float]
    others: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def next_change(values: NDArray[np.float64], angle: NDArray[np.float64], elapsed: NDArray[np.float64]) -> Stream:
    """Make a stream of series of reports: tell from each by how much the next one differs.

    Parameters
    ----------
    values, angle
        What was reported, and when in its cycle (day, year), a cycle being 2 pi [rad]: each (N, T + 1).
    elapsed
        From each report to the next, (N, T): the cells look at a report when the next one is due.
    """
    seen = values[:, :-1], np.sin(angle[:, :-1]), np.cos(angle[:, :-1])
    parts = np.stack(seen, -1), elapsed, np.diff(values, axis=1)
    return Stream(*(torch.tensor(part, dtype=torch.float32) for part in parts))


def rms_of_later_half(outputs: Tensor, target: Tensor) -> float:
    """Root of the mean squared error of ``outputs`` (N, T, 1), over the second half of each series."""
    error = (outputs[..., 0] - target)[:, target.shape[1] // 2 :]
    return float(error.square().mean().sqrt())


class Liquid(nn.Module):
    """Linear map -> liquid cell -> linear map of its motor neurons. Elapsed time goes into the cell's equation."""

    def __init__(self, cell: LTC | CfC, features: int, outputs: int) -> None:
        super().__init__()
        self.encode = nn.Linear(features, cell.wiring.input_size)
        if isinstance(cell, LTC):  # its synapses open between 0.3 and 0.8
            nn.init.constant_(self.encode.bias, 0.5)
        self.cell = cell
        self.decode = nn.Linear(cell.wiring.output_size, outputs)

    def forward(self, inputs: Tensor, elapsed: Tensor) -> Tensor:
        """(B, T, F), (B, T) -> (B, T, outputs)."""
        motor, _ = self.cell(self.encode(inputs), self.cell.initial_state(len(inputs)), elapsed)
        decoded: Tensor = self.decode(motor)
        return decoded


class Gated(nn.Module):
    """torch's GRU -> linear map. Elapsed time is one more feature."""

    def __init__(self, features: int, outputs: int) -> None:
        super().__init__()
        self.cell = nn.GRU(features + 1, GRU_UNITS, batch_first=True)
        self.decode = nn.Linear(GRU_UNITS, outputs)

    def forward(self, inputs: Tensor, elapsed: Tensor) -> Tensor:
        """(B, T, F), (B, T) -> (B, T, outputs)."""
        decoded: Tensor = self.decode(self.cell(torch.cat([inputs, elapsed.unsqueeze(-1)], -1))[0])
        return decoded


def make(name: str, features: int, outputs: int) -> nn.Module:
    """Build an untrained model: CfC, LTC or GRU."""
    if name == "GRU":
        return Gated(features, outputs)
    wiring = Wiring.auto_ncp(SENSORY, NEURONS, MOTOR)
    return Liquid(LTC(wiring) if name == "LTC" else CfC(wiring), features, outputs)


def fit(model: nn.Module, task: Task, rate: float, steps: int, seed: int) -> float:
    """Train with Adam, the rate falling to zero: milliseconds a step."""
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    times = []
    for _ in range(steps):
        began = time.perf_counter()
        chosen = torch.randint(len(task.train.target), (BATCH,), generator=generator)
        inputs, elapsed, target = (part[chosen] for part in task.train)
        loss = task.loss(model(inputs, elapsed), target)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        times.append(time.perf_counter() - began)
    return 1e3 * statistics.median(times)


def compete(task: Task, steps: int, seeds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Train every cell with every seed: parameters, milliseconds a step, and scores on each test."""
    found: dict[str, Any] = {}
    for name, rate in task.rates.items():
        scores: dict[str, list[float]] = {test: [] for test in task.tests}
        times, parameters = [], 0
        for seed in range(seeds):
            torch.manual_seed(seed)
            model = make(name, task.train.inputs.shape[2], task.outputs)
            parameters = sum(p.numel() for p in model.parameters())
            times.append(fit(model, task, rate, steps, seed))
            with torch.no_grad():
                for test, stream in task.tests.items():
                    scores[test].append(task.score(model(stream.inputs, stream.elapsed), stream.target))
            say(f"{name}, seed {seed}: " + ", ".join(f"{test} {scores[test][-1]:.3f}" for test in scores))
        found[name] = {"parameters": parameters, "train_ms": statistics.median(times), "scores": scores}
    return found


def run(task_of: Callable[[bool], Task], description: str, steps: int) -> None:
    """Parse the command line, compete, and print a table and a verdict."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--steps", type=int, default=steps, help=f"training steps of each model (default {steps})")
    parser.add_argument("--seeds", type=int, default=3, help="how often each is trained (default 3)")
    parser.add_argument("--small", action="store_true", help="less data, to see that it runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    options = parser.parse_args()
    if options.steps < 1 or options.seeds < 1:
        parser.error(f"--steps {options.steps} --seeds {options.seeds}: allowed are whole numbers from 1 on")
    torch.set_num_threads(1)
    task = task_of(options.small)
    found = compete(task, options.steps, options.seeds, (lambda _: None) if options.json else print)
    if options.json:
        print(
            json.dumps({"unit": task.unit, "without": dict(task.without), "others": dict(task.others), "cells": found})
        )
    else:
        print(_table(task, found))
        print("\n".join(_verdict(task, found)))


def mean_and_range(scores: Sequence[float], digits: int) -> str:
    """Say what several seeds came to, least and greatest beside the mean; one seed alone has no range."""
    mean = f"{statistics.mean(scores):.{digits}f}"
    if len(scores) == 1:
        return f"{mean} (one seed)"
    return f"{mean} ({min(scores):.{digits}f} to {max(scores):.{digits}f})"


def _table(task: Task, found: Mapping[str, Any]) -> str:
    heading = ["", "parameters", "ms a step", *(f"{test} [{task.unit}]" for test in task.tests)]
    networkless = {"no learning": task.without, **task.others}
    rows = [heading]
    for name, score in networkless.items():
        rows.append([name, "", "", *(f"{score[test]:.3f}" for test in task.tests)])
    for name, one in found.items():
        scores = [mean_and_range(scores, 3) for scores in one["scores"].values()]
        rows.append([name, f"{one['parameters']:,}", f"{one['train_ms']:.1f}", *scores])
    widths = [max(len(row[k]) for row in rows) for k in range(len(heading))]
    return "\n".join("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)


def _verdict(task: Task, found: Mapping[str, Any]) -> list[str]:
    """Say in words, test by test, which liquid cell is ahead of the GRU and which behind; one seed does not tell."""
    lines = []
    gated = found["GRU"]
    for test in task.tests:
        parts = []
        for name in ("CfC", "LTC"):
            ours, theirs = found[name]["scores"][test], gated["scores"][test]
            change = 100.0 * (statistics.mean(ours) / statistics.mean(theirs) - 1.0)
            apart = len(ours) > 1 and (max(ours) < min(theirs) or min(ours) > max(theirs))
            word = "wins" if change < 0 else "LOSES"
            parts.append(f"{name} {word if apart else 'draws'} ({change:+.0f} % error)")
        lines.append(f"{test}, against the GRU: {', '.join(parts)}")
    slower = ", ".join(f"{name} {found[name]['train_ms'] / gated['train_ms']:.2f}" for name in ("CfC", "LTC"))
    lines.append(f"time of a training step over the GRU's: {slower}")
    return lines
