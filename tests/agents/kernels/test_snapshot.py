from __future__ import annotations

import pytest
import torch

from wormdrive.agents.kernels.snapshot import Snapshot


@pytest.mark.parametrize("size", [3, 20_000, 20_001, 100_001])
def test_made_anew_when_a_bit_has_changed(size: int) -> None:
    """Small contents are copied, large ones compared where they lie."""
    tensor = torch.zeros(size)
    made: list[int] = []
    snapshot: Snapshot[int] = Snapshot()

    def prepare() -> int:
        made.append(0)
        return len(made)

    def current() -> int:
        return snapshot.current((tensor,), 0, prepare)

    assert [current(), current()] == [1, 1]
    tensor[-1] = 1.0
    assert [current(), current()] == [2, 2]
    tensor.numpy()[0] = -0.0
    assert [current(), current()] == [3, 3]
    tensor.data[1] = float("nan")
    assert [current(), current()] == [4, 4]
