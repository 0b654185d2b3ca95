"""The real command, as briefly as it goes; a peer that does nothing stands for those that are measured beside ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from wormdrive.bench import peers
from wormdrive.cli.main import app

BRIEFLY = ("--seconds", "0.01", "--rounds", "1")

Bench = Callable[..., dict[str, Any]]


@pytest.fixture
def bench() -> Bench:
    """Run ``wormdrive bench NAME --json``: what it printed, one JSON object."""

    def run(name: str) -> dict[str, Any]:
        result = CliRunner().invoke(app, ["bench", name, "--json", *BRIEFLY])
        assert result.exit_code == 0, result.output
        told: dict[str, Any] = json.loads(result.stdout)
        return told

    return run


@pytest.fixture
def bench_beside_idle(monkeypatch: pytest.MonkeyPatch, bench: Bench) -> Bench:
    """The same, with an idle peer of 50 frames a second, and one that is not installed."""
    monkeypatch.setattr(peers, "PEERS", {"idle": ("json", lambda: lambda: (100, 2.0)), "gone": ("no_such_thing", None)})

    def run(name: str) -> dict[str, Any]:
        told = bench(name)
        assert told["peers"] == {"idle": 50.0}
        assert told["ratio"]["idle"] == pytest.approx(told["frames_per_second_per_core"] / 50.0)
        assert told["frames_per_second_per_core"] > 100.0
        assert told["two_threads"] > 0.3
        assert told["not_installed"] == ["gone"]
        return told

    return run
