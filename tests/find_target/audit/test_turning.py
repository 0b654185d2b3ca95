from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.seasons.conditions import SEASONS
from wormdrive.find_target.audit.stage import Stage
from wormdrive.find_target.audit.turning import answer_to_sides, measure_turning
from wormdrive.find_target.policy import FlightPolicy

AWAY = np.array([0.2, -0.4, 0.3, -0.25])
FLIGHTS = np.array([0, 0, 1, 1])


def test_who_turns_to_the_target_is_told_from_who_turns_with_the_camera() -> None:
    sides = np.stack([AWAY, -AWAY, AWAY], axis=1)
    looks = answer_to_sides(1.5 * sides + 0.01, AWAY, FLIGHTS)
    assert looks.camera_both_ways == looks.target_both_ways == 1.0
    np.testing.assert_allclose(looks.camera_change, 1.5)
    np.testing.assert_allclose(looks.target_change, 1.5)
    woods = answer_to_sides(1.5 * np.stack([AWAY, -AWAY, -AWAY], axis=1), AWAY, FLIGHTS)
    np.testing.assert_allclose(woods.camera_change, 1.5)
    assert woods.target_change == (0.0, 0.0, 0.0)
    assert woods.target_both_ways == 0.0


def test_intervals_are_over_flights() -> None:
    gain = np.array([0.0, 0.0, 2.0, 2.0])
    found = answer_to_sides(gain[:, None] * np.stack([AWAY, -AWAY, AWAY], axis=1), AWAY, FLIGHTS)
    np.testing.assert_allclose(found.target_change, (1.0, 0.0, 2.0))


@pytest.mark.slow
def test_everybody_sees_the_same_sides_in_every_season(stage: Stage, policies: dict[str, FlightPolicy]) -> None:
    found = measure_turning(stage, policies, moments=4)
    assert list(found) == list(policies)
    assert set(found["cnn"]) <= set(SEASONS)
    assert {season: of.moments for season, of in found["cnn"].items()} == {
        season: of.moments for season, of in found["ncp"].items()
    }
    assert found["cnn"] == measure_turning(stage, policies, moments=4)["cnn"]
