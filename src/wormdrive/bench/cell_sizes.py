"""How long closed-form networks take by their size, beside plain torch and those of ncps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from wormdrive import nn
from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.bench.stopwatch import Chunk
from wormdrive.envs.common.extras import needs_extra

__all__ = ["UNITS", "ratios_by_size", "size_chunks"]

UNITS: Final = (19, 64, 128, 256, 512)
"""Neurons of fully connected networks of 32 inputs and one motor neuron, and of dense ones with a backbone."""

_OURS, _PLAIN, _NCPS = "CfC", "CfC, plain torch", "ncps CfC"
_BACKBONE, _NCPS_BACKBONE = "CfC with backbone", "ncps CfC with backbone"
_PAIRS: Final = {"plain": (_PLAIN, _OURS), "ncps": (_NCPS, _OURS), "ncps_backbone": (_NCPS_BACKBONE, _BACKBONE)}
"""Whose time is divided by whose, by how ratios end."""
_PARTS: Final = ("train", "forward", "step")
_BATCH, _SAMPLES, _FEATURES, _STEPS = 32, 32, 32, 10


def size_chunks(units: Sequence[int], *, peers: bool) -> dict[str, Chunk]:
    """Make what is to be timed, by ``part kind units``; with ``peers``, that of ncps, too."""
    chunks: dict[str, Chunk] = {}
    for count in units:
        torch.manual_seed(0)
        wiring = Wiring.fully_connected(_FEATURES, count)
        for kind in (_OURS, _PLAIN):
            cell = CfC(wiring)
            cell.fused = kind == _OURS
            chunks |= _chunks(f"{kind} {count}", cell, count)
        chunks |= _chunks(f"{_BACKBONE} {count}", nn.CfC(_FEATURES, count), count)
        if peers:
            with needs_extra("bench"):
                from ncps import torch as ncps_torch
                from ncps.wirings import FullyConnected

            chunks |= _chunks(f"{_NCPS} {count}", ncps_torch.CfC(_FEATURES, FullyConnected(count, 1)), count)
            chunks |= _chunks(f"{_NCPS_BACKBONE} {count}", ncps_torch.CfC(_FEATURES, count), count)
    return chunks


def ratios_by_size(times: dict[str, dict[str, float]], units: Sequence[int]) -> dict[str, float]:
    """Divide the others' times by ours: ``cfc_256_train_to_ncps`` and so on; ``times`` by part and ``kind units``."""
    found = {}
    for count in units:
        for part in _PARTS:
            for short, (kind, ours) in _PAIRS.items():
                theirs = times[part].get(f"{kind} {count}")
                if theirs is not None:
                    found[f"cfc_{count}_{part}_to_{short}"] = theirs / times[part][f"{ours} {count}"]
    return found


def _chunks(name: str, network: Any, units: int) -> dict[str, Chunk]:
    optimiser = torch.optim.Adam(network.parameters(), 5e-4)
    inputs, target = torch.randn(_BATCH, _SAMPLES, _FEATURES), torch.randn(_BATCH, _SAMPLES, 1)
    state = torch.zeros(_BATCH, units)

    def train() -> None:
        optimiser.zero_grad()
        outputs, _ = network(inputs, state)
        F.mse_loss(outputs[..., :1], target).backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    def forward() -> None:
        with torch.inference_mode():
            network(inputs, state)

    def steps() -> None:
        car: Tensor = state[:1]
        with torch.inference_mode():
            for t in range(_STEPS):
                _, car = network(inputs[:1, t : t + 1], car)

    def timed(part: str) -> Chunk:
        work, count = {"train": (train, 1), "forward": (forward, 1), "step": (steps, _STEPS)}[part]

        def chunk() -> tuple[int, float]:
            began = time.process_time()
            work()
            return count, time.process_time() - began

        return chunk

    return {f"{part} {name}": timed(part) for part in _PARTS}
