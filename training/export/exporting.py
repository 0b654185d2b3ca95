"""Export: write a policy for other computers, then run what was written and say how large, quick and exact it is."""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wormdrive.agents.policies.policy import Policy
from wormdrive.training.export.c_source import DEFAULT_NAME, write_c
from wormdrive.training.export.compiled import (
    CompiledStepper,
    code_bytes,
    compile_c,
    find_compiler,
    stack_bytes,
)
from wormdrive.training.export.files import write_c_pair, write_new
from wormdrive.training.export.network import ExportedNetwork, read_network
from wormdrive.training.export.policy_stepper import PolicyStepper, TorchStepper

__all__ = ["TOLERANCE_PER_M", "Exported", "export_c", "export_onnx"]

TOLERANCE_PER_M = 1e-5
"""How far an export in float32 may be from torch [1/m]; rounding alone makes a thousandth of it."""

_CHECKED_FRAMES = 24
_TIMED_STEPS = 240


@dataclass(frozen=True)
class Exported:
    """What was written, and how it runs on this machine; None where that could not be measured.

    Attributes
    ----------
    files:
        The files.
    stepper:
        The export, ready to drive; None for C without a compiler.
    weight_bytes, multiplications:
        Constants; products a step.
    flash_bytes, ram_bytes, stack_bytes:
        C only. Code and constants as compiled here; the struct of one car; stack, at most.
    step_us:
        Median time of one step of one car on one thread [us].
    difference_per_m:
        Largest difference of the curvature from torch's in float32 over frames of noise [1/m].
    """

    files: tuple[Path, ...]
    stepper: PolicyStepper | None
    weight_bytes: int
    multiplications: int
    flash_bytes: int | None
    ram_bytes: int | None
    stack_bytes: int | None
    step_us: float | None
    difference_per_m: float | None


def export_onnx(policy: Policy, out: str | Path, *, overwrite: bool = False) -> Exported:
    """Write an ONNX file: see ``onnx_graph``.

    Raises
    ------
    ArgumentError
        When the policy's kind cannot be exported, or ``out`` exists and ``overwrite`` is not set, or cannot be written.
    """
    from wormdrive.training.export.onnx_graph import build_model
    from wormdrive.training.export.onnx_step import OnnxStepper

    network = read_network(policy)
    model = build_model(network)
    out = Path(out)
    write_new({out: model.SerializeToString(deterministic=True)}, overwrite=overwrite)
    stepper = OnnxStepper(out)
    difference, step_us = _try(policy, network, stepper)
    weight_bytes = sum(len(constant.raw_data) for constant in model.graph.initializer)
    return Exported((out,), stepper, weight_bytes, network.multiplications, None, None, None, step_us, difference)


def export_c(
    policy: Policy, out: str | Path, *, name: str = DEFAULT_NAME, int8: bool = False, overwrite: bool = False
) -> Exported:
    """Write ``name.c`` and ``name.h`` into the folder ``out``: see ``c_source``.

    Raises
    ------
    ArgumentError
        When the policy's kind cannot be exported, ``name`` is no identifier, ``out`` is a file, a file exists and
        ``overwrite`` is not set, or a file cannot be written.
    """
    network = read_network(policy)
    made = write_c(network, name, int8=int8)
    header, source = write_c_pair(Path(out), name, made.header, made.source, overwrite=overwrite)
    if find_compiler() is None:
        return Exported(
            (source, header), None, made.weight_bytes, network.multiplications, None, made.ram_bytes, None, None, None
        )
    with tempfile.TemporaryDirectory() as scratch:
        # A library in use outlives its file's name.
        stepper = CompiledStepper(compile_c(source, Path(scratch)), network, made.ram_bytes, name)
        flash, stack = code_bytes(source, Path(scratch)), stack_bytes(source, Path(scratch))
    difference, step_us = _try(policy, network, stepper)
    return Exported(
        (source, header),
        stepper,
        made.weight_bytes,
        network.multiplications,
        flash,
        made.ram_bytes,
        stack,
        step_us,
        difference,
    )


def _try(policy: Policy, network: ExportedNetwork, stepper: PolicyStepper) -> tuple[float, float]:
    """Step through noise beside torch: largest difference [1/m], median time of a step [us]."""
    size = network.preprocess
    frames = np.random.default_rng(0).integers(0, 256, (_CHECKED_FRAMES, 1, size.height, size.width, 3), np.uint8)
    torch = TorchStepper(policy)
    torch.reset(1)
    stepper.reset(1)
    differences, times = [], []
    for frame in frames:
        differences.append(stepper.step(frame) - torch.step(frame))
    for step in range(_TIMED_STEPS):
        began = time.perf_counter()
        stepper.step(frames[step % _CHECKED_FRAMES])
        times.append(time.perf_counter() - began)
    stepper.reset(1)
    return float(np.abs(differences).max()), 1e6 * statistics.median(times)
