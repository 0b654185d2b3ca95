"""Warm-up: once on a machine, and again when kernels have changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.envs.server.raw_client import RawClient
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.server import warm_up
from wormdrive.envs.server.catalogue import Catalogue
from wormdrive.envs.server.server import CarlaServer
from wormdrive.envs.server.simulation import Simulation
from wormdrive.envs.server.sockets.streams import StreamHub


@pytest.fixture(autouse=True)
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(warm_up, "cache_folder", lambda: tmp_path)
    return tmp_path / "server-warm"


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


def test_a_server_that_warms_up_serves(marks: Path) -> None:
    with CarlaServer("country_loop", warm=True) as server, RawClient(server.port) as client:
        assert client.get("version") == "0.9.16"
    assert len(list(marks.iterdir())) == 1
