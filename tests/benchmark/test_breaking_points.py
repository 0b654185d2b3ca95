from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.breaking_points import METRIC, LadderBreak, breaking_points, compare_breaking_points
from wormdrive.benchmark.drive_row import DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.envs.common.errors import ArgumentError

HERTZ = (10.0, 5.0, 3.0, 2.0, 1.5, 1.0)
LADDERS = {("shifts", "frame_rate"): HERTZ}


def ladder(
    model: str, seed: int, succeeds: Callable[[int, int], bool], rungs: Iterable[int] = range(6), **changed: object
) -> list[DriveRow]:
    """Drives of one training on four routes; ``succeeds`` tells of rung and route."""
    where = {"suite": "shifts", "season": "summer", "shift": "frame_rate", "model": model, "seed": seed}
    return [
        drive_row(**where | {"rung": HERTZ[k], "route": route, "success": succeeds(k, route)} | changed)
        for k in rungs
        for route in range(4)
    ]


def holds(rungs: int) -> Callable[[int, int], bool]:
    return lambda k, route: k < rungs


def found(rows: list[DriveRow]) -> list[LadderBreak]:
    return breaking_points(DriveTable(tuple(rows)), LADDERS)


def test_each_training_in_the_rungs_unit_and_on_the_ladder() -> None:
    (ncp,) = found([row for seed, held in enumerate((0, 2, 4, 6)) for row in ladder("ncp", seed, holds(held))])
    assert (ncp.recipe, ncp.model, ncp.shift, ncp.clock, ncp.rungs, ncp.routes) == (
        *("blind", "ncp", "frame_rate", True, HERTZ, 4),
    )
    assert [(one.seed, one.rungs_held, one.rungs_driven) for one in ncp.trainings] == [
        (0, 0, 6), (1, 2, 6), (2, 4, 6), (3, 6, 6)
    ]  # fmt: skip
    assert [one.fit.side for one in ncp.trainings] == ["before_first", "within", "within", "beyond_last"]
    assert [one.fit.value for one in ncp.trainings] == [None, pytest.approx(4.0), pytest.approx(1.75), None]
    assert ncp.rungs_held is not None
    assert ncp.rungs_held.estimate == 3.0
    assert 0.0 <= ncp.rungs_held.low < 3.0 < ncp.rungs_held.high <= 6.0


def test_a_bisected_ladder_breaks_where_the_whole_one_does() -> None:
    def succeeds(k: int, route: int) -> bool:
        return k < 3 or (k == 3 and route < 2) or (k == 4 and route < 1)

    (whole,) = found(ladder("ncp", 0, succeeds))
    (bisected,) = found(ladder("ncp", 0, succeeds, rungs=(2, 3, 4)))
    assert bisected.trainings[0].rungs_held == whole.trainings[0].rungs_held == 3.5
    assert bisected.trainings[0].rungs_driven == 3
    assert bisected.rungs == HERTZ
    assert bisected.trainings[0].fit.side == "within"
    assert bisected.trainings[0].fit.value == pytest.approx(whole.trainings[0].fit.value, abs=0.1)


def test_no_fit_leaves_the_rungs_between_which_bisection_found_the_break() -> None:
    """Half, and then less, is a curve so flat that it is likeliest to break before the first rung that was driven."""
    (one,) = found(ladder("ncp", 0, lambda k, route: route < (2 if k == 2 else 1), rungs=(2, 3, 4)))
    assert (one.trainings[0].fit.side, one.trainings[0].fit.value) == ("within", HERTZ[2])
    (two,) = found(ladder("ncp", 0, lambda k, route: route < (2 if k == 1 else 3 if k == 0 else 2), rungs=(0, 1)))
    assert two.trainings[0].fit.side == "within"
    assert HERTZ[0] >= (two.trainings[0].fit.value or 0.0) >= HERTZ[1]


def test_a_single_training_has_no_interval_and_nobody_to_be_compared_with() -> None:
    rows = ladder("ncp", 0, holds(2)) + ladder("feedforward", 0, holds(5))
    assert [one.rungs_held for one in found(rows)] == [None, None]
    assert compare_breaking_points(DriveTable(tuple(rows)), LADDERS, "feedforward") == []


def test_differences_are_of_whole_trainings_and_paired_by_route() -> None:
    # every training breaks a rung earlier on route 3, which cancels
    def hard(rungs: int) -> Callable[[int, int], bool]:
        return lambda k, route: k < rungs - (route == 3)

    rows = [row for seed in range(5) for row in ladder("ncp", seed, hard(5), rungs=(2, 4, 5))]
    rows += [row for seed in range(5) for row in ladder("feedforward", seed, hard(3), rungs=(2, 3, 4))]
    rows += ladder("gru", 0, hard(1), rungs=(0, 1, 2))
    (one,) = compare_breaking_points(DriveTable(tuple(rows)), LADDERS, "feedforward")
    assert (one.model, one.reference, one.metric) == ("ncp", "feedforward", METRIC)
    assert one.condition == ("shifts", "summer", "day", "frame_rate", None, True)
    assert (one.seeds, one.reference_seeds, one.routes) == (5, 5, 4)
    assert one.difference.estimate == pytest.approx(2.0)
    assert one.difference.low > 0.0
    assert one.p_value == pytest.approx(2 / 252)


def test_a_recipe_is_a_family_and_clocks_are_apart() -> None:
    rng = np.random.default_rng(0)
    rows = [
        row
        for recipe in ("blind", "informed")
        for clock in (True, False)
        for model, middle in (("ncp", 3.0), ("lstm", 4.0), ("feedforward", 3.5))
        for seed in range(2)
        for row in ladder(model, seed, holds(round(middle + rng.normal())), recipe=recipe, clock=clock)
    ]
    table = DriveTable(tuple(rows))
    compared = compare_breaking_points(table, LADDERS, "feedforward")
    assert len(compared) == 2 * 2 * 2
    for recipe in ("blind", "informed"):
        family = [one for one in compared if one.recipe == recipe]
        assert min(one.p_corrected for one in family) == pytest.approx(min(1.0, 4 * min(one.p_value for one in family)))
    found = breaking_points(table, LADDERS)
    assert len(found) == 2 * 2 * 3
    assert [one for one in found if not one.clock] == breaking_points(table.select(clock=False), LADDERS)


def test_what_is_no_ladder_is_left_out_and_what_does_not_fit_is_named() -> None:
    assert found([drive_row(shift="factors", rung=1.0)]) == []
    with pytest.raises(ArgumentError, match=r"model='ncp'.*rung=7.0: allowed are 10.0, 5.0"):
        found([*ladder("ncp", 0, holds(2)), drive_row(suite="shifts", shift="frame_rate", rung=7.0)])
    with pytest.raises(ArgumentError, match=r"seed=1.*lacks route 3 on rung 1.0; allowed are the same 4 routes"):
        found(ladder("ncp", 0, holds(2)) + ladder("ncp", 1, holds(2))[:-1])


def test_places_that_go_both_ways_are_numbered() -> None:
    rows = [drive_row(shift="yaw", rung=value, success=value < 4.0, route=0) for value in (2.0, -2.0, 4.0, -4.0)]
    (one,) = breaking_points(DriveTable(tuple(rows)), {("four-seasons", "yaw"): (2.0, -2.0, 4.0, -4.0)})
    assert one.rungs == (0.0, 1.0, 2.0, 3.0)
