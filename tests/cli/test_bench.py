from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app

MODULES = ("camera", "cell", "cockpit", "env", "learning", "server")
RESULT = {"rate": 1234.5678, "parts": {"drawing": 2.0}, "not_installed": ["one", "two"], "left_out": []}
DEMO = {"record": 4.0}
DEMO_TABLE = f"""demo_s:
  {"record":<44}{"4.00":>14}
"""
TABLE = f"""{"rate":<46}{"1,234.57":>14}
parts:
  {"drawing":<44}{"2.00":>14}
not_installed: one, two
left_out: none
"""


@pytest.mark.parametrize("name", MODULES)
def test_a_result_as_a_table_and_as_json(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, int]] = []

    def measured(*, seconds: float, rounds: int, progress: Any) -> dict[str, Any]:
        asked.append((seconds, rounds))
        progress("warming up")
        return RESULT

    monkeypatch.setattr(f"wormdrive.bench.{name}.bench_{name}", measured)
    monkeypatch.setattr("wormdrive.cli.demo_time.time_demo", lambda _progress: DEMO)
    result = RESULT | ({"demo_s": DEMO} if name == "learning" else {})
    shown = TABLE + (DEMO_TABLE if name == "learning" else "")
    table = CliRunner().invoke(app, ["bench", name, "--seconds", "0.25", "--rounds", "3"])
    assert (table.exit_code, table.stdout, table.stderr) == (0, shown, "  warming up\n")
    printed = CliRunner().invoke(app, ["bench", name, "--json"])
    assert json.loads(printed.stdout) == result
    assert asked[0] == (0.25, 3)


@pytest.mark.parametrize("name", MODULES)
def test_help_shows_an_example(name: str) -> None:
    assert f"wormdrive bench {name} --json" in CliRunner().invoke(app, ["bench", name, "--help"]).stdout
