from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from wormdrive.agents.inspection import inspect_policy
from wormdrive.agents.model_card import CARD_FILE, CardResult, ModelCard, card_bytes, card_text, read_card
from wormdrive.agents.policies.serialization import WEIGHTS_FILE, load_policy, shipped_folder, shipped_policies
from wormdrive.envs.common.errors import ModelError

CARD = ModelCard(
    name="mine",
    kind="lstm",
    recipe="informed",
    seed=3,
    version="1.2.3",
    licence="MIT",
    parameters=97_456,
    weights_sha256="0" * 64,
    data="Ten drives: of summer, by day.",
    knows=("winter",),
    chosen="It is the median of 3 trainings.",
    results=(
        CardResult(season="summer", weather="day", successes=16, drives=16, low=0.8064, high=1.0, offset_m=0.031),
        CardResult(season="winter", weather="day", successes=9, drives=16, low=0.332, high=0.769, offset_m=0.4),
        CardResult(season="winter", weather="fog", successes=1, drives=16, low=0.011, high=0.283, offset_m=0.9),
    ),
    evaluated_by=("wormdrive evaluate mine --suite winter",),
    limits=("It keeps its lane, and no more.",),
    commands=("wormdrive record runs/e", "wormdrive train runs/e --out runs/mine"),
    made_with={"processor": "some", "torch": "2"},
)


def test_a_card_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_bytes(card_bytes(CARD))
    assert read_card(tmp_path) == CARD
    assert card_bytes(read_card(tmp_path)) == card_bytes(CARD)


def test_the_text_says_what_the_data_say() -> None:
    text = card_text(CARD)
    assert text.startswith(
        "# mine\n\nA policy of kind `lstm`, trained by recipe `informed` from seed 3 with version 1.2.3"
    )
    assert "97,456 trainable numbers" in text
    assert "| winter | day | 9 of 16 | 33 to 77 % | 40 cm |" in text
    assert "had looked at pictures of winter" in text
    assert "Driven again by:\n\n    wormdrive evaluate mine --suite winter\n" in text
    assert "    wormdrive train runs/e --out runs/mine\n" in text
    assert "Made with processor some, torch 2" in text
    assert "chosen when" not in text
    blind = card_text(CARD.model_copy(update={"knows": (), "chosen_after": ("winter",)}))
    assert "names no other season whose pictures" in blind
    assert "chosen when people had seen how it and others drive in winter." in blind


def test_seasons_are_summed_over_weathers() -> None:
    assert CARD.season("winter") == (10, 32)
    assert CARD.season("autumn") == (0, 0)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "cannot be read"),
        ("# mine\n", "no data at its head"),
        ("---\nname: mine\n", "no data at its head"),
        ("---\n[\n---\n", "allowed is YAML"),
        ("---\nname: mine\n---\n", "kind: missing"),
        ("---\n- 1\n---\n", "allowed is a table"),
    ],
)
def test_what_is_no_card_is_refused(tmp_path: Path, text: str | None, complaint: str) -> None:
    if text is not None:
        (tmp_path / CARD_FILE).write_text(text)
    with pytest.raises(ModelError, match=complaint):
        read_card(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_bytes(b"---\n\xff\n---\n")
    with pytest.raises(ModelError, match="byte 4 is no UTF-8"):
        read_card(tmp_path)


@pytest.mark.parametrize("name", shipped_policies())
def test_every_shipped_policy_has_a_card_that_fits_it(name: str) -> None:
    folder = shipped_folder(name)
    card, policy = read_card(folder), load_policy(name)
    assert (folder / CARD_FILE).read_bytes() == card_bytes(card), "text and data have come apart"
    assert (card.name, card.kind) == (name, policy.config.kind)
    assert card.weights_sha256 == hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    counts = inspect_policy(policy).parameters
    assert card.parameters == sum(counts.values()) - counts["auxiliary"]
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1_000_000
    assert all(result.drives for result in card.results)


def test_who_is_not_shipped_is_named_with_those_who_are() -> None:
    with pytest.raises(ModelError, match=r"model='nobody': allowed are .*ncp"):
        shipped_folder("nobody")
