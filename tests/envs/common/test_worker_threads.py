from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import cloudpickle
import pytest

from wormdrive.envs.common.worker_threads import WorkerThreads


@pytest.mark.parametrize(
    "again",
    [copy.deepcopy, copy.copy, lambda threads: pickle.loads(pickle.dumps(threads)),
     lambda threads: pickle.loads(cloudpickle.dumps(threads))],
)  # fmt: skip
def test_a_copy_has_threads_of_its_own(again: Callable[[WorkerThreads], WorkerThreads]) -> None:
    threads = WorkerThreads(3, "mine")
    twin = again(threads)
    threads.shutdown()
    with pytest.raises(RuntimeError):
        threads.submit(int)
    assert sorted(twin.map(lambda n: n * n, range(5))) == [0, 1, 4, 9, 16]
    assert twin._max_workers == 3
    twin.shutdown()
