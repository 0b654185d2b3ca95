"""How long the liquid cells take, beside those of ncps and an LSTM."""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.liquid_cell import LiquidCell
from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.wirings.wiring import PAPER_SEED, Wiring
from wormdrive.bench.cell_sizes import UNITS, ratios_by_size, size_chunks
from wormdrive.bench.stopwatch import Chunk
from wormdrive.envs.common.extras import needs_extra

__all__ = ["BARS", "bench_cell"]

BATCH, SAMPLES, FEATURES, LSTM_UNITS = 32, 32, 32, 64

BARS: Final = {
    "ratio_to_ncps": {
        "ltc_train": 12.0, "ltc_forward": 12.0, "ltc_step": 10.0, "ltc_step_numpy": 30.0, "cfc_train": 5.0,
    },
    "ratio_to_lstm": {"ltc_train": 1.0, "ltc_forward": 1.0, "ltc_step": 1.0},
    "ratio_by_units": {
        f"cfc_{count}_{part}_to_{other}": 1.0
        for count in UNITS for part in ("train", "forward", "step") for other in ("plain", "ncps", "ncps_backbone")
    },
}  # fmt: skip
"""What is wanted at least."""

_OURS: Final = {"ltc": "LTC", "cfc": "CfC"}
_LSTM: Final = f"torch LSTM {FEATURES} -> {LSTM_UNITS}"
_NUMPY: Final = ", numpy"

Run = Callable[[Tensor, Any], tuple[Tensor, Any]]


