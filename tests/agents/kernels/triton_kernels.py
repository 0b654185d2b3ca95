"""Kernels in Triton under test: interpreted where there is no GPU, compiled for GPUs that are not here."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import pytest
import torch

HAS_TRITON = importlib.util.find_spec("triton") is not None

needs_triton = pytest.mark.skipif(not HAS_TRITON, reason="triton is not installed (it comes with torch for CUDA)")
not_on_a_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="the true kernels are tested here")
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
quiet = pytest.mark.filterwarnings("ignore:TRITON_DEFAULT_FP_FUSION")

_MODULES = tuple(f"wormdrive.agents.kernels.{name}" for name in ("triton_tiles", "ltc_triton", "cfc_triton"))


@contextmanager
def interpreting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the kernels loaded anew: Triton decides on decorating them whether they are compiled or interpreted.

    Its own are decorated when it is first imported: see ``tests/conftest.py``.
    """
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    for module in _MODULES:
        monkeypatch.delitem(sys.modules, module, raising=False)
    with np.errstate(over="ignore"):  # exp of much, for a gate that is closed
        yield
    for module in _MODULES:
        sys.modules.pop(module, None)


_COMPILE = """
import importlib, json, re, sys
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

module, name, number, sizes, whole_arrays = sys.argv[1:]
function = getattr(importlib.import_module("wormdrive.agents.kernels." + module), name)
constants = {name: value for name, value in json.loads(sizes).items() if name in function.arg_names}
types = {}
for name in function.arg_names:
    whole = re.fullmatch(whole_arrays, name)
    count = name in ("B", "T", "F", "N", "E", "unfolds")
    types[name] = "constexpr" if name in constants else "i32" if count else "*i32" if whole else "*" + number
source = ASTSource(fn=function, signature=types, constexprs=constants)
compiled = triton.compile(source, target=GPUTarget("cuda", 80, 32), options={"num_warps": 1})
print(len(compiled.asm["cubin"]), compiled.metadata.shared)
"""


def compile_elsewhere(module: str, kernel: str, number: str, sizes: Mapping[str, int], whole_arrays: str) -> None:
    """Compile to an A100's machine code, by Triton's own assembler; what kernels compute is for other tests.

    In a process of its own, for interpreting changes Triton for good. ``whole_arrays`` is a pattern of the arguments
    that are arrays of whole numbers.
    """
    import json
    import os

    compiling = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    command = [sys.executable, "-c", _COMPILE, module, kernel, number, json.dumps(dict(sizes)), whole_arrays]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=compiling)
    assert done.returncode == 0, done.stderr
    size, shared = map(int, done.stdout.split())
    assert size > 10_000
    assert shared == 0, "what neurons show each other goes from register to register"
