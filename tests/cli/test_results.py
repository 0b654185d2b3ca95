"""``wormdrive results`` as a user runs it: the answer on the terminal, all of it in a folder."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.benchmark.report.examples import by_recipe, made_table
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError

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
        ("", r"drives\.csv, line 1: lacks columns"),
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