def bench_cell(
    *,
    seconds: float = 0.5,
    rounds: int = 7,
    peers: bool = True,
    units: Sequence[int] | None = None,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Measure cells on the published wiring, 32 features, float32, on one thread, in the processor's time.

    On a machine that does nothing else that is the clock's time; on others the clock would favour whatever ends before
    it is interrupted, and ratios between quick and slow would mean little.

    Training: forward, backward and a step of Adam on 32 sequences of 32 samples. Forward: the same without gradients.
    Step: one sample of one car, state kept, in inference mode; ours also by a ``Stepper``, without torch.

    The same for fully connected closed-form networks of ``units`` neurons, by default ``UNITS``, beside the plain torch
    reference and ncps; and for ``wormdrive.nn.CfC`` of as many, with its backbone, beside that of ncps.

    Returns
    -------
    dict
        ``train_ms``, ``forward_ms``, ``step_us`` by cell, medians; ``ratio_to_ncps`` and ``ratio_to_lstm``, their time
        by ours (higher is better for us); ``train_ms_by_units`` and so on, and ``ratio_by_units``, in the same way;
        ``not_installed``, the peers left out.
    """
    units = UNITS if units is None else units
    installed = importlib.util.find_spec("ncps") is not None
    kinds = [*_OURS.values(), _LSTM]
    if peers and installed:
        kinds += [f"ncps {name}" for name in _OURS.values()]
    chunks: dict[str, Chunk] = {}
    for kind in kinds:
        torch.manual_seed(0)
        chunks[f"train {kind}"] = _training(kind)
        chunks[f"forward {kind}"] = _forward(kind)
        chunks[f"step {kind}"] = _steps(kind)
        if kind in _OURS.values():
            chunks[f"step {kind}{_NUMPY}"] = _steps_by_numpy(kind)
    sizes = size_chunks(units, peers=peers and installed)
    with _one_thread():
        took = _medians(chunks | sizes, seconds, rounds, progress or (lambda line: None))
    times = _by_part({name: took[name] for name in chunks})
    by_units = _by_part({name: took[name] for name in sizes})
    return {
        "train_ms": times["train"],
        "forward_ms": times["forward"],
        "step_us": times["step"],
        "ratio_to_ncps": _ratios(times, "ncps {}"),
        "ratio_to_lstm": _ratios(times, _LSTM),
        "train_ms_by_units": by_units["train"],
        "forward_ms_by_units": by_units["forward"],
        "step_us_by_units": by_units["step"],
        "ratio_by_units": ratios_by_size(by_units, units),
        "not_installed": ["ncps"] if peers and not installed else [],
    }


def _by_part(took: dict[str, float]) -> dict[str, dict[str, float]]:
    """Sort times [s] into train [ms], forward [ms] and step [us]."""
    return {
        part: {name.removeprefix(f"{part} "): scale * t for name, t in took.items() if name.startswith(part)}
        for part, scale in (("train", 1e3), ("forward", 1e3), ("step", 1e6))
    }


def _medians(
    chunks: dict[str, Chunk], seconds: float, rounds: int, progress: Callable[[str], None]
) -> dict[str, float]:
    """Time a unit of each [s], the median of all chunks of all rounds.

    In every round each goes on for some seconds in turn, so that a busy machine hurts all alike. The first warms up.
    """
    found: dict[str, list[float]] = {name: [] for name in chunks}
    for turn in range(rounds + 1):
        progress(f"round {turn} of {rounds}" if turn else "warming up")
        for name, chunk in chunks.items():
            began, first = time.perf_counter(), True
            while first or (turn and time.perf_counter() - began < seconds):
                count, took = chunk()
                first = False
                if turn:
                    found[name].append(took / count)
    return {name: statistics.median(times) for name, times in found.items()}


def _ratios(times: dict[str, dict[str, float]], peer: str) -> dict[str, float]:
    found = {}
    for short, name in _OURS.items():
        for part, by_name in times.items():
            theirs = by_name.get(peer.format(name))
            if theirs is None:
                continue
            found[f"{short}_{part}"] = theirs / by_name[name]
            if part == "step":
                found[f"{short}_step_numpy"] = theirs / by_name[name + _NUMPY]
    return found


def _ours(kind: str) -> LiquidCell:
    return LTC(Wiring.ncp()) if kind == "LTC" else CfC(Wiring.ncp())


def _make(kind: str, batch: int) -> tuple[nn.Module, Run, Any]:
    """Make a network, how to run it on (B, T, F) and a state, and its first state."""
    if kind == _LSTM:
        lstm = nn.LSTM(FEATURES, LSTM_UNITS, batch_first=True)
        return lstm, lstm, (torch.zeros(1, batch, LSTM_UNITS), torch.zeros(1, batch, LSTM_UNITS))
    if kind in _OURS.values():
        cell = _ours(kind)
        return cell, cell, cell.initial_state(batch)
    with needs_extra("bench"):
        from ncps import torch as ncps_torch
        from ncps.wirings import NCP

    wiring = NCP(12, 6, 1, 6, 4, 6, 6, seed=PAPER_SEED)
    theirs: nn.Module = (ncps_torch.LTC if kind == "ncps LTC" else ncps_torch.CfC)(FEATURES, wiring)
    return theirs, theirs, torch.zeros(batch, 19)


def _training(kind: str) -> Chunk:
    network, run, state = _make(kind, BATCH)
    optimiser = torch.optim.Adam(network.parameters(), 5e-4)
    inputs, target = torch.randn(BATCH, SAMPLES, FEATURES), torch.randn(BATCH, SAMPLES, 1)

    def chunk() -> tuple[int, float]:
        began = time.process_time()
        optimiser.zero_grad()
        outputs, _ = run(inputs, state)
        nn.functional.mse_loss(outputs[..., :1], target).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        return 1, time.process_time() - began

    return chunk


def _forward(kind: str) -> Chunk:
    _, run, state = _make(kind, BATCH)
    inputs = torch.randn(BATCH, SAMPLES, FEATURES)

    def chunk() -> tuple[int, float]:
        began = time.process_time()
        with torch.inference_mode():
            run(inputs, state)
        return 1, time.process_time() - began

    return chunk


def _steps(kind: str, steps: int = 50) -> Chunk:
    _, run, first = _make(kind, 1)
    inputs = [torch.randn(1, 1, FEATURES) for _ in range(steps)]

    def chunk() -> tuple[int, float]:
        state = first
        began = time.process_time()
        with torch.inference_mode():
            for seen in inputs:
                _, state = run(seen, state)
        return steps, time.process_time() - began

    return chunk


def _steps_by_numpy(kind: str, steps: int = 50) -> Chunk:
    stepper = _ours(kind).stepper()
    inputs = np.random.default_rng(0).normal(size=(steps, 1, FEATURES)).astype(np.float32)

    def chunk() -> tuple[int, float]:
        state = stepper.initial_state(1)
        began = time.process_time()
        for seen in inputs:
            _, state = stepper(seen, state)
        return steps, time.process_time() - began

    return chunk


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
