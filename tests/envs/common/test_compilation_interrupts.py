from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numba
import pytest
from llvmlite.binding.executionengine import ExecutionEngine
from numba.core import event

from wormdrive.envs.common.preparation_notice import watch_compilation


@pytest.fixture(autouse=True)
def _handlers_stay() -> Iterator[None]:
    watch_compilation()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    assert {number: signal.getsignal(number) for number in before} == before


@pytest.fixture
def in_a_callback(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Send a signal, once, while LLVM calls Python back."""

    def send(number: int) -> None:
        find, left = ExecutionEngine._find_module_ptr, [number]

        def found(self: Any, pointer: Any) -> Any:
            if left:
                signal.raise_signal(left.pop())
            return find(self, pointer)

        monkeypatch.setattr(ExecutionEngine, "_find_module_ptr", found)

    return send


def kernel() -> Any:
    @numba.njit
    def double(x: float) -> float:
        return 2.0 * x

    return double


def test_ctrl_c_in_a_callback_is_raised_when_the_kernel_is_done(in_a_callback: Callable[[int], None]) -> None:
    double = kernel()
    in_a_callback(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        double(1.5)
    assert double(1.5) == 3.0


def test_a_handler_of_the_program_s_own_is_called_once(in_a_callback: Callable[[int], None]) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        in_a_callback(signal.SIGTERM)
        assert kernel()(1.5) == 3.0
        assert heard == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


class _Interrupting(event.Listener):
    """Sends Ctrl-C in the midst of numba's own Python."""

    def on_start(self, event: Any) -> None:
        signal.raise_signal(signal.SIGINT)

    def on_end(self, event: Any) -> None:
        pass


def test_ctrl_c_elsewhere_is_raised_at_once_and_not_again() -> None:
    double = kernel()
    with event.install_listener("numba:run_pass", _Interrupting()), pytest.raises(KeyboardInterrupt):
        double(1.5)
    assert double(1.5) == 3.0


def test_other_threads_leave_handlers_alone() -> None:
    found: list[float] = []
    thread = threading.Thread(target=lambda: found.append(kernel()(1.5)))
    thread.start()
    thread.join()
    assert found == [3.0]
