from __future__ import annotations

import threading
from typing import Any, cast

import pytest

from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.training.batches_ahead import BatchesAhead
from wormdrive.training.sequence_sampler import Batch


class Maker:
    """Makes numbers for batches, and notes who asked for which where."""

    def __init__(self) -> None:
        self.made: list[tuple[int, str]] = []

    def __call__(self, step: int) -> Batch:
        self.made.append((step, threading.current_thread().name))
        return cast(Batch, 100 + step)


def take(batches: BatchesAhead, make: Maker, step: int, steps: int = 5, of: str = "one") -> Any:
    return batches.take(of, make, step, steps)


def test_every_batch_is_made_once_and_all_but_the_first_ahead() -> None:
    batches, make = BatchesAhead(), Maker()
    with computing_with(2):
        assert [take(batches, make, step) for step in range(5)] == [100, 101, 102, 103, 104]
    assert [step for step, _ in make.made] == [0, 1, 2, 3, 4]
    here = threading.current_thread().name
    assert [thread == here for _, thread in make.made] == [True, False, False, False, False]


def test_one_thread_does_one_thing_at_a_time() -> None:
    batches, make = BatchesAhead(), Maker()
    with computing_with(1):
        assert [take(batches, make, step) for step in range(3)] == [100, 101, 102]
    assert {thread for _, thread in make.made} == {threading.current_thread().name}


def test_what_was_made_for_something_else_is_not_taken() -> None:
    batches, make, other = BatchesAhead(), Maker(), Maker()
    with computing_with(2):
        take(batches, make, 0)
        assert take(batches, other, 1, of="other") == 101
        assert take(batches, other, 4, of="other") == 104
        assert take(batches, make, 2) == 102
    assert next(step for step, _ in other.made) == 1
    assert 2 in [step for step, thread in make.made if thread == threading.current_thread().name]


def test_an_error_comes_when_its_batch_is_taken() -> None:
    def fail(step: int) -> Batch:
        if step:
            raise ValueError(f"step {step}")
        return cast(Batch, 100)

    batches = BatchesAhead()
    with computing_with(2):
        batches.take("one", fail, 0, 5)
        with pytest.raises(ValueError, match="step 1"):
            batches.take("one", fail, 1, 5)
