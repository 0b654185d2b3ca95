from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wormdrive.envs.rendering.kernels.atomic_counter import fetch_add

MOST = 200_000


@njit(nogil=True)  # type: ignore[untyped-decorator]
def take_turns(counters: NDArray[np.int64], most: int, taken: NDArray[np.int64]) -> None:
    while True:
        turn = fetch_add(counters, 1, 1)
        if turn >= most:
            return
        taken[turn] += 1


def test_threads_take_every_turn_once() -> None:
    counters, taken = np.array([7, 0, 7]), np.zeros(MOST, np.int64)
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(take_turns, counters, MOST, taken) for _ in range(3)]:
            done.result()
    assert (taken == 1).all()
    assert counters.tolist() == [7, MOST + 3, 7]


@njit  # type: ignore[untyped-decorator]
def added(counters: NDArray[np.int64], amount: int) -> int:
    return int(fetch_add(counters, 0, amount))


def test_what_was_there_is_returned() -> None:
    counters = np.array([5])
    assert [added(counters, 3), added(counters, -2)] == [5, 8]
    assert counters[0] == 6
