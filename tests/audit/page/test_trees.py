from __future__ import annotations

import numpy as np

from wormdrive.audit.page.trees import trees_finding, trees_fragment
from wormdrive.audit.situation import NAMES
from wormdrive.audit.trees.disentanglement import Disentanglement
from wormdrive.audit.trees.section import TreesSection
from wormdrive.audit.trees.small_tree import fit_small_tree

COLUMNS = np.random.default_rng(0).uniform(-1, 1, (400, len(NAMES)))
DRIVE = np.repeat(np.arange(4), 100)
TOLD = fit_small_tree(COLUMNS, np.sign(COLUMNS[:, 0]), DRIVE)
STILL = fit_small_tree(COLUMNS, np.zeros(400), DRIVE)


def section(gap: float) -> TreesSection:
    neurons = {"hidden_0": STILL, "hidden_1": TOLD, "hidden_2": STILL}
    return TreesSection(neurons, TOLD, TOLD, Disentanglement(0.1, 0.9, gap, 0.5, 0.0))


def test_neurons_of_which_nothing_is_told_share_a_line() -> None:
    made = trees_fragment(section(0.5))
    assert "<td>hidden 1</td>" in made
    assert "<td>hidden 0</td>" not in made
    assert "as good for 2 more, of which" in made
    assert "which never move: hidden 0, hidden 2." in made


def test_that_neurons_are_not_told_apart_is_said() -> None:
    assert trees_finding(section(0.5)).startswith("a small tree over what a person can name tells at least half")
    assert "not told apart" not in trees_finding(section(0.5))
    assert trees_finding(section(0.05)).endswith("the neurons are not told apart (information gap 5.0 %)")
