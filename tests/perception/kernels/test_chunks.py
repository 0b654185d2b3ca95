from __future__ import annotations

import os
import threading
import time
import warnings
from collections.abc import Iterator

import pytest
import torch

from wormdrive.perception.kernels.chunks import CHUNK, computing_with, each_chunk


@pytest.fixture
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_chunks_cover_all_frames_in_order() -> None:
    assert list(each_chunk(0, lambda *frames: frames)) == []
    assert list(each_chunk(5, lambda *frames: frames)) == [(0, 5)]
    assert list(each_chunk(2 * CHUNK + 1, lambda *frames: frames)) == [
        (0, CHUNK), (CHUNK, 2 * CHUNK), (2 * CHUNK, 2 * CHUNK + 1)
    ]  # fmt: skip


def test_results_come_in_order_whoever_is_first(threads: None) -> None:
    names = set()

    def work(first: int, last: int) -> int:
        names.add(threading.current_thread().name)
        time.sleep(0.02 if first == 0 else 0.0)
        return first

    assert list(each_chunk(6 * CHUNK, work)) == [i * CHUNK for i in range(6)]
    assert threading.main_thread().name not in names
    assert 1 <= len(names) <= 3


def test_one_thread_needs_no_other(threads: None) -> None:
    torch.set_num_threads(1)
    assert set(each_chunk(3 * CHUNK, lambda *_: threading.current_thread())) == {threading.current_thread()}


def test_errors_are_raised(threads: None) -> None:
    def fail(first: int, last: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(each_chunk(3 * CHUNK, fail))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_process_has_threads_of_its_own(threads: None) -> None:
    assert list(each_chunk(2 * CHUNK, lambda *frames: frames))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # threads and fork: what is tested
        child = os.fork()
    if child == 0:
        os._exit(0 if len(list(each_chunk(2 * CHUNK, lambda *frames: frames))) == 2 else 1)
    for _ in range(500):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.01)
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
        pytest.fail("the child waits for its parent's threads")
    assert os.waitstatus_to_exitcode(status) == 0


def test_torch_computes_in_one_thread_while_chunks_are_shared(threads: None) -> None:
    with computing_with(2):
        assert torch.get_num_threads() == 1
        both = threading.Barrier(2, timeout=20)  # breaks unless two threads come
        list(each_chunk(2 * CHUNK, lambda *_: both.wait()))
        with computing_with(1):
            assert set(each_chunk(3 * CHUNK, lambda *_: threading.current_thread())) == {threading.current_thread()}
    assert torch.get_num_threads() == 3
