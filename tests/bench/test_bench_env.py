from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from wormdrive.bench import peers
from wormdrive.bench.stopwatch import compare
from wormdrive.cli.main import app


def test_rates_are_medians_of_what_chunks_report_after_a_warm_up() -> None:
    told = {"slow": iter([9.0, 2.0, 1.0, 4.0]), "quick": iter([9.0, 0.5, 0.1, 0.2])}
    order: list[str] = []

    def chunk(name: str) -> tuple[int, float]:
        order.append(name)
        return 10, next(told[name])

    rates = compare({name: lambda name=name: chunk(name) for name in told}, seconds=0.0, rounds=3)  # type: ignore[misc]
    assert rates == {"slow": 5.0, "quick": 50.0}
    assert order == ["slow", "quick"] * 4


def test_peers_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise RuntimeError("no such game")

    table = {"absent": ("no_such_package_here", broken), "broken": ("json", broken)}
    monkeypatch.setattr(peers, "PEERS", table)
    found, missing = peers.installed_peers()
    assert found == {}
    assert missing == ["absent", "broken (RuntimeError: no such game)"]


def test_command_prints_one_json_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rates of the real thing, briefly; a peer that does nothing shows how ratios are made."""
    monkeypatch.setattr(peers, "PEERS", {"idle": ("json", lambda: lambda: (100, 2.0)), "gone": ("no_such_thing", None)})
    result = CliRunner().invoke(app, ["bench", "env", "--json", "--seconds", "0.01", "--rounds", "1"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["peers"] == {"idle": 50.0}
    assert told["ratio"]["idle"] == pytest.approx(told["frames_per_second_per_core"] / 50.0)
    assert told["frames_per_second_per_core"] > 100.0
    assert told["two_threads"] > 0.3
    assert told["state_steps_per_second_per_core"] > 50_000.0
    assert told["not_installed"] == ["gone"]
    table = CliRunner().invoke(app, ["bench", "env", "--seconds", "0.01", "--rounds", "1"])
    assert "frames_per_second_per_core" in table.stdout
    assert "idle" in table.stdout
