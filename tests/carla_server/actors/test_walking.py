"""Walkers that a client's crowd leads."""

from __future__ import annotations

import math

import pytest

from wormdrive.carla_server.actors import walking
from wormdrive.carla_server.actors.actors import Walker
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description, WalkerControl
from wormdrive.carla_server.sensors.dynamic_objects import DynamicObjects
from wormdrive.envs.rendering.scene import Shape
from wormdrive.envs.roads import read_map
from wormdrive.envs.seasons.conditions import Conditions

STEP_S = 0.1


@pytest.fixture
def episode() -> CarlaEpisode:
    return CarlaEpisode(1, "country_loop", read_map("country_loop"), Conditions(), 0)


@pytest.fixture
def walker(episode: CarlaEpisode) -> Walker:
    made = episode.spawn(Description("walker.pedestrian.0001", {}), Pose(0.0, -6.0, 0.5))
    assert isinstance(made, Walker)
    return made


def told(episode: CarlaEpisode, walker: Walker, x: float, heading: float = 0.3, speed: float = 1.5) -> None:
    episode.move(walker, walking.follow_crowd(walker, Pose(x, -6.0, 0.0, heading), speed))


def test_who_is_led_stands_where_the_crowd_says_and_strides(episode: CarlaEpisode, walker: Walker) -> None:
    for k in range(1, 11):
        told(episode, walker, 0.15 * k)
        episode.step(STEP_S)
        assert walker.pose.place[:2] == (0.15 * k, -6.0)
    ground = float(episode.world.index.locate([1.5], [-6.0], [0.0]).z_m[0])
    assert walker.pose.z == pytest.approx(ground + walker.box.extent[2])
    assert walker.pose.heading == 0.3  # as the crowd says, though it goes straight along x
    assert walker.velocity == pytest.approx((1.5, 0.0, 0.0))
    assert walker.walked_m == pytest.approx(1.5)
    assert walker.control.speed == 1.5
    assert walker.control.direction == pytest.approx((1.0, 0.0, 0.0))
    assert episode.world.kinematic_bodies[walker.body].velocity_mps == walker.velocity
    assert DynamicObjects(episode).now().shape[0] >= Shape.STRIDE


def test_who_begins_to_walk_looks_ahead(episode: CarlaEpisode, walker: Walker) -> None:
    told(episode, walker, 0.0, heading=0.5 * math.pi)
    assert walker.velocity == pytest.approx((0.0, 1.5, 0.0))
    assert walker.control.direction == pytest.approx((0.0, -1.0, 0.0))  # CARLA's axes
    told(episode, walker, 0.0, speed=-3.0)
    assert walker.velocity == pytest.approx((0.0, 0.0, 0.0))


def test_who_is_led_no_longer_stands_still(episode: CarlaEpisode, walker: Walker) -> None:
    told(episode, walker, 0.2)
    for _ in range(5):
        episode.step(STEP_S)
        assert walker.velocity[0] > 1.4  # the crowd's word may be late
    episode.step(STEP_S)
    assert walker.velocity == (0.0, 0.0, 0.0)
    assert walker.control == WalkerControl()
    assert DynamicObjects(episode).now().shape[0] == Shape.PERSON
    place = walker.pose.place
    episode.step(STEP_S)
    assert walker.pose.place == place


def test_long_steps_are_no_silence(episode: CarlaEpisode, walker: Walker) -> None:
    for k in range(1, 4):
        told(episode, walker, 1.5 * k)
        episode.step(1.0)
        assert walker.velocity[0] == pytest.approx(1.5)


def test_a_control_goes_before_the_crowd(episode: CarlaEpisode, walker: Walker) -> None:
    told(episode, walker, 0.2)
    walker.control = WalkerControl((0.0, 1.0, 0.0), 2.0, False)
    episode.step(STEP_S)
    assert walker.pose.place[:2] == pytest.approx((0.2, -6.2))
    assert walker.crowd_report is None
