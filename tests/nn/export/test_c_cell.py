from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.nn.export.networks import ELAPSED, NETWORKS, expected, network
from tests.nn.parity import INPUTS
from tests.training.export.fast_math import FAST_MATH
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.training.export.compiled import C_FLAGS, compile_c, find_compiler

compiled = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")


@compiled
@pytest.mark.parametrize("flags", [C_FLAGS, (*C_FLAGS, *FAST_MATH)], ids=["strict", "fast"])
@pytest.mark.parametrize("name", NETWORKS)
def test_compiled_c_gives_what_torch_gives(name: str, flags: tuple[str, ...], tmp_path: Path) -> None:
    made = network(name)
    header, source = made.to_c(tmp_path, "worm")
    assert header.name == "worm.h"
    library = ctypes.CDLL(str(compile_c(source, tmp_path, flags)))
    library.worm_step.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_float, ctypes.c_void_p]
    library.worm_reset.argtypes = [ctypes.c_void_p]
    features = torch.randn(len(ELAPSED), 1, INPUTS, generator=torch.Generator().manual_seed(1))
    rights, afters = expected(made, features)
    state = np.full(afters[0].shape[1], np.nan, np.float32)
    library.worm_reset(state.ctypes.data)
    outputs = np.empty(rights[0].shape[1], np.float32)
    for sample, elapsed, right, after in zip(features, ELAPSED, rights, afters, strict=True):
        library.worm_step(state.ctypes.data, sample[0].contiguous().numpy().ctypes.data, elapsed, outputs.ctypes.data)
        np.testing.assert_allclose(outputs, right[0].numpy(), rtol=0, atol=5e-6)
        np.testing.assert_allclose(state, after[0].numpy(), rtol=0, atol=5e-6)
    assert float(np.array(5e-324) * 1.0) > 0.0, "this process still knows the smallest numbers"


def test_names_and_files_are_looked_at_first(tmp_path: Path) -> None:
    made = network("cfc")
    for wrong in ("Worm", "1worm", "int", ""):
        with pytest.raises(ArgumentError, match="name="):
            made.to_c(tmp_path, wrong)
    assert not list(tmp_path.iterdir())
    made.to_c(tmp_path)
    with pytest.raises(ArgumentError, match=r"cell\.h: exists; .* or overwrite=True to replace it"):
        made.to_c(tmp_path)
    made.to_c(tmp_path, overwrite=True)
    with pytest.raises(ArgumentError, match=r"cell\.h: is a file; allowed is a folder, for worm\.h and worm\.c"):
        made.to_c(tmp_path / "cell.h", "worm")
