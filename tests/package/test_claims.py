"""docs/claims.md says of every claim what was measured, beside what, by which command, and what follows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from wormdrive.cli.main import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
VERDICTS = ("holds", "holds in part", "does not hold", "not yet known")
CLAIMS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
COMMANDS = re.findall(r"^    (\S.*)$", PAGE, flags=re.MULTILINE)


def verdict(claim: str) -> str:
    (found,) = re.findall(r"^\*\*Verdict: ([a-z ]+)\.\*\*", claim, flags=re.MULTILINE)
    return found


def test_every_sentence_of_the_claim_is_there() -> None:
    assert len(CLAIMS) == 11
    assert {verdict(claim) for claim in CLAIMS} <= set(VERDICTS)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.splitlines()[0])
def test_a_claim_names_figure_baseline_and_command(claim: str) -> None:
    measured, baseline = (
        re.search(rf"^\*\*{word}\.\*\* (.+?)(?:\n\n|\Z)", claim, flags=re.MULTILINE | re.DOTALL)
        for word in ("Measured", "Baseline")
    )
    assert measured is not None
    assert baseline is not None
    if verdict(claim) != "not yet known":
        assert re.search(r"\d", measured[1])
        assert re.search(r"\d", baseline[1])
    assert re.search(r"^    (wormdrive|\.venv/bin/python) ", claim, flags=re.MULTILINE)


def test_the_table_at_the_top_agrees() -> None:
    rows = re.findall(r"^\| \[(.+?)\]\(#(.+?)\) \| (.+?) \|", PAGE, flags=re.MULTILINE)
    headings = [claim.splitlines()[0] for claim in CLAIMS]
    assert [title for title, _, _ in rows] == headings
    assert [said for _, _, said in rows] == [verdict(claim) for claim in CLAIMS]
    for title, anchor, _ in rows:
        assert anchor == re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_exist(command: str) -> None:
    words = shlex.split(command.split("  #")[0])
    if words[0] != "wormdrive":
        assert (ROOT / words[1]).is_file()
        return
    found: Any = typer.main.get_command(app)
    for word in words[1:3]:  # a group's own command, such as `bench cell`
        found = getattr(found, "commands", {}).get(word, found)
    assert not hasattr(found, "commands"), f"{command}: no such command"
    allowed = {name for parameter in found.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= allowed
