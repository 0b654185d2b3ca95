"""Walkers stand in the world: vehicles hit them, sensors and cameras see them, and all know who they are."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.carla_server import run_client
from wormdrive.carla_server.actors.actors import Walker
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.measurement import obstacle
from wormdrive.carla_server.protocol.values import Description, WalkerControl
from wormdrive.carla_server.sensors.dynamic_objects import DynamicObjects
from wormdrive.carla_server.server import CarlaServer
from wormdrive.carla_server.world import spawn_points
from wormdrive.envs.rendering.scene import Shape
from wormdrive.envs.roads import read_map
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

WALKER = Description("walker.pedestrian.0001", {})


@pytest.fixture
def episode() -> CarlaEpisode:
    return CarlaEpisode(1, "country_loop", read_map("country_loop"), Conditions(), 0)


def test_a_walker_is_hit_and_named(episode: CarlaEpisode) -> None:
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
    collisions = [collision for _ in range(30) for collision in episode.step(0.05)]
    others = [episode.actors.of_body(one.other) for one in collisions if one.other is not None]
    assert others == [walker]


def test_a_walker_walks_in_the_world_and_leaves_it(episode: CarlaEpisode) -> None:
    start = spawn_points(episode.road_map)[0]
    walker = episode.spawn(WALKER, Pose(start.x, start.y, start.z + 1.2))
    assert isinstance(walker, Walker)
    body = episode.world.kinematic_bodies[walker.body]
    half = walker.box.extent[2]
    assert body.pose.place == (start.x, start.y, start.z + 1.2 - half)
    assert DynamicObjects(episode).now().shape.tolist() == [Shape.PERSON]
    walker.control = WalkerControl((0.0, 1.0, 0.0), 2.0, False)  # to CARLA's +y, which is -y here
    for _ in range(10):
        episode.step(0.1)
    x, y, feet = body.pose.place
    assert (x, y) == pytest.approx((start.x, start.y - 2.0))
    ground = float(episode.world.index.locate([x], [y], [feet]).z_m[0])
    assert feet == pytest.approx(ground, abs=1e-6)  # walkers stand on the road, however it slopes
    assert walker.pose.z == pytest.approx(feet + half)
    assert walker.walked_m == pytest.approx(2.0)
    np.testing.assert_allclose(body.velocity_mps, (0.0, -2.0, 0.0))
    assert DynamicObjects(episode).now().shape[0] >= Shape.STRIDE
    episode.move(walker, Pose(50.0, 0.0, 30.0))
    assert body.pose.place == (50.0, 0.0, 30.0 - half)
    episode.destroy(walker)
    assert not episode.world.kinematic_bodies
    assert episode.actors.of_body(walker.body) is None


def test_cameras_are_told_of_everybody(episode: CarlaEpisode) -> None:
    start = spawn_points(episode.road_map)[0]
    assert not len(DynamicObjects(episode).now().pose)
    names = "static.prop.trafficcone01", "static.prop.streetbarrier", "static.prop.mailbox"
    props = [episode.spawn(Description(name, {}), start.carrying(Pose(9.0, 2.0 * k))) for k, name in enumerate(names)]
    walkers = [episode.spawn(WALKER, start.carrying(Pose(12.0 + k, 0.0, 1.0))) for k in range(2)]
    car = episode.spawn(Description("vehicle.tesla.model3", {"color": "10,20,30"}), start)
    shown = DynamicObjects(episode).now()
    assert shown.actor.tolist() == [actor.id for actor in (car, *walkers, *props)]
    assert shown.shape.tolist() == [Shape.CAR, Shape.PERSON, Shape.PERSON, Shape.CONE, Shape.BARRIER, Shape.BOX]
    assert shown.label[:3].tolist() == [SemanticLabel.CAR, SemanticLabel.PEDESTRIANS, SemanticLabel.PEDESTRIANS]
    assert shown.label[3:].tolist() == [SemanticLabel.DYNAMIC, SemanticLabel.DYNAMIC, SemanticLabel.STATIC]
    assert shown.colour[0].tolist() == [10, 20, 30]
    assert np.abs(shown.colour[1].astype(int) - shown.colour[2]).max() > 30
    np.testing.assert_allclose(
        shown.pose[1, :3], walkers[0].pose.place - np.array([0.0, 0.0, walkers[0].box.extent[2]])
    )
    for prop in props:
        episode.destroy(prop)
    assert len(DynamicObjects(episode).now().pose) == 3


def test_a_client_sees_and_hits_a_walker(server: CarlaServer) -> None:
    pytest.importorskip("carla")
    result = run_client(
        """
