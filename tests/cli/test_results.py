"""``wormdrive results`` as a user runs it: the answer on the terminal, all of it in a folder."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.benchmark.drives import drive_row
from tests.benchmark.report.examples import by_recipe, made_table
from wormdrive.benchmark.committed_tables import committed_tables
from wormdrive.benchmark.drive_row import COLUMNS
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.suite import load_suite

pytestmark = pytest.mark.slow


@pytest.fixture
def table(tmp_path: Path) -> Path:
    made_table(by_recipe).write(tmp_path / "drives.csv")
    return tmp_path / "drives.csv"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["results", *map(str, arguments)])


def test_it_says_the_answer_and_writes_text_that_begins_with_it(table: Path, tmp_path: Path) -> None:
    result = run(table, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    first = result.stdout.splitlines()[0]
    assert first.startswith("Not the neurons: what explains")
    text = (tmp_path / "out" / "results.md").read_text(encoding="utf-8")
    assert text.split("\n\n")[1].replace("**", "") == first


def test_files_are_replaced_with_force_alone(table: Path, tmp_path: Path) -> None:
    (tmp_path / "results.html").write_text("mine")
    refused = run(table, "--out", tmp_path)
    assert isinstance(refused.exception, ArgumentError)
    assert "results.html: exists; --force replaces it, --out names another" in str(refused.exception)
    assert (tmp_path / "results.html").read_text() == "mine"
    assert not (tmp_path / "results.md").exists()
    assert run(table, "--out", tmp_path, "--force").exit_code == 0
    assert (tmp_path / "results.html").read_text() != "mine"


def test_parts_of_a_table_packed_or_not_are_one_table(table: Path, tmp_path: Path) -> None:
    head, *lines = table.read_text().splitlines()
    (tmp_path / "first.csv").write_text("\n".join([head, *lines[:700]]) + "\n")
    (tmp_path / "last.csv.gz").write_bytes(gzip.compress(("\n".join([head, *lines[700:]]) + "\n").encode()))
    whole, parts = (
        run(table, "--out", tmp_path / "a"),
        run(tmp_path / "first.csv", tmp_path / "last.csv.gz", "--out", tmp_path / "b"),
    )
    assert parts.stdout.splitlines()[0] == whole.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, r"drives\.csv: cannot be read"),
        ("", r"drives\.csv: no table; allowed is a line of columns and one for each drive"),
        ("a,b\n", r"drives\.csv, line 1: lacks columns of a table of drives; allowed are model, "),
        (",".join(COLUMNS) + "\n", r"drives\.csv: no drives; allowed are tables that `wormdrive benchmark` filled"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / "drives.csv").write_text(content)
    result = run(tmp_path / "drives.csv", "--out", tmp_path / "out")
    assert isinstance(result.exception, ArgumentError)
    with pytest.raises(ArgumentError, match=said):
        raise result.exception
    assert not (tmp_path / "out").exists()


def test_sealed_conditions_are_read_from_beside_their_table(table: Path, tmp_path: Path) -> None:
    """Those that come with the package, driven by made-up trainings."""
    committed = committed_tables("settled-question")[0].parent
    names = [trial.shift for trial in load_suite(committed / "sealed.yaml").trials[6 * 16 : 10 * 16 : 16]]
    rows = [
        drive_row(recipe="informed", model=model, seed=seed, suite="sealed", weather="given", shift=name)
        for model in ("ncp", "feedforward") for seed in range(2) for name in names
    ]  # fmt: skip
    DriveTable(tuple(rows)).write(tmp_path / "drives-sealed.csv")
    alone = run(table, tmp_path / "drives-sealed.csv", "--out", tmp_path / "out")
    assert isinstance(alone.exception, ArgumentError)
    assert "no sealed.yaml beside them" in str(alone.exception)
    for name in ("sealed.yaml", "unsealed.json"):
        shutil.copy(committed / name, tmp_path / name)
    result = run(table, tmp_path / "drives-sealed.csv", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "\n- Success in 2 sealed conditions with snow" in result.stdout
    assert "driven so far by 4 of 135 trainings): `informed` 100 %." in result.stdout
    assert "\n## Sealed conditions\n" in (tmp_path / "out" / "results.md").read_text(encoding="utf-8")
