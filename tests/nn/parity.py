"""Networks of ncps and the same of ours, made of their weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from ncps import torch as ncps_torch
from ncps.wirings import NCP, AutoNCP, FullyConnected, Random

INPUTS = 8

WIRINGS: dict[str, Callable[[], Any]] = {
    "ncp": lambda: NCP(6, 5, 2, 3, 3, 4, 3, seed=5),
    "auto": lambda: AutoNCP(20, 4, seed=3),
    "full": lambda: FullyConnected(7),
    "full, one motor": lambda: FullyConnected(7, 1),
    "random": lambda: Random(9, 3, sparsity_level=0.4, random_seed=2),
}


def stirred(network: torch.nn.Module) -> Any:
    """Move every weight from where it began, so that none is zero or one by habit."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.requires_grad:
                parameter.add_(0.2 * torch.rand(parameter.shape, generator=generator))
    return network


def theirs(kind: str, units: Any, **settings: Any) -> Any:
    torch.manual_seed(0)
    return stirred(getattr(ncps_torch, kind)(INPUTS, units, **settings))


def run_each(network: Any, inputs: torch.Tensor, gaps: torch.Tensor, **options: Any) -> torch.Tensor:
    """Run theirs a sequence at a time: with more than one their elapsed times fail, or mean something else."""
    return torch.cat([network(x[None], timespans=gap[None], **options)[0] for x, gap in zip(inputs, gaps, strict=True)])
