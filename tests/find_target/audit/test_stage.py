from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.semantic_labels import SemanticLabel
from wormdrive.find_target.audit.parts import on_target
from wormdrive.find_target.audit.stage import RUN_UP, Stage, held_out_flights


def test_a_moment_in_its_own_scenery_is_what_was_seen_and_done(stage: Stage, flights: list[FlightEpisode]) -> None:
    frame = RUN_UP + 3
    for _ in range(2):  # the second time after something else
        shown = stage.show(1, frame, flights[1].scenario.conditions)
        assert np.array_equal(shown.frames, flights[1].frames[frame - RUN_UP : frame + 1])
        np.testing.assert_allclose(shown.expert, flights[1].expert[frame], atol=1e-6)
        assert (shown.labels == SemanticLabel.DYNAMIC).any()
        stage.show(1, RUN_UP, Conditions.preset("winter", "day"))


def test_other_scenery_changes_the_picture_and_not_the_expert(stage: Stage, flights: list[FlightEpisode]) -> None:
    usual = stage.show(0, RUN_UP, flights[0].scenario.conditions)
    winter = stage.show(0, RUN_UP, Conditions.preset("winter", "day"))
    art = stage.show(0, RUN_UP, flights[0].scenario.conditions, 1)
    for other in (winter, art):
        assert not np.array_equal(usual.frames, other.frames)
        assert np.array_equal(usual.expert, other.expert)


def test_flights_without_a_run_up_are_refused(flights: list[FlightEpisode]) -> None:
    short = replace(flights[0], frames=flights[0].frames[:RUN_UP])
    with pytest.raises(ArgumentError, match="allowed are more"):
        Stage([flights[0], short])


@pytest.mark.parametrize(("count", "seed", "name"), [(1, 0, "flights=1"), (2, -1, "seed=-1")])
def test_numbers_out_of_range_are_refused(count: int, seed: int, name: str) -> None:
    with pytest.raises(ArgumentError, match=name):
        held_out_flights(count, seed)


def test_the_target_alone_changes_sides(stage: Stage, flights: list[FlightEpisode]) -> None:
    summer = flights[0].scenario.conditions
    column = np.arange(144)

    def middle(camera: float, target: float) -> tuple[np.ndarray, np.ndarray, float]:
        picture, labels = stage.aside(0, RUN_UP, camera, target, summer)
        return picture, on_target(labels), float((on_target(labels) * column).sum() / on_target(labels).sum())

    left, at_left, left_at = middle(0.3, 0.3)
    right, at_right, right_at = middle(-0.3, -0.3)
    moved, at_moved, moved_at = middle(-0.3, 0.3)
    assert left_at < 60.0
    assert right_at > 84.0
    np.testing.assert_allclose(left_at + right_at, 143.0, atol=2.0)
    np.testing.assert_allclose(moved_at, left_at, atol=2.0)
    far = ndimage.distance_transform_edt(~(at_right | at_moved)) > 20.0  # nearer there are its shadows
    assert far.mean() > 0.5
    assert np.array_equal(right[far], moved[far])
    assert not np.array_equal(left, moved)
    assert at_left.any()
    again, _, _ = middle(0.3, 0.3)
    assert np.array_equal(left, again)