import math
import numpy as np
start = world.get_map().get_spawn_points()[0]
synchronous()
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), start)
size = dict(image_size_x=120, image_size_y=80)
lens = carla.Transform(carla.Location(x=2.5, z=1.5))
kinds = ("rgb", "semantic_segmentation", "instance_segmentation", "depth")
cameras = {kind: listening(world.spawn_actor(blueprint("sensor.camera." + kind, **size), lens, attach_to=car))
    for kind in kinds}
collisions = listening(world.spawn_actor(blueprint("sensor.other.collision"), carla.Transform(), attach_to=car))
def pictures():
    frame = world.tick()
    return {kind: np.frombuffer(bytes(of_frame(got, frame).raw_data), np.uint8).reshape(80, 120, 4).astype(int)
        for kind, got in cameras.items()}
def beside(ahead, left=0.0, up=0.0):
    return carla.Transform(start.transform(carla.Location(x=ahead, y=-left, z=up)), start.rotation)
before = pictures()
walker = world.spawn_actor(blueprint("walker.pedestrian.0001"), beside(10.5, up=1.0))
prop = world.spawn_actor(blueprint("static.prop.trafficcone01"), beside(10.5, left=-1.5))
after = pictures()
tags = after["semantic_segmentation"][..., 2]
there = tags == 12
cone = (tags == 20) | (tags == 21)
depth = after["depth"] @ [65536, 256, 1, 0] / (2**24 - 1) * 1000
ids = after["instance_segmentation"][..., 1] + 256 * after["instance_segmentation"][..., 0]
changed = (after["rgb"] != before["rgb"]).any(axis=-1)
rows, columns = np.nonzero(there)
walker.apply_control(carla.WalkerControl(direction=start.get_right_vector(), speed=1.5))
for _ in range(20):
    moved = pictures()
walked = np.nonzero(moved["semantic_segmentation"][..., 2] == 12)[1]
walker.set_transform(beside(8.0, up=1.0))
walker.apply_control(carla.WalkerControl(speed=0.0))
car.set_target_velocity(start.get_forward_vector() * 10.0)
for _ in range(30):
    world.tick()
event = collisions.get(timeout=5.0)
result = dict(before=int((before["semantic_segmentation"][..., 2] == 12).sum()), height=int(np.ptp(rows)) + 1,
    column=float(columns.mean()), walked=float(walked.mean()), changed=float(changed[there].mean()),
    depth=float(np.median(depth[there])), ids=sorted(set(ids[there].tolist())), walker=walker.id,
    cone=[int(cone.sum()), float(np.nonzero(cone)[1].mean()), *sorted(set(ids[cone].tolist()))], prop=prop.id,
    hit=[event.other_actor.id, event.other_actor.type_id])
client.reload_world()
""",
        server.port,
    )
    assert result["before"] == 0
    assert result["height"] == pytest.approx(1.86 / 8.0 * 60.0, abs=2.0)
    assert result["column"] == pytest.approx(60.0, abs=2.0)
    assert result["depth"] == pytest.approx(8.0, abs=0.3)
    assert result["changed"] > 0.95
    assert result["ids"] == [result["walker"]]
    assert result["walked"] == pytest.approx(60.0 + 1.5 * 20 / 30 / 8.0 * 60.0, abs=2.0)
    assert result["cone"][0] > 10
    assert result["cone"][1] == pytest.approx(60.0 + 1.5 / 8.0 * 60.0, abs=2.0)
    assert result["cone"][2:] == [result["prop"]]
    assert result["hit"] == [result["walker"], "walker.pedestrian.0001"]
