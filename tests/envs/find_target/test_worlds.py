from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.envs.find_target.flights import SCENARIO
from wormdrive.envs.find_target.wood import TRUNK_M
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import BODY_M, END_REASONS, LOST_S, FlightWorlds

STILL = np.zeros((1, 4))


def begun(**changes: object) -> FlightWorlds:
    worlds = FlightWorlds(1, WoodCamera())
    worlds.reset([replace(SCENARIO, **changes)])  # type: ignore[arg-type]
    return worlds


def target_of(worlds: FlightWorlds) -> np.ndarray:
    seen = worlds.step(STILL)
    x, y, z = worlds.flight.position[0]
    cos, sin = np.cos(worlds.flight.heading[0]), np.sin(worlds.flight.heading[0])
    ahead, left, up = seen.target[0]
    return np.array([x + ahead * cos - left * sin, y + ahead * sin + left * cos, z + up])


def test_near_and_in_view_is_found() -> None:
    worlds = begun()
    target = target_of(worlds)
    worlds.flight.position[0] = target + np.array([2.2, 0.0, 1.4])
    worlds.flight.heading[0] = np.pi
    seen = worlds.step(STILL)
    assert END_REASONS[seen.end_reason[0]] == "found"
    assert seen.distance_m[0] < 2.0
    after = worlds.step(np.ones((1, 4)))
    assert (after.camera == seen.camera).all()
    assert after.time_s[0] == seen.time_s[0]


def test_near_but_looking_away_is_not_found_and_in_the_end_lost() -> None:
    worlds = begun()
    target = target_of(worlds)
    worlds.flight.position[0] = target + np.array([2.0, 0.0, 1.4])
    worlds.flight.heading[0] = 0.0
    steps = 0
    while worlds.end_reason[0] == 0:
        seen = worlds.step(STILL)
        steps += 1
    assert END_REASONS[worlds.end_reason[0]] == "lost"
    assert seen.visible[0] == 0.0
    assert steps == round(LOST_S / 0.1)


def test_a_trunk_in_the_way_is_a_collision() -> None:
    worlds = begun()
    trunk = worlds.trunks(0)[0]
    worlds.flight.position[0, :2] = trunk + np.array([TRUNK_M + BODY_M + 0.05, 0.0])
    assert worlds.step(STILL).end_reason[0] == 0
    worlds.flight.position[0, :2] = trunk + np.array([TRUNK_M + BODY_M - 0.05, 0.0])
    assert END_REASONS[worlds.step(STILL).end_reason[0]] == "collision"


def test_time_is_up() -> None:
    worlds = begun(time_limit_s=0.5)
    reasons = [int(worlds.step(STILL).end_reason[0]) for _ in range(5)]
    assert [END_REASONS[reason] for reason in reasons] == ["", "", "", "", "time_limit"]


def test_a_moving_target_moves_in_the_picture() -> None:
    still, moving = begun(), begun(target_speed_mps=1.0)
    for _ in range(15):
        a, b = still.step(STILL), moving.step(STILL)
    assert np.hypot(*(a.target - b.target)[0, :2]) > 1.0
    assert (a.camera != b.camera).any()


def test_shown_poses_are_what_was_seen_there() -> None:
    worlds = begun(target_speed_mps=1.0)
    poses, seen = [], []
    for _ in range(3):
        seen.append(worlds.step(np.array([[1.0, 0.0, 0.0, 0.5]])).camera[0])
        poses.append(np.append(worlds.flight.position[0], worlds.flight.heading[0]))
    pictures, labels = worlds.show(0, np.array(poses), np.array([1, 2, 3]))
    assert np.array_equal(pictures, np.array(seen))
    assert labels.shape == pictures.shape[:3]
    worlds.change_conditions(0, SCENARIO.conditions, art_seed=1)
    other, _ = worlds.show(0, np.array(poses), np.array([1, 2, 3]))
    assert not np.array_equal(other, pictures)
    worlds.change_conditions(0, SCENARIO.conditions)
    again, _ = worlds.show(0, np.array(poses), np.array([1, 2, 3]))
    assert np.array_equal(again, pictures)


def test_a_target_that_is_moved_is_observed_there() -> None:
    worlds = begun()
    x, y = worlds.target_place(0)
    before = worlds.observe().distance_m[0]
    away = np.array([x, y]) - worlds.flight.position[0, :2]
    worlds.move_target(0, *(np.array([x, y]) + away).tolist())
    assert worlds.observe().distance_m[0] > 1.5 * before
    worlds.move_target(0, x, y)
    np.testing.assert_allclose(worlds.observe().distance_m[0], before, atol=1e-3)
