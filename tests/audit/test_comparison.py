from __future__ import annotations

import json

from tests.audit.toys import drive_of, some_features
from wormdrive.agents.policies.registry import build_policy
from wormdrive.audit.audit import Audit
from wormdrive.audit.comparison import COLUMNS, compare_audits, recipe_of
from wormdrive.audit.counterfactuals.parts import ROAD, parts
from wormdrive.audit.page.comparison import comparison_page


def audited(model: str, kind: str, *, road: float, drives: int) -> Audit:
    """Return an audit that found road or scenery, and how trees drove."""
    share = {"first": road, "first_ci95": (0.0, 1.0), "total": road, "total_ci95": (0.0, 1.0)}
    steering = {ROAD: share} | {name: share | {"total": -0.01} for name in parts()}
    mirrored = {"slope": -0.8, "slope_ci95": (-0.9, -0.7), "left_gain": 0.9, "right_gain": 0.85}
    counterfactuals = {"scenery": 1 - road, "shares": {"steering": steering}, "mirrored_bends": mirrored}
    tree = {"leaves": 16, "drives": 8, "within": drives, "within_by_centre": drives}
    wheel = {"trees": {"neurons": [tree]}, "network": tree | {"within": 8, "within_by_centre": 8}}
    policy = build_policy({"kind": kind})

    def found(data: object) -> object:
        return type("Found", (), {"to_json": lambda _self: data})()

    sections = {"counterfactuals": found(counterfactuals), "wheel": found(wheel)}
    return Audit(model, policy, (drive_of(policy, some_features(3)),), sections, {"dynamics": "needs more"})


AUDITS = [audited("ncp", "ncp", road=0.75, drives=6), audited("mine<1>", "feedforward", road=0.5, drives=3)]


def test_a_row_a_model() -> None:
    data = json.loads(json.dumps(compare_audits(AUDITS).to_json(), allow_nan=False))
    assert list(data) == ["ncp", "mine<1>"]
    assert (data["ncp"]["kind"], data["ncp"]["recipe"]) == ("ncp", "full")
    assert data["mine<1>"]["recipe"] is None
    assert [data[name]["road_share"] for name in data] == [0.75, 0.5]
    assert [data[name]["scenery_share"] for name in data] == [0.25, 0.5]
    assert data["ncp"]["mirrored_slope"] == -0.8
    assert data["ncp"]["half_life_s"] is None, "nothing was measured"
    assert data["mine<1>"]["wheel"]["trees"]["neurons"][0]["within"] == 3
    names = [column.name for columns in COLUMNS.values() for column in columns]
    assert len(names) == len(set(names))
    assert set(names) < set(data["ncp"])


def test_recipes_are_those_of_the_cards() -> None:
    assert recipe_of("lstm-blind") == "blind"
    assert recipe_of("runs/mine") is None


def test_the_page_links_to_what_is_there() -> None:
    made = comparison_page(compare_audits(AUDITS), "wormdrive explain", pages=["ncp"])
    assert '<a href="ncp/explain.html">ncp</a>' in made
    assert "mine&lt;1&gt;" in made
    assert "mine<1>" not in made
    assert "<td>75 %</td>" in made
    assert "<td>-0.80</td>" in made
    assert "-1 %" not in made, "shares below 0 are written as 0"
    assert "<td>6 (6) of 8</td>" in made
    assert "16 leaves" in made
    assert "Trees of its neurons" in made
    assert "Trees of what a person can name" not in made, "of which nothing was measured"
