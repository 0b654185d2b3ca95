"""Walkers stand in the world: vehicles hit them, sensors see them, and both know who they are."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.roads import read_map
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.server.actors import Walker
from wormdrive.envs.server.episode import Episode
from wormdrive.envs.server.poses import Pose
from wormdrive.envs.server.protocol.values import Description, WalkerControl
from wormdrive.envs.server.world import spawn_points
from wormdrive.envs.server.world.sensors import obstacle

WALKER = Description("walker.pedestrian.0001", {})


@pytest.fixture
def episode() -> Episode:
    return Episode(1, "country_loop", read_map("country_loop"), Conditions(), 0)


def test_a_walker_is_hit_and_named(episode: Episode) -> None:
    start = spawn_points(episode.road_map)[0]
    car = episode.spawn(Description("vehicle.tesla.model3", {}), start)
    walker = episode.spawn(WALKER, start.carrying(Pose(8.0, 0.0, 1.0)))
    assert isinstance(walker, Walker)
    met = obstacle(episode.world, start.carrying(Pose(0.0, 0.0, 1.0)), 20.0, 0.2, carrier=car.body)  # type: ignore[attr-defined]
    assert met is not None
    assert met.other is not None
    assert episode.actors.of_body(met.other) is walker
    ahead = start.turned((10.0, 0.0, 0.0))
    episode.world.set_velocity(car.body, ahead)  # type: ignore[attr-defined]
    happened = [collision for _ in range(30) for collision in episode.step(0.05)]
    others = [episode.actors.of_body(one.other) for one in happened if one.other is not None]
    assert others == [walker]


def test_a_walker_walks_in_the_world_and_leaves_it(episode: Episode) -> None:
    walker = episode.spawn(WALKER, Pose(10.0, 5.0, 1.0))
    assert isinstance(walker, Walker)
    body = episode.world.bystanders[walker.body]
    feet = 1.0 - walker.box.extent[2]
    assert body.pose.place == (10.0, 5.0, feet)
    walker.control = WalkerControl((0.0, 1.0, 0.0), 2.0, False)  # to CARLA's +y, which is -y here
    for _ in range(10):
        episode.step(0.1)
    np.testing.assert_allclose(body.pose.place, (10.0, 3.0, feet))
    np.testing.assert_allclose(body.velocity_mps, (0.0, -2.0, 0.0))
    episode.move(walker, Pose(50.0, 0.0, 1.0))
    assert body.pose.place == (50.0, 0.0, feet)
    episode.destroy(walker)
    assert not episode.world.bystanders
    assert episode.actors.of_body(walker.body) is None
