"""``wormdrive evaluate``: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError, MapError, ModelError

KEYS = {
    "season", "weather", "episodes", "success_rate", "ci95", "success_rate_by_centre", "ci95_by_centre", "departures",
    "departures_by_centre", "before_departure_m", "departures_per_km", "km_per_departure", "km_per_departure_ci95",
    "wheel_beyond_share", "mean_abs_offset_m", "p95_abs_offset_m", "max_abs_offset_m", "whiteness_degps",
    "mean_speed_mps", "distance_m",
}  # fmt: skip


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(
        "{name: small, maps: [country_loop], conditions: {summer: [day], winter: [night]}, "
        "episodes: 2, route_length_m: 50}"
    )
    return file


def test_evaluate_prints_rows_as_json(small: Path) -> None:
    said: dict[str, Any] = json.loads(run("evaluate", "expert", "--suite", small, "--json"))
    assert (said["model"], said["suite"]) == ("expert", "small")
    assert [(row["season"], row["weather"]) for row in said["rows"]] == [("summer", "day"), ("winter", "night")]
    for row in said["rows"]:
        assert set(row) >= KEYS
        assert row["episodes"] == 2
        assert row["success_rate"] == 1.0
        assert row["ci95"] == [pytest.approx(0.3424, abs=1e-4), 1.0]
        assert row["departures_per_km"] == row["wheel_beyond_share"] == 0.0
        assert (row["success_rate_by_centre"], row["km_per_departure"]) == (1.0, None)
        assert row["km_per_departure_ci95"] == [pytest.approx(0.1 / 3.6889, rel=0.01), None]
        assert row["distance_m"] == pytest.approx(100.0, abs=1.0)
    assert said["failures"] == []


def test_evaluate_compares_models_and_takes_another_map_and_number(small: Path) -> None:
    options = ("--suite", small, "--map", "highway", "--episodes", 1, "--json")
    said: list[dict[str, Any]] = json.loads(run("evaluate", "expert", "expert", *options))
    assert [one["model"] for one in said] == ["expert", "expert"]
    assert said[0] == said[1]
    assert said[0]["rows"][0]["episodes"] == 1
    once_more = json.loads(run("evaluate", "expert", *options))
    assert once_more == said[0]
    elsewhere = json.loads(run("evaluate", "expert", "--suite", small, "--episodes", 1, "--json"))
    assert elsewhere["rows"] != once_more["rows"]


def test_evaluate_tells_in_words_and_writes_a_report(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    said = run("evaluate", "expert", "--suite", small, "--report", out)
    assert "Summer: 2 of 2 drives with all wheels in the lane" in said
    assert said.count("2/2  ") == 2
    assert "It did not fail in 4 drives" in said
    assert str(out / "report.html") in said.replace("\n", "")
    page = (out / "report.html").read_text()
    assert page.count("<video") == 2  # the expert is filmed, but looks at nothing
    written = json.loads((out / "evaluation.json").read_text())
    assert [one["model"] for one in written] == ["expert"]


@pytest.mark.parametrize(
    ("arguments", "error", "named"),
    [
        (("nobody",), ModelError, "nobody"),
        (("expert", "--suite", "five-seasons"), ArgumentError, "five-seasons.*four-seasons"),
        (("expert", "--episodes", "0"), ArgumentError, "episodes=0"),
        (("expert", "--map", "nowhere.xodr"), MapError, "nowhere.xodr"),
        (("expert", "--device", "tpu"), ArgumentError, "device='tpu': allowed are cpu, cuda"),
    ],
)
def test_evaluate_names_what_is_wrong(arguments: tuple[str, ...], error: type[Exception], named: str) -> None:
    with pytest.raises(error, match=named):
        run("evaluate", *arguments)
