from __future__ import annotations

import pytest

from tests.adapting.toys import unchanged, weights_of
from wormdrive.adapting.course import Course
from wormdrive.adapting.measure import measure
from wormdrive.adapting.ways import ways_named
from wormdrive.agents.policies.serialization import load_policy


@pytest.mark.slow
def test_ways_are_paired_and_the_same_arguments_give_the_same_bits_with_any_number_of_threads() -> None:
    policy = load_policy("ncp-blind")
    before, told = weights_of(policy), []
    ways, course = ways_named(["reset", "reward", "shift-unwatched"]), Course(routes=2, length_m=40.0, snow=0.4)
    driven = measure(policy, ways, course, told=told.append)
    assert measure(policy, ways, course, threads=2) == driven
    assert unchanged(policy, before)
    assert told == list(range(1, 13))
    assert [(one.way, one.phase, one.route) for one in driven[:3]] == [
        ("frozen", "arriving", 0),
        ("frozen", "arriving", 1),
        ("frozen", "winter", 0),
    ]
    # it knows its lane in winter: a way that does little harm ends all drives as the frozen one does
    assert all(one.in_lane and 35.0 < one.metres < 45.0 for one in driven if one.way == "frozen")
    counts = {(one.way, one.phase): set(one.counts) for one in driven}
    assert counts["reset", "summer"] == {"resets"}
    assert counts["reward", "arriving"] == {"updates", "hand_overs"}
    assert counts["shift-unwatched", "arriving"] == {"updates"}
    assert counts["shift-unwatched", "winter"] == set()
