from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from wormdrive.agents.mounted.packed_state import PackedState
from wormdrive.envs.common.errors import ModelError


class Pair(NamedTuple):
    left: torch.Tensor
    right: int


@pytest.mark.parametrize(
    ("state", "size"),
    [
        (torch.arange(6.0, dtype=torch.float64).reshape(1, 2, 3), 7),
        ((torch.ones(1, 3), [torch.zeros(2), 0.5]), 7),
        ({"h": np.arange(4, dtype=np.float32)[None], "n": np.array([7], np.int64)}, 6),
        (Pair(torch.tensor([1.5]), 3), 3),
    ],
)
def test_what_is_remembered_comes_back_as_it_was(state: Any, size: int) -> None:
    packed = PackedState(state, "mine")
    row = packed.pack(state)
    assert (packed.size, row.shape, row.dtype) == (size, (size,), np.float32)
    back = packed.unpack(row)
    assert type(back) is type(state)
    assert str(back) == str(state)
    assert packed.unpack(packed.pack(None)) is None


def test_without_memory_there_are_no_numbers() -> None:
    packed = PackedState(None, "mine")
    assert packed.pack(None).shape == (0,)
    assert packed.unpack(packed.pack(None)) is None


def test_what_does_not_fit_into_a_row_is_refused() -> None:
    with pytest.raises(ModelError, match="mine: remembers a str: allowed here are tensors, arrays and numbers"):
        PackedState(("a",), "mine")
    with pytest.raises(ModelError, match=r"mine: remembers \(2,\) now, and \(1,\) before"):
        PackedState(torch.zeros(1), "mine").pack(torch.zeros(2))
