from __future__ import annotations

import re

import numpy as np

from wormdrive.audit.situation import NAMES
from wormdrive.audit.trees.small_tree import SmallTree, fit_small_tree
from wormdrive.audit.trees.words import sentences, steers


def tree_of(*steps: tuple[str, float, float]) -> SmallTree:
    """Fit a tree to a sum of steps: column, where, how high."""
    rng = np.random.default_rng(0)
    columns = rng.uniform(-1, 1, (4000, len(NAMES)))
    wanted = sum((columns[:, NAMES.index(name)] > at) * height for name, at, height in steps)
    return fit_small_tree(columns, np.asarray(wanted, np.float64), np.repeat(np.arange(4), 1000), leaves=1 + len(steps))


def said(tree: SmallTree) -> list[str]:
    return sentences(tree, lambda value: "steers left" if value > 0.5 else "steers on")


def test_a_path_is_said_in_words() -> None:
    first, second = said(tree_of(("offset", 0.4, 1.0)))
    assert re.match(r"(69|70|71) %: steers on when offset is 0\.(39|4)", first)
    assert first.endswith(" m or less")
    assert re.match(r"(29|30|31) %: steers left when left of the lane's centre by more than 0\.(39|4)", second)


def test_sides_are_said_by_name() -> None:
    right = said(tree_of(("offset", -0.4, 1.0)))[1]
    assert re.match(r"(29|30|31) %: steers on when right of the lane's centre by more than 0\.(39|4)\d* m$", right)
    bend = said(tree_of(("curvature ahead", -0.5, 1.0)))[1]
    assert "when a bend to the right 1 s ahead by more than 0.5" in bend
    ago = said(tree_of(("speed before", 0.5, 1.0)))[1]
    assert "when speed 0.5 s ago is more than 0.5" in ago


def test_a_tree_without_questions_says_always() -> None:
    columns = np.random.default_rng(0).normal(size=(100, len(NAMES)))
    tree = fit_small_tree(columns, np.ones(100), np.repeat([0, 1], 50))
    assert said(tree) == ["100 %: steers left, always"]


def test_steering_is_said_by_side_and_radius() -> None:
    assert [steers(curvature) for curvature in (0.02, -0.001, 0.0004)] == [
        "steers left (radius 50 m)",
        "steers right (radius 1,000 m)",
        "steers straight on",
    ]
