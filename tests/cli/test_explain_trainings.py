"""``wormdrive explain --results`` and ``--from``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.audited_trainings.rows import ROWS
from wormdrive.agents.policies.serialization import save_policy
from wormdrive.audit.told_policy import TOLD, told_policy
from wormdrive.audited_trainings.audit_row import write_rows
from wormdrive.benchmark.definition import load_benchmark
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def explain(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["explain", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.slow
def test_kinds_and_recipes_are_audited_over_their_seeds() -> None:
    for cell in load_benchmark("settled-question").policies():
        if cell.recipe == "state" and cell.config.model in ("ncp", "feedforward"):
            save_policy(told_policy(), cell.folder(Path("results")))
    asked = ("ncp", "--compare", "feedforward", "--results", "results", "--recipe", "state", "--seeds", 2)
    small = ("--routes", 1, "--frames", 48, "--section", "dynamics", "--threads", 1, "--out", "audited")
    told = json.loads(explain(*asked, *small, "--json"))
    assert told == json.loads(Path("audited/comparison.json").read_text())
    assert [(one["kind"], one["recipe"], one["seeds"]) for one in told] == [
        ("ncp", "state", [0, 1]), ("feedforward", "state", [0, 1]), (TOLD, "", [0]),
    ]  # fmt: skip
    assert Path("audited/ncp-state-1/explain.html").is_file()
    assert 'href="ncp-state-1/explain.html"' in Path("audited/comparison.html").read_text()
    assert json.loads(explain("--from", "audited/audits.csv", "--json")) == told
    with pytest.raises(ArgumentError, match=r"config\.txt: another configuration"):
        explain(*asked, *small, "--seed", 1)


def test_a_table_is_summed_up_without_measuring() -> None:
    write_rows(Path("audits.csv"), ROWS)
    told = json.loads(explain("--from", "audits.csv", "--out", "page", "--json"))
    assert [one["kind"] for one in told] == ["ncp", "feedforward", "ncp", TOLD]
    assert {path.name for path in Path("page").iterdir()} == {"comparison.html", "comparison.json"}
    assert "against feedforward" in explain("--from", "audits.csv")
    with pytest.raises(ArgumentError, match=r"comparison\.html: exists; --force"):
        explain("--from", "audits.csv", "--out", "page")


def test_wrong_combinations_are_refused() -> None:
    for arguments, complaint in (
        (("--recipe", "blind", "--out", "new"), "--recipe: allowed with --results only"),
        (("--seeds", 2, "--out", "new"), "--seeds: allowed with --results only"),
        (("--results", "results"), "--results: allowed with --out FOLDER only"),
        (("--results", "results", "--out", "new", "--force"), "--force: allowed without --results"),
        (("--results", "results", "--out", "new", "--wiring"), "--wiring: allowed without --results only"),
        (("--from", "audits.csv", "--seed", 0), "--seed: allowed without --from only"),
        (("--from", "audits.csv", "--routes", 2), "--routes: allowed without --from only"),
        (("--from", "audits.csv", "--results", "results"), "--results: allowed without --from only"),
        (("--results", "results", "--out", "new"), "--results results: lacks ncp, paper, seed 0"),
    ):
        with pytest.raises(ArgumentError, match=complaint):
            explain("ncp", *arguments)
    assert not Path("new").exists()
