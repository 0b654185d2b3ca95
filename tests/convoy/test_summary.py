from __future__ import annotations

import numpy as np
import pytest

from wormdrive.convoy.drive_row import ConvoyRow
from wormdrive.convoy.summary import summarise
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.convoy.speed_profile import EVERYDAY_PROFILES


def rows(
    model: str, succeed: float, trainings: int = 3, gain: float = 0.8, condition: str = "summer"
) -> list[ConvoyRow]:
    random = np.random.default_rng(len(model))
    found = []
    for seed in range(trainings):
        for route in range(16):
            success = int(random.random() < succeed)
            profile = EVERYDAY_PROFILES[route % 4]
            first = 0.0 if profile == "constant" else 4.0
            reason = "time_limit" if success else "collision"
            found.append(
                ConvoyRow(
                    model, seed, condition, route, profile, reason, success, 40.0, 1.0, 5.0, 0.1, first, gain**2 * first
                )
            )
    return found


def test_measures_are_shares_means_and_a_pooled_gain() -> None:
    (one,) = summarise(rows("expert", 1.0, trainings=1)).models
    assert (one.model, one.trainings, one.drives) == ("expert", 1, 16)
    assert one.measures["success"] == 1.0
    assert one.measures["collision"] == 0.0
    assert one.measures["gap_error_m"] == 1.0
    assert one.measures["string_gain"] == pytest.approx(0.8)
    assert set(one.intervals.values()) == {None}, "one training says nothing of others"


def test_several_trainings_have_intervals_that_hold_the_estimate() -> None:
    one = summarise(rows("ncp", 0.6)).models[0]
    interval = one.intervals["success"]
    assert interval is not None
    assert 0.0 <= interval.low < interval.estimate == one.measures["success"] < interval.high <= 1.0
    assert one.measures["success"] + one.measures["collision"] == pytest.approx(1.0)  # type: ignore[operator]


def test_who_never_arrives_has_no_gain() -> None:
    one = summarise(rows("ncp", 0.0)).models[0]
    assert one.measures["string_gain"] is None
    assert one.intervals["string_gain"] is None


def test_where_one_training_alone_arrives_its_gain_has_no_interval() -> None:
    table = [row for row in rows("ncp", 0.0) if row.seed] + [row for row in rows("ncp", 1.0) if not row.seed]
    one = summarise(table).models[0]
    assert one.measures["string_gain"] == pytest.approx(0.8)
    assert one.intervals["string_gain"] is None


def test_models_are_compared_with_one_frame_and_no_memory() -> None:
    table = rows("expert", 1.0, 1) + rows("feedforward", 0.1) + rows("ncp", 0.95) + rows("lstm", 0.15)
    found = {one.model: one for one in summarise(table).comparisons if one.measure == "success"}
    assert set(found) == {"ncp", "lstm"}
    assert found["ncp"].difference.estimate > 0.6
    assert found["ncp"].p_value == pytest.approx(0.1), "three trainings against three cannot say more"
    assert found["ncp"].p_corrected == pytest.approx(0.2)


def test_trainings_that_drove_other_routes_are_refused() -> None:
    with pytest.raises(ArgumentError, match="'ncp' under 'summer': training 2 lacks 15"):
        summarise(rows("ncp", 0.5)[:-1])
