"""``wormdrive`` alone, in a process of its own as a user would start it, and what it recommends."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from typer.testing import CliRunner

from wormdrive.cli.front_page import NEXT_STEPS
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError


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


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("drvie", r"No such command 'drvie'.*`wormdrive --help`"),
        ("--fast", r"No such option.*--fast.*`wormdrive --help`"),
        ("record", r"Missing argument 'OUT' \(`wormdrive record --help` shows"),
        ("drive ncp --seed x", r"Invalid value for '--seed'.*`wormdrive drive --help`"),
        ("maps lanes suburb --spacing 0", r"Invalid value for '--spacing'.*`wormdrive maps lanes --help`"),
    ],
)
def test_a_line_that_cannot_be_read_is_an_error_of_ours_in_one_line(line: str, complaint: str) -> None:
    with pytest.raises(ArgumentError, match=complaint) as raised:
        CliRunner().invoke(app, line.split(), prog_name="wormdrive", catch_exceptions=False)
    assert "\n" not in str(raised.value)


def commands(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


def test_arguments_are_called_alike_in_all_help() -> None:
    names = {
        (name, parameter.metavar)
        for name, command in commands(typer.main.get_command(app))
        for parameter in command.params
        if parameter.param_type_name == "argument"
    }
    assert len(names) > 6
    assert [
        (name, metavar) for name, metavar in names if not (metavar and metavar.isalpha() and metavar.isupper())
    ] == []


def test_the_examples_in_help_of_what_files_hold_are_right(tmp_path: Path) -> None:
    """A suite's YAML and that of ``train --config``, as the commands' help has them."""
    from wormdrive.cli.evaluate import evaluate
    from wormdrive.cli.train import train
    from wormdrive.scenarios.suite import load_suite
    from wormdrive.training.config import TrainConfig

    def lines(command: Callable[..., None], *keys: str) -> str:
        quoted = re.findall(r"`([^`]+)`", command.__doc__ or "")
        return "\n".join(line for line in quoted if line.split(":")[0] in keys)

    (tmp_path / "my_road.xodr").touch()
    (tmp_path / "suite.yaml").write_text(lines(evaluate, "name", "maps", "conditions", "episodes", "route_length_m"))
    assert load_suite(str(tmp_path / "suite.yaml")).all_conditions[2] == ("winter", "snowfall")
    values = yaml.safe_load(lines(train, "steps", "round_weathers"))
    assert TrainConfig(**values).round_weathers == ("day", "snowfall")
