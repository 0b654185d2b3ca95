from __future__ import annotations

from wormdrive.audited_trainings.figures import NAMES, figures_of


def test_figures_are_found_where_an_audit_has_them() -> None:
    tree = {"leaves": 8, "within": 3, "drives": 12}
    data = {
        "sections": {
            "wheel": {"network": {"within": 9, "drives": 12}, "trees": {"neurons": [tree | {"leaves": 4}, tree]}},
            "trees": {"neurons": {"a": {"r2": 0.6}, "b": {"r2": 0.4}}},
            "dynamics": {
                "neurons": {"a": {"time_constant_s": [1.0, 2.0, 3.0]}, "b": {"time_constant_s": [1.0, 4.0, 5.0]}},
            },
            "attention": None,
        }
    }
    found = {name: value for name, value in figures_of(data).items() if value is not None}
    assert found == {
        "network_within": 0.75,
        "neurons_tree_4_within": 0.25,
        "neurons_tree_8_within": 0.25,
        "legible_neurons": 0.5,
        "time_constant_s": 3.0,
    }


def test_a_constant_that_never_ends_is_no_number() -> None:
    data = {"sections": {"dynamics": {"neurons": {"a": {"time_constant_s": [1.0, None, None]}}}}}
    assert figures_of(data)["time_constant_s"] is None
    memoryless = {"sections": {"dynamics": {"neurons": {"a": {"range": 1.0}}}}}
    assert figures_of(memoryless)["time_constant_s"] is None


def test_every_figure_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
