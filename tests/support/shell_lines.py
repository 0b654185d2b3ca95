"""Lines of shell in the documents: what of them can be checked without running it, and ours run in this process."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import typer.main
from typer.testing import CliRunner

from wormdrive.cli.main import app

__all__ = ["ROOT", "check", "command_of", "lines_of", "run"]

ROOT = Path(__file__).parents[2]
OTHERS = {"git", "cd", "python", "pytest", "gcc", "cc", "ray"}
"""Programs that are not ours."""


def lines_of(text: str) -> list[str]:
    """Split a block into commands; a backslash at a line's end goes on with the next."""
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def words_of(line: str) -> list[str]:
    """Split a command into words, without comments, what is put into variables for it, and where its output goes."""
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    return words[: min((words.index(sign) for sign in (">", "|", "&", "&&") if sign in words), default=len(words))]


def command_of(words: list[str]) -> tuple[Any, str, list[str]]:
    """Find our command: what parses it, its name such as ``bench cell``, and its arguments.

    Raises
    ------
    AssertionError
        There is no such command.
    """
    command = _ours()
    taken = 1
    while hasattr(command, "commands") and taken < len(words):
        assert words[taken] in command.commands, f"wormdrive {' '.join(words[1:])}: no such command"
        command = command.commands[words[taken]]
        taken += 1
    return command, " ".join(words[1:taken]), words[taken:]


@cache
def _ours() -> Any:
    return typer.main.get_command(app)


def check(line: str) -> None:
    """Check that a command, its options and the files it names exist.

    Raises
    ------
    AssertionError
        Something does not.
    """
    for part in re.split(r" && ", line):
        words = words_of(part)
        if words[0] == "wormdrive":
            _check_ours(words)
        elif words[0] == "make":
            targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert words[1] in targets, f"{line}: no such target"
        elif words[0] == "pip":
            _check_extras(line)
        elif words[0].endswith("python") and words[1:2] and words[1].endswith(".py") and "/" in words[1]:
            text = (ROOT / words[1]).read_text(encoding="utf-8")
            missing = [word for word in words[2:] if word.startswith("--") and f'"{word}"' not in text]
            assert not missing, f"{line}: {words[1]} has no {missing}"
        else:
            assert words[0].rpartition("/")[2] in OTHERS, f"{line}: what is {words[0]}?"


def _check_ours(words: list[str]) -> None:
    command, name, arguments = command_of(words)
    if not name:
        assert not arguments
        return
    assert not hasattr(command, "commands"), f"{name}: which of {', '.join(command.commands)}?"
    command.make_context(name, list(arguments))


def _check_extras(line: str) -> None:
    wanted = {extra for group in re.findall(r"(?:wormdrive|\.)\[([\w,-]+)\]", line) for extra in group.split(",")}
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    table = text.partition("[project.optional-dependencies]\n")[2].partition("\n[")[0]
    assert wanted <= set(re.findall(r"^([\w-]+) = ", table, flags=re.MULTILINE)), f"{line}: no such extra"


def run(line: str, more: dict[str, str]) -> None:
    """Run a command of ours with more arguments, by its name; others are checked only.

    Raises
    ------
    AssertionError
        It failed.
    """
    words = words_of(line)
    if words[0] != "wormdrive":
        return
    _, name, _ = command_of(words)
    added = more.get(name, "")
    if added.startswith("skip because "):
        return
    done = CliRunner().invoke(app, [*words[1:], *shlex.split(added)])
    assert done.exit_code == 0, f"{line}: {done.output[-500:]} {done.exception!r}"
    if redirected := re.search(r" > (\S+)", line):
        Path(redirected[1]).write_text(done.stdout, encoding="utf-8")
