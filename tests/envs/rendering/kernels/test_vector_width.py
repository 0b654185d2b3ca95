from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.core.caching import NullCache

from wormdrive.envs.rendering.kernels.compilation import kernel
from wormdrive.envs.rendering.kernels.vector_width import WIDEST, WidestVectors

ATTRIBUTE = '"prefer-vector-width"="512"'


def double(a, out):  # type: ignore[no-untyped-def]
    for i in range(len(a)):
        out[i] = a[i] + a[i]


def test_functions_ask_for_the_widest_vectors() -> None:
    plain, widest = numba.njit(double), numba.njit(double, pipeline_class=WidestVectors)
    numbers, out = np.arange(40, dtype=np.float32), np.zeros(40, np.float32)
    for function in (plain, widest):
        function(numbers, out)
        np.testing.assert_array_equal(out, 2.0 * numbers)
    assert ATTRIBUTE in next(iter(widest.inspect_llvm().values()))
    assert ATTRIBUTE not in next(iter(plain.inspect_llvm().values()))


@pytest.mark.skipif(not WIDEST, reason="this processor has no such registers, or would run slower")
def test_kernels_do_and_their_loops_are_so_vectorised() -> None:
    function = kernel(double)
    function._cache = NullCache()  # cached code cannot be looked at
    function(np.zeros(40, np.float32), np.zeros(40, np.float32))
    code = next(iter(function.inspect_llvm().values()))
    assert ATTRIBUTE in code
    assert "<16 x float>" in code


@pytest.mark.parametrize("variable", ["NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES"])
def test_another_processor_that_numba_is_told_to_compile_for_is_left_alone(variable: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from wormdrive.envs.rendering.kernels import vector_width as v; print(v.WIDEST)"],
        env={**os.environ, variable: "generic" if variable == "NUMBA_CPU_NAME" else ""},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[4],
    )
    assert done.stdout.strip() == "False"
