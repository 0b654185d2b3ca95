from __future__ import annotations

from wormdrive.benchmark.report.recipe_parts import (
    augmentation_words,
    eyes_words,
    single_changes,
)
from wormdrive.training.config import Recipe, recipe

PAPER, AUXILIARY, INFORMED = recipe("paper"), recipe("paper-auxiliary"), recipe("informed")


def changed(held: Recipe, **train: object) -> Recipe:
    return held.model_copy(update={"train": held.train.model_copy(update=train)})


def test_recipes_that_differ_in_one_part_alone_are_found() -> None:
    assert single_changes({"a": PAPER, "b": AUXILIARY, "c": INFORMED}) == [("auxiliary read-out", "a", "b")]
    shaded = changed(AUXILIARY, augmentation=INFORMED.train.augmentation)
    assert single_changes({"b": AUXILIARY, "d": shaded, "c": INFORMED}) == [
        ("augmentation", "b", "d"),
        ("eyes", "d", "c"),
    ]
    assert single_changes({"b": AUXILIARY, "e": changed(AUXILIARY, steps=7)}) == [
        ("the rest of the training", "b", "e")
    ]


def test_what_is_said_otherwise_and_means_the_same_is_no_change() -> None:
    said = changed(INFORMED, policy={**INFORMED.train.policy, "auxiliary": True, "preprocess": {"colour": "grey"}})
    assert single_changes({"one": INFORMED, "other": said}) == []


def test_parts_in_words() -> None:
    assert eyes_words(PAPER) == "colour, whitening"
    assert eyes_words(INFORMED) == "grey, local contrast"
    assert augmentation_words(PAPER) == "shadow"
    assert "wheel tracks" in augmentation_words(INFORMED)
    assert augmentation_words(changed(PAPER, augmentation=type(PAPER.train.augmentation).none())) == "none"
