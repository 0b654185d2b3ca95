"""Compile an exported C file on this machine, run it, and see how large and how quick it is."""

from __future__ import annotations

import ctypes
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, ModelError
from wormdrive.training.export.network import ExportedNetwork

__all__ = ["C_FLAGS", "CompiledStepper", "code_bytes", "compile_c", "find_compiler", "stack_bytes"]

C_FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O2")
"""How exported C compiles without a warning."""


def find_compiler() -> list[str] | None:
    """Find a C compiler: that of the variable CC, else cc, gcc or clang; None without one."""
    wanted = shlex.split(os.environ.get("CC", ""))
    if wanted and shutil.which(wanted[0]):
        return wanted
    return next(([name] for name in ("cc", "gcc", "clang") if shutil.which(name)), None)


def compile_c(source: Path, folder: Path, flags: tuple[str, ...] = C_FLAGS) -> Path:
    """Compile ``source`` into a shared object in ``folder``.

    Raises
    ------
    ArgumentError
        When there is no compiler.
    ModelError
        When it does not compile, with the compiler's words.
    """
    compiler = find_compiler()
    if compiler is None:
        raise ArgumentError("CC: no C compiler was found (cc, gcc, clang); set CC to one")
    library = folder / f"{source.stem}.so"
    _run([*compiler, *flags, "-fPIC", "-shared", "-o", str(library), str(source), "-lm"], source)
    return library


def code_bytes(source: Path, folder: Path) -> int | None:
    """Bytes of code and constants in the compiled file, for this machine; None where ``size`` is missing."""
    compiler, sizer = find_compiler(), shutil.which("size")
    if compiler is None or sizer is None:
        return None
    compiled = folder / f"{source.stem}.o"
    _run([*compiler, *C_FLAGS, "-c", "-o", str(compiled), str(source)], source)
    listing = _run([sizer, "-A", str(compiled)], source)
    kept = re.findall(r"^\.(?:text|rodata|data|bss)\S*\s+(\d+)", listing, re.MULTILINE)
    return sum(int(number) for number in kept) if kept else None


def stack_bytes(source: Path, folder: Path) -> int | None:
    """Bytes of stack that all functions need together, so at most that much; None if the compiler does not say."""
    compiler = find_compiler()
    if compiler is None:
        return None
    compiled = folder / f"{source.stem}.stack.o"
    try:
        _run([*compiler, *C_FLAGS, "-fstack-usage", "-c", "-o", str(compiled), str(source)], source)
        usage = compiled.with_suffix(".su").read_text(encoding="utf-8")
    except (ModelError, OSError):
        return None
    return sum(int(line.split("\t")[1]) for line in usage.splitlines())


class CompiledStepper:
    """A ``PolicyStepper`` on a compiled export; each car has a struct of its own.

    Parameters
    ----------
    library:
        What ``compile_c`` made.
    network:
        The network that was exported.
    ram_bytes:
        Size of the struct, as the export said.
    name:
        The prefix that was exported with.
    """

    def __init__(self, library: Path, network: ExportedNetwork, ram_bytes: int, name: str) -> None:
        functions = ctypes.CDLL(str(library))
        self._reset = functions[f"{name}_reset"]
        self._reset.argtypes, self._reset.restype = [ctypes.c_void_p], None
        self._step = functions[f"{name}_step"]
        self._step.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_float]
        self._step.restype = ctypes.c_float
        self._steer = functions[f"{name}_steer"]
        self._steer.argtypes, self._steer.restype = [ctypes.c_float, ctypes.c_float], ctypes.c_float
        self._shape = (network.preprocess.height, network.preprocess.width, 3)
        self._state_size, self._floats = network.state_size, ram_bytes // 4
        self.reset(1)

    def reset(self, cars: int) -> None:
        """Begin anew with that many cars."""
        # NaN everywhere: a step that read what it had not written would show it.
        self._cars = np.full((cars, self._floats), np.nan, np.float32)
        for car in range(cars):
            self._reset(self._cars[car].ctypes.data)

    def step(self, frames: NDArray[np.uint8], elapsed: float = 1.0) -> NDArray[np.float32]:
        """Frames (N, H, W, 3) -> curvature (N,) [1/m]."""
        frames = np.ascontiguousarray(frames)
        if frames.dtype != np.uint8 or frames.shape != (len(self._cars), *self._shape):
            raise ArgumentError(
                f"frames: {frames.dtype} {frames.shape}: allowed is uint8 {(len(self._cars), *self._shape)}"
            )
        curvature = [
            self._step(car.ctypes.data, frame.ctypes.data, elapsed)
            for car, frame in zip(self._cars, frames, strict=True)
        ]
        return np.array(curvature, np.float32)

    def steer(self, curvature: float, speed_mps: float) -> float:
        """Steer in [-1, 1], +1 full right."""
        return float(self._steer(curvature, speed_mps))

    @property
    def state(self) -> NDArray[np.float32]:
        """What is remembered, (N, S)."""
        return self._cars[:, : self._state_size].copy()


def _run(command: list[str], source: Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the user's own compiler
    if done.returncode:
        raise ModelError(f"{source}: {command[0]} failed: {' '.join(done.stderr.split())[:2000]}")
    return done.stdout
