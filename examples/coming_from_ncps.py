"""From ncps and back: a network called as ncps calls it, trained, saved, and given to ONNX Runtime, C and ncps.

The slower of two sines is to be found in their noisy sum, in sequences of different lengths whose samples come
irregularly. What follows training is what ncps has not.

    python examples/coming_from_ncps.py
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
from pathlib import Path

import torch

from wormdrive import Wiring, nn

SAMPLES = 48


def sines(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Draw sums (count, T, 1), elapsed times (count, T), lengths (count,) and the slower sine (count, T, 1)."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(low: float, high: float, *size: int) -> torch.Tensor:
        return low + (high - low) * torch.rand(*size, generator=generator)

    elapsed = uniform(0.2, 2.0, count, SAMPLES)
    time = elapsed.cumsum(1)
    slow = torch.sin(0.15 * time + uniform(0.0, 6.3, count, 1))
    quick = torch.sin(uniform(0.8, 1.2, count, 1) * time + uniform(0.0, 6.3, count, 1))
    noise = 0.1 * torch.randn(count, SAMPLES, generator=generator)
    lengths = torch.randint(SAMPLES // 2, SAMPLES + 1, (count,), generator=generator)
    return (slow + quick + noise)[..., None], elapsed, lengths, slow[..., None]


def error(network: torch.nn.Module, count: int, seed: int) -> torch.Tensor:
    """Mean square over the samples that count."""
    inputs, elapsed, lengths, target = sines(count, seed)
    outputs, _ = network(inputs, timespans=elapsed, lengths=lengths)
    counts = (torch.arange(SAMPLES) < lengths[:, None])[..., None]
    return ((outputs - target).square() * counts).sum() / counts.sum()


def main(steps: int, folder: Path) -> None:
    """Train, and hand the network on."""
    torch.manual_seed(0)
    network = nn.CfC(1, Wiring.auto_ncp(1, 24, 4), proj_size=1, mixed_memory=True)
    optimiser = torch.optim.Adam(network.parameters(), 0.01)
    for step in range(steps):
        loss = error(network, 32, seed=step)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
    network.eval()
    with torch.no_grad():
        found, guess = float(error(network, 256, seed=-1)), float(sines(256, -1)[3].var())
    print(f"mean square error: {found:.3f}; of the mean alone: {guess:.3f}")

    network.save(folder / "sines.safetensors")
    again = nn.CfC.load(folder / "sines.safetensors")
    inputs = sines(4, 0)[0]
    with torch.no_grad():
        print(f"from its file: the same outputs, to the bit: {torch.equal(again(inputs)[0], network(inputs)[0])}")
    print("for ONNX Runtime:", network.to_onnx(folder / "sines.onnx").name)
    print("for C:", *(path.name for path in network.to_c(folder, "sines")))
    if importlib.util.find_spec("ncps") is not None:
        theirs = nn.to_ncps(network)
        with torch.no_grad():
            apart = (theirs(inputs)[0] - network(inputs)[0]).abs().max()
        print(f"as a network of ncps: outputs {'equal' if apart < 1e-5 else 'NOT equal'} to 1e-5")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--out", type=Path, help="folder for the files, by default one that is removed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        main(options.steps, options.out or Path(scratch))
