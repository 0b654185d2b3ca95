"""Warm-up: once on a machine, and again when kernels have changed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.carla_server.raw_client import RawClient
from wormdrive.carla_server import warm_up
from wormdrive.carla_server.server import CarlaServer
from wormdrive.carla_server.simulation.map_catalogue import Catalogue
from wormdrive.carla_server.simulation.simulation import Simulation
from wormdrive.carla_server.sockets.streams import StreamHub
from wormdrive.envs.seasons.conditions import Conditions


@pytest.fixture(autouse=True)
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(warm_up, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(warm_up, "_loaded", set())
    return tmp_path / "server-warm"


@pytest.mark.slow
def test_it_draws_and_measures_once_and_leaves_no_trace(
    marks: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hub = StreamHub(lambda stream: False, bytes)
    simulation = Simulation(Catalogue("suburb"), Conditions.preset("spring"), 0, hub)
    assert not warm_up.warm_up(simulation)
    assert "once on this machine" in caplog.text
    (mark,) = marks.iterdir()
    assert mark.name.endswith("-spring")
    assert simulation.frame == 0
    assert simulation.episode.actors.vehicles == []
    assert warm_up.warm_up(simulation)
    monkeypatch.setattr(warm_up, "_digest", lambda: "other")
    assert not warm_up.warm_up(simulation)
    assert len(list(marks.iterdir())) == 2


def test_a_mark_is_of_the_place_where_the_kernels_lie(
    marks: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another checkout shares the cache folder with this one, but not what numba keeps beside the sources."""
    monkeypatch.setattr(warm_up, "_rehearsal", lambda simulation, along: iter(()))
    simulation = simulated()
    here = tmp_path / "here"
    monkeypatch.setattr(warm_up, "_kernel_folder", lambda: here)
    assert not warm_up.warm_up(simulation)
    assert not warm_up.warm_up(simulation), "a mark without kernels"
    here.mkdir()
    (here / "kernel.nbi").touch()
    assert warm_up.warm_up(simulation)
    monkeypatch.setattr(warm_up, "_kernel_folder", lambda: tmp_path / "there")
    assert not warm_up.warm_up(simulation)
    assert len(list(marks.iterdir())) == 2
    monkeypatch.setattr(warm_up, "_kernel_folder", lambda: None)
    assert not warm_up.warm_up(simulation)
    assert not warm_up.warm_up(simulation), "nothing is kept where numba can keep nothing"


@pytest.mark.slow
def test_kernels_lie_beside_their_sources_or_where_numba_is_told(tmp_path: Path) -> None:
    code = "from wormdrive.carla_server import warm_up; print(warm_up._kernel_folder())"
    told = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, **more}, capture_output=True, text=True, check=True
        ).stdout.strip()
        for more in ({}, {"NUMBA_CACHE_DIR": str(tmp_path)})
    ]
    assert Path(told[1]).is_relative_to(tmp_path)
    assert told[0] != told[1]


def test_a_server_that_warms_up_serves(marks: Path) -> None:
    with CarlaServer("country_loop", warm=True) as server, RawClient(server.port) as client:
        assert client.get("version") == "0.9.16"
    assert len(list(marks.iterdir())) == 1


def simulated() -> Simulation:
    return Simulation(Catalogue("country_loop"), Conditions.preset("summer"), 0, StreamHub(lambda stream: False, bytes))


@pytest.mark.slow
def test_kernels_are_loaded_once_in_a_process_beside_a_server_that_serves() -> None:
    simulation = simulated()
    loading = warm_up.Loading(simulation, lambda: False)
    loading.start()
    loading._thread.join()
    assert warm_up._loaded == {"summer"}
    assert simulation.frame == 0
    assert simulation.episode.actors.vehicles == []
    again = warm_up.Loading(simulation, lambda: False)
    again.start()
    assert not again._thread.is_alive()
    again.stop()


def test_nothing_is_loaded_while_somebody_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Semaphore(0)

    def busy() -> bool:
        asked.release()
        return True

    monkeypatch.setattr(warm_up, "_IDLE_S", 0.001)
    loading = warm_up.Loading(simulated(), busy)
    monkeypatch.setattr(warm_up, "_rehearsal", rehearsal := Rehearsal())
    loading.start()
    for _ in range(5):
        assert asked.acquire(timeout=20.0)
    loading.stop()
    assert rehearsal.steps == 0
    assert warm_up._loaded == set()


def test_a_server_that_ends_waits_for_the_step_that_is_being_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_up, "_rehearsal", rehearsal := Rehearsal())
    loading = warm_up.Loading(simulated(), lambda: False)
    loading.start()
    assert rehearsal.begun.wait(20.0)
    loading._ended.set()
    rehearsal.go_on.set()
    loading.stop()
    assert not loading._thread.is_alive()
    assert (rehearsal.steps, rehearsal.closed) == (1, True)
    assert warm_up._loaded == set()


def test_what_cannot_be_loaded_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = simulated()
    monkeypatch.setattr(simulation, "trial", lambda sink: 1 / 0)
    loading = warm_up.Loading(simulation, lambda: False)
    loading.start()
    loading._thread.join()
    assert warm_up._loaded == set()


class Rehearsal:
    """Steps without end, the first of which lasts until it may go on."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.steps, self.closed = 0, False

    def __call__(self, simulation: Simulation, along: object) -> Generator[None, None, None]:
        try:
            while True:
                self.begun.set()
                self.go_on.wait(20.0)
                self.steps += 1
                yield
        finally:
            self.closed = True
