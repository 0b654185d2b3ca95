from __future__ import annotations

import json
import math

import pytest

from tests.audited_trainings.rows import ROWS, row
from wormdrive.audited_trainings.summary import is_clear, summaries_json, summarise


def test_means_are_over_trainings_and_differences_seed_by_seed() -> None:
    ncp, memoryless, paper, told = summarise(ROWS)
    assert [group.label for group in (ncp, paper, told)] == ["ncp, blind", "ncp, paper", "told the road"]
    assert ncp.seeds == (0, 1, 2)
    road = ncp.figures["road_share"]
    assert road is not None
    assert road.estimate == pytest.approx(0.51)
    assert road.low < road.estimate < road.high
    less = ncp.differences["road_share"]
    assert less is not None
    assert (less.estimate, less.low, less.high) == pytest.approx((0.3, 0.3, 0.3)), "seeds differ alike in both"
    assert is_clear(less)
    assert ncp.differences["half_life_s"] is None, "the memoryless kind has none"
    assert ncp.figures["modularity"] is None
    assert set(memoryless.differences.values()) == {None}
    assert paper.differences["road_share"] is None, "nobody else has that recipe"


def test_one_training_has_no_interval_and_is_never_clear() -> None:
    (one,) = [group for group in summarise(ROWS) if group.recipe == "paper"]
    figure = one.figures["road_share"]
    assert figure is not None
    assert figure.estimate == 0.3
    assert math.isnan(figure.low)
    assert not is_clear(figure)


def test_trainings_that_lack_a_figure_do_not_count_for_it() -> None:
    rows = [row("ncp", 0, road_share=0.4), row("ncp", 1), row("ncp", 2, road_share=0.6)]
    rows += [row("feedforward", seed, road_share=0.1 * seed) for seed in (1, 2)]
    group = summarise(rows)[0]
    figure, less = group.figures["road_share"], group.differences["road_share"]
    assert figure is not None
    assert less is not None
    assert figure.estimate == pytest.approx(0.5)
    assert less.estimate == pytest.approx(0.4)
    assert math.isnan(less.low), "one seed has both"


def test_plain_data() -> None:
    told = json.loads(json.dumps(summaries_json(summarise(ROWS)), allow_nan=False))
    assert [(one["kind"], one["recipe"], one["seeds"]) for one in told][:2] == [
        ("ncp", "blind", [0, 1, 2]),
        ("feedforward", "blind", [0, 1, 2]),
    ]
    assert told[2]["figures"]["road_share"] == {"estimate": 0.3, "low": None, "high": None, "level": 0.95}
    assert told[0]["less_feedforward"]["road_share"]["estimate"] == pytest.approx(0.3)
