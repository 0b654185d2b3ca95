from __future__ import annotations

import json

import pytest

from wormdrive.adapting.course import PHASES, Course
from wormdrive.adapting.findings import ALL, Findings, Training
from wormdrive.adapting.measure import Driven


def training(group: str, name: str, gain: float, *, ways: tuple[str, ...] = ("frozen", "shift")) -> Training:
    driven = [
        Driven(phase, way, route, way == "shift", True, 100.0 + route + gain * (way == "shift"), {"updates": 7})
        for way in ways
        for phase in PHASES
        for route in range(3)
    ]
    return Training(group, name, tuple(driven))


FINDINGS = Findings(
    Course(routes=3), (training("a", "0", 8.0), training("a", "1", 12.0), training("b", "0", 40.0, ways=("frozen",)))
)


def test_groups_their_ways_and_all_together() -> None:
    assert {name: len(held) for name, held in FINDINGS.groups.items()} == {"a": 2, "b": 1, ALL: 3}
    assert (FINDINGS.ways("a"), FINDINGS.ways(ALL)) == (["frozen", "shift"], ["frozen"])
    assert list(Findings(Course(routes=3), FINDINGS.trainings[:2]).groups) == ["a"]
    assert FINDINGS.trainings[0].count("shift", "updates") == 21


def test_changes_are_paired_and_have_an_interval_where_there_are_several_trainings() -> None:
    change = FINDINGS.change("a", "shift", "arriving", "metres")
    assert change.mean == pytest.approx(10.0)
    assert change.low is not None
    assert change.high is not None
    assert change.low < 8.5 < 11.5 < change.high
    alone = FINDINGS.figure("b", "frozen", "winter", "metres")
    assert (alone.mean, alone.low, alone.clear) == (101.0, None, False)
    assert FINDINGS.change("a", "shift", "summer", "in_lane").clear


def test_plain_data_reads_back() -> None:
    data = json.loads(json.dumps(FINDINGS.to_json()))
    assert Findings.from_json(data) == FINDINGS
    assert len(data["drives"]) == 45
