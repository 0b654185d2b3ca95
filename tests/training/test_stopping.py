from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from wormdrive.training.stopping import stop_between_steps


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    """Both signals raise KeyboardInterrupt, as the command has it, whatever started the tests."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_for_the_end_of_the_block(number: signal.Signals) -> None:
    told = []

    def work() -> None:
        with stop_between_steps() as stopped:
            told.append(stopped())
            signal.raise_signal(number)
            told.append(stopped())

    with pytest.raises(KeyboardInterrupt):
        work()
    assert told == [False, True]
    assert signal.getsignal(number) is signal.default_int_handler


def test_a_second_signal_does_not_wait() -> None:
    def insist() -> None:
        with stop_between_steps():
            signal.raise_signal(signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):  # the first one's, at the end
        insist()


def test_what_nobody_handles_is_left_alone() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with stop_between_steps() as stopped:
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert not stopped()


def test_other_threads_are_never_stopped() -> None:
    found = []

    def work() -> None:
        with stop_between_steps() as stopped:
            found.append((signal.getsignal(signal.SIGINT), stopped()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(signal.default_int_handler, False)]
