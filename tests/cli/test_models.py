from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wormdrive.agents.model_card import card_text, read_card
from wormdrive.agents.policies.serialization import shipped_folder, shipped_policies
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError, ModelError


def models(*arguments: object, status: int = 0) -> str:
    result = CliRunner(env={"COLUMNS": "120"}).invoke(app, ["models", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == status, result.output
    return result.stdout


def test_lists_every_shipped_policy() -> None:
    said = models()
    for name in shipped_policies():
        card = read_card(shipped_folder(name))
        (line,) = [line for line in said.splitlines() if line.split()[:1] == [name]]
        assert f"{card.parameters:,}" in line
        for season in ("summer", "winter"):
            successes, drives = card.season(season)
            assert f"{successes} of {drives}" in line


def test_prints_a_card() -> None:
    assert models("ncp") == card_text(read_card(shipped_folder("ncp")))


def test_json_holds_what_the_cards_say() -> None:
    listed = json.loads(models("--json"))
    assert [card["name"] for card in listed] == list(shipped_policies())
    assert all(10_000 < card["bytes"] < 1_000_000 for card in listed)
    one = json.loads(models("ncp", "--json"))
    assert one == read_card(shipped_folder("ncp")).model_dump(mode="json")


@pytest.mark.parametrize(
    ("arguments", "kind", "complaint"),
    [
        (["nobody"], ModelError, "model='nobody': allowed are .*ncp"),
        (["ncp", "--ship", "runs"], ArgumentError, "NAME='ncp' with --ship"),
        (["--out", "there"], ArgumentError, "--out there: allowed with --ship only"),
        (["--ship", "nowhere"], ArgumentError, "nowhere/drives.csv: cannot be read"),
    ],
)
def test_what_cannot_be_is_said(arguments: list[str], kind: type[Exception], complaint: str) -> None:
    with pytest.raises(kind, match=complaint):
        models(*arguments)


def test_shipping_tells_what_is_missing_and_ends_with_status_1(tmp_path: Path) -> None:
    from wormdrive.benchmark.drive_table import DriveTable
    from wormdrive.benchmark.provenance import Provenance

    DriveTable(()).write(tmp_path / "drives.csv")
    Provenance.here().write(tmp_path / "provenance.json")
    said = models("--ship", tmp_path, "--out", tmp_path / "out", status=1)
    assert re.search(r"^ncp-informed: missing: of the training from seed 0 the table has 0 of \d+ drives$", said, re.M)
    told = json.loads(models("--ship", tmp_path, "--out", tmp_path / "out", "--json", status=1))
    assert {shipment["seed"] for shipment in told} == {None}
    assert not (tmp_path / "out").exists()
