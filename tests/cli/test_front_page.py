"""``wormdrive`` alone, in a process of its own as a user would start it, and what it recommends."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest
import typer.main
from typer.testing import CliRunner

from wormdrive.cli.front_page import NEXT_STEPS
from wormdrive.cli.main import app


def test_five_lines_and_status_0() -> None:
    done = subprocess.run([sys.executable, "-m", "wormdrive"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 5
    assert max(map(len, lines)) <= 120
    assert any("--help" in line for line in lines)


@pytest.mark.parametrize("command", [command for command, _ in NEXT_STEPS])
def test_every_line_is_a_command_that_there_is(command: str) -> None:
    program, *words = shlex.split(command)
    assert program == "wormdrive"
    tree = typer.main.get_command(app)
    name, found, rest = tree.resolve_command(tree.make_context("wormdrive", list(words), resilient_parsing=True), words)
    assert name == words[0]
    assert found is not None
    # Options and arguments are those of the command: parsing complains otherwise.
    found.make_context(name, rest)


def test_an_unknown_command_is_still_an_error() -> None:
    done = CliRunner().invoke(app, ["drvie"])
    assert done.exit_code == 2
    assert "drvie" in done.output
