from __future__ import annotations

import numpy as np

from wormdrive.audit.page.wheel import drives_cell, wheel_finding, wheel_fragment
from wormdrive.audit.situation import NAMES
from wormdrive.audit.trees.small_tree import fit_small_tree
from wormdrive.audit.wheel.section import Driven, TreeDriven, WheelSection

COLUMNS = np.random.default_rng(0).uniform(-1, 1, (400, len(NAMES)))
DRIVE = np.repeat(np.arange(4), 100)


def driven(within: int) -> Driven:
    return Driven(8, within, min(within + 1, 8), {"summer": within // 2, "winter": within - within // 2}, 0.1)


def tree(leaves: int, within: int) -> TreeDriven:
    return TreeDriven(leaves, fit_small_tree(COLUMNS, 0.01 * COLUMNS[:, 0], DRIVE, leaves=leaves), driven(within))


def section(*within: int) -> WheelSection:
    few, many, most = within
    trees = {"situation": (tree(2, few), tree(4, many), tree(8, most))}
    return WheelSection(driven(8), driven(0), trees, {"situation": NAMES})


def test_the_smallest_of_the_best_trees_is_named() -> None:
    assert wheel_finding(section(1, 7, 7)) == (
        "a tree of 4 leaves over what a person can name keeps the lane in its place on 7 of 8 drives (it itself on 8)"
    )
    assert wheel_finding(section(0, 0, 0)) == "no tree of up to 8 leaves keeps the lane in its place"


def test_the_fragment_has_a_row_a_size_and_the_best_tree_in_words() -> None:
    made = wheel_fragment(section(1, 7, 5))
    assert [f"<td>{leaves}</td>" in made for leaves in (2, 4, 8)] == [True] * 3
    assert drives_cell(driven(7).to_json()) == "7 (8) of 8"
    assert all(f"<td>{cell} of 8</td>" in made for cell in ("1 (2)", "7 (8)", "5 (6)"))
    assert "what these roads ask: 0 (1) of 8" in made
    assert "The tree of 4 leaves over what a person can name, in words" in made
    assert made.count("<li>") == 4
