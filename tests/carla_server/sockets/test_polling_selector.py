"""The server's loop hears sockets and timers in whichever way it waits."""

from __future__ import annotations

import asyncio
import os
import selectors
import socket
import time
from collections.abc import Iterator

import pytest

from wormdrive.carla_server.sockets import polling_selector
from wormdrive.carla_server.sockets.polling_selector import new_event_loop

needs_epoll = pytest.mark.skipif(not hasattr(selectors, "EpollSelector"), reason="no epoll on this system")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = new_event_loop()
    yield made
    made.close()


def test_words_go_to_and_fro(loop: asyncio.AbstractEventLoop) -> None:
    async def talk() -> list[bytes]:
        here, there = socket.socketpair()
        heard = []
        with here, there:
            here.setblocking(False)
            there.setblocking(False)
            for k in range(50):
                await loop.sock_sendall(there, bytes([k]))
                await asyncio.sleep(0.002 if k % 10 == 0 else 0.0)  # it polls, and falls asleep now and then
                heard.append(await loop.sock_recv(here, 8))
        return heard

    assert loop.run_until_complete(talk()) == [bytes([k]) for k in range(50)]


def test_timers_end_in_their_order(loop: asyncio.AbstractEventLoop) -> None:
    ended = []

    async def wait(seconds: float) -> None:
        await asyncio.sleep(seconds)
        ended.append(seconds)

    async def all_of_them() -> None:
        await asyncio.gather(*map(wait, (0.02, 0.0004, 0.003, 0.0)))

    loop.run_until_complete(all_of_them())
    assert ended == [0.0, 0.0004, 0.003, 0.02]


def test_another_thread_can_wake_it(loop: asyncio.AbstractEventLoop) -> None:
    async def far_away() -> str:
        return await asyncio.to_thread(lambda: time.sleep(0.01) or "done")

    assert loop.run_until_complete(far_away()) == "done"


@needs_epoll
def test_it_looks_only_after_something_has_come_and_while_the_processor_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, looks = [1.0], []
    took = 10e-6

    def look() -> None:
        looks.append(clock[0])
        clock[0] += took

    monkeypatch.setattr(polling_selector.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(os, "sched_yield", look)
    selector = polling_selector._PollingSelector()
    here, there = socket.socketpair()
    with here, there, selector:
        selector.register(here, selectors.EVENT_READ)
        assert selector.select(0.002) == []
        assert not looks
        there.send(b"x")
        assert len(selector.select(0.002)) == 1
        here.recv(1)
        assert selector.select(0.002) == []
        assert len(looks) == pytest.approx(polling_selector.POLLED_S / took, abs=2)
        looks.clear()
        took = 2.0 * polling_selector.TAKEN_S
        for _ in range(2):
            there.send(b"x")
            assert len(selector.select(0.002)) == 1
            here.recv(1)
            assert selector.select(0.002) == []
        assert len(looks) == 1
