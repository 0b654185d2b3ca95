"""Props: oriented boxes that sensors measure, walls to vehicles, and bodies of their mass once their physics is on."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.carla_server.world.worlds import CAR, DT_S, driving, world
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import Lidar, LidarSettings, Radar, RadarSettings, obstacle
from wormdrive.carla_server.world import Collision, VehicleCommand, World
from wormdrive.carla_server.world.collisions.collision_kernel import RESTITUTION
from wormdrive.carla_server.world.collisions.props_kernel import CLEARANCE_M, SLIDING
from wormdrive.envs.common.errors import ArgumentError, SpawnError

MASS = CAR.parameters.mass_kg
DYNAMIC = 21
BARRIER = (1.5, 0.2, 0.5)
FINE = LidarSettings(channels=32, range_m=40.0, points_per_second=32 * 40_000.0, upper_rad=0.2, lower_rad=-0.2)


def run(target: World, seconds: float) -> list[Collision]:
    return [event for _ in range(round(seconds / DT_S)) for event in target.step(DT_S)]


def first_event(target: World) -> tuple[Collision, float]:
    """The first collision, and the first vehicle's speed before it."""
    for _ in range(300):
        before = float(target.state().velocity_mps[0, 0])
        events = target.step(DT_S)
        if events:
            return events[0], before
    raise AssertionError("nothing was hit")


def test_a_barrier_stops_a_car_and_stays() -> None:
    road_world = world()
    car = driving(road_world, 100.0, -4.0, 15.0)
    barrier = road_world.props.add(Pose(115.0, -4.0, 0.0, math.pi / 2.0), BARRIER, DYNAMIC)
    event, before = first_event(road_world)
    assert (event.vehicle, event.other) == (car, barrier)
    assert event.impulse_ns[0] == pytest.approx(-(1.0 + RESTITUTION) * MASS * before, rel=0.01)
    assert event.position_m[0] == pytest.approx(114.8, abs=0.25)
    run(road_world, 2.0)
    state = road_world.state()
    assert state.pose[0, 0] + state.extent_m[0, 0] < 114.81
    assert abs(state.speed_mps[0]) < 2.0
    assert road_world.props.pose(barrier) == Pose(115.0, -4.0, 0.0, math.pi / 2.0)


def test_the_blow_of_an_oblique_barrier_is_square_to_its_face() -> None:
    """Without friction it would be exactly so; with it, it lies within the cone of friction."""
    angle = math.radians(30.0)
    road_world = world()
    driving(road_world, 100.0, -4.0, 12.0)
    road_world.props.add(Pose(115.0, -4.0, 0.0, math.pi / 2.0 + angle), (4.0, 0.1, 0.5), DYNAMIC)
    event, before = first_event(road_world)
    impulse = np.array(event.impulse_ns[:2])
    away = np.array([-math.cos(angle), -math.sin(angle)])
    along = np.array([-away[1], away[0]])
    assert impulse @ away > 0.3 * MASS * before * math.cos(angle)
    assert abs(impulse @ along) <= 0.4 * (impulse @ away) + 1e-6
    # the corner that meets it first is that on the left; its face there is nearer than on its own axis
    half_width = 0.5 * CAR.parameters.width_m
    there = 115.0 - 0.1 / math.cos(angle) - half_width * math.tan(angle)
    assert event.position_m[0] == pytest.approx(there, abs=0.3)
    assert event.position_m[1] == pytest.approx(-4.0 + half_width, abs=0.15)
    state = road_world.state()
    arm, turn = np.array(event.position_m[:2]) - state.pose[0, :2], state.angular_velocity_radps[0, 2]
    there_now = state.velocity_mps[0, :2] + turn * np.array([-arm[1], arm[0]])
    assert there_now @ away > -0.1 * before * math.cos(angle)  # the approach has ended, but for what friction gave back
    assert turn > 0.2


def test_beside_the_oriented_box_there_is_room() -> None:
    """A long barrier along the lane, 30 degrees askew, would bar the way if its box were turned with the map."""
    angle = math.radians(30.0)
    road_world = world()
    driving(road_world, 100.0, -4.0, 10.0)
    half_width = 0.5 * CAR.parameters.width_m
    middle = Pose(110.0, -4.0 + half_width + 2.0 * math.sin(angle) + 0.1 + 0.3, 0.0, angle)
    road_world.props.add(middle, (2.0, 0.1, 0.5), DYNAMIC)
    assert not run(road_world, 3.0)
    road_world.teleport(1, Pose(100.0, -4.0))
    road_world.set_velocity(1, (10.0, 0.0, 0.0))
    road_world.props.move(2, Pose(middle.x, middle.y - 0.5, 0.0, angle))
    assert run(road_world, 3.0)


def test_with_its_physics_on_momentum_is_shared() -> None:
    road_world = world()
    driving(road_world, 100.0, -4.0, 12.0)
    crate = road_world.props.add(Pose(115.0, -4.0), (0.6, 0.6, 0.6), DYNAMIC, 400.0)
    road_world.props.set_physics(crate, True)
    event, before = first_event(road_world)
    after = float(road_world.state().velocity_mps[0, 0])
    pushed = road_world.props.velocity(crate)
    assert event.other == crate
    assert MASS * after + 400.0 * pushed[0] == pytest.approx(MASS * before, rel=1e-3)
    assert pushed[0] - after == pytest.approx(RESTITUTION * before, rel=0.02)
    assert event.impulse_ns[0] == pytest.approx(-400.0 * pushed[0], rel=1e-6)
    road_world.command(1, VehicleCommand(brake=1.0))
    run(road_world, 4.0)
    assert road_world.props.velocity(crate) == (0.0, 0.0, 0.0)
    assert road_world.props.pose(crate).x > 116.0


def test_a_cone_flies_away_and_slides_to_a_stop() -> None:
    road_world = world()
    driving(road_world, 100.0, -4.0, 15.0)
    cone = road_world.props.add(Pose(110.0, -4.0), (0.2, 0.2, 0.35), DYNAMIC, 4.0)
    road_world.props.set_physics(cone, True)
    _, before = first_event(road_world)
    assert road_world.state().velocity_mps[0, 0] > 0.99 * before
    road_world.props.set_velocity(cone, (8.0, 0.0, 0.0))
    road_world.remove(1)
    other = driving(road_world, 1500.0, 4.0, 0.0)  # nothing moves in a world without vehicles
    start = road_world.props.pose(cone).x
    run(road_world, 4.0)
    assert road_world.props.pose(cone).x - start == pytest.approx(8.0**2 / (2.0 * SLIDING * 9.81), rel=0.05)
    assert road_world.has(other)


def test_what_is_pushed_pushes_on() -> None:
    road_world = world()
    driving(road_world, 100.0, -4.0, 10.0)
    crates = [road_world.props.add(Pose(110.0 + 1.02 * k, -4.0), (0.5, 0.5, 0.5), DYNAMIC, 30.0) for k in range(3)]
    for crate in crates:
        road_world.props.set_physics(crate, True)
    run(road_world, 3.0)
    places = [road_world.props.pose(crate).x for crate in crates]
    assert places[2] > 113.0
    assert min(np.diff(places)) > 0.99


def test_low_things_are_rolled_over_and_high_ones_passed_below() -> None:
    road_world = world()
    driving(road_world, 100.0, -4.0, 10.0)
    road_world.props.add(Pose(110.0, -4.0), (0.5, 0.5, 0.45 * CLEARANCE_M), DYNAMIC)
    road_world.props.add(Pose(115.0, -4.0, CAR.height_m + 0.1), (0.5, 0.5, 0.5), DYNAMIC)
    ghost = road_world.props.add(Pose(120.0, -4.0), (0.5, 0.5, 0.5), DYNAMIC, solid=False)
    assert not run(road_world, 4.0)
    road_world.teleport(1, Pose(100.0, -4.0))
    road_world.set_velocity(1, (10.0, 0.0, 0.0))
    road_world.props.set_solid(ghost, True)
    assert {event.other for event in run(road_world, 4.0)} == {ghost}


def test_a_thing_that_lies_down_takes_the_room_it_lies_in() -> None:
    """A post of 4 m that was tipped forward lies 4 m along its heading."""
    road_world = world()
    driving(road_world, 100.0, -4.0, 10.0)
    road_world.props.add(Pose(110.0, -4.0, 0.3, 0.0, math.pi / 2.0), (0.3, 0.3, 2.0), DYNAMIC)
    event, _ = first_event(road_world)
    assert event.position_m[0] == pytest.approx(110.0, abs=0.3)
    met = obstacle(road_world, Pose(112.0, -8.0, 0.3, math.pi / 2.0), 10.0, 0.1)
    assert met is not None
    assert (met.other, met.distance_m) == (2, pytest.approx(4.0 - 0.3 - 0.1, abs=1e-3))


def test_nothing_is_spawned_on_a_prop_until_it_is_moved_or_gone() -> None:
    road_world = world()
    barrier = road_world.props.add(Pose(100.0, -4.0, 0.0, math.radians(30.0)), BARRIER, DYNAMIC)
    with pytest.raises(SpawnError, match="something stands there"):
        road_world.spawn_vehicle(CAR, Pose(100.0, -4.0))
    assert road_world.ids == []
    road_world.props.move(barrier, Pose(100.0, 4.0))
    road_world.spawn_vehicle(CAR, Pose(100.0, -4.0))
    with pytest.raises(SpawnError):
        road_world.spawn_vehicle(CAR, Pose(101.0, 4.0))
    road_world.props.remove(barrier)
    road_world.spawn_vehicle(CAR, Pose(101.0, 4.0))
    assert len(road_world.props) == 0


def test_a_lidar_measures_the_oriented_box() -> None:
    angle = math.radians(30.0)
    road_world = world()
    prop = road_world.props.add(Pose(510.0, 1.0, 0.0, angle), BARRIER, DYNAMIC)
    pose = Pose(500.0, 0.0, 0.6)
    scan = Lidar(FINE).scan_semantic(road_world, pose, 0.1)
    on = scan.ids == prop
    assert on.sum() > 100
    assert (scan.tags[on] == DYNAMIC).all()
    points = scan.points[on, :3] + np.array([pose.x - 510.0, pose.y - 1.0, pose.z - BARRIER[2]])
    turned = np.array([[math.cos(angle), math.sin(angle), 0.0], [-math.sin(angle), math.cos(angle), 0.0], [0, 0, 1]])
    share = np.abs(points @ turned.T) / BARRIER
    np.testing.assert_allclose(share.max(axis=1), 1.0, atol=1e-4)  # on its faces, each of them
    faces = share.argmax(axis=1)
    assert {0, 1} <= set(faces.tolist())
    ignoring = Lidar(FINE).scan_semantic(road_world, pose, 0.1, prop)
    assert not (ignoring.ids == prop).any()


def test_radar_and_obstacle_detector_measure_it() -> None:
    road_world = world()
    prop = road_world.props.add(Pose(510.0, 0.0, 0.0, math.pi / 2.0), BARRIER, DYNAMIC)
    road_world.props.move(prop, Pose(510.0, 0.0, 0.0, math.pi / 2.0), (-3.0, 0.0, 0.0))
    pose = Pose(500.0, 0.0, 0.6)
    found = Radar(RadarSettings(0.02, 0.02)).measure(road_world, pose, 0.1)
    np.testing.assert_allclose(found[:, 0], -3.0, rtol=1e-3)
    np.testing.assert_allclose(found[:, 3], 9.8, rtol=1e-3)
    met = obstacle(road_world, pose, 20.0, 0.3)
    assert met is not None
    assert met == (prop, pytest.approx(9.5, abs=1e-3), DYNAMIC)
    assert obstacle(road_world, pose, 20.0, 0.3, only_vehicles=True) is None


def test_the_same_calls_give_the_same_bits_and_what_is_far_away_changes_nothing() -> None:
    def drive(company: bool) -> tuple[list[Collision], np.ndarray, list[Pose]]:
        road_world = world()
        driving(road_world, 100.0, -4.0, 14.0)
        cones = [road_world.props.add(Pose(110.0 + k, -4.3 + 0.2 * k, 0.0, 0.1 * k), (0.2, 0.25, 0.4), DYNAMIC, 4.0)
            for k in range(4)]  # fmt: skip
        wall = road_world.props.add(Pose(130.0, -4.0, 0.0, 0.5), BARRIER, DYNAMIC)
        for cone in cones:
            road_world.props.set_physics(cone, True)
        if company:
            driving(road_world, 900.0, -4.0, 14.0)
            road_world.props.set_physics(road_world.props.add(Pose(910.0, -4.0), BARRIER, DYNAMIC, 9.0), True)
        events = [event for event in run(road_world, 3.0) if event.vehicle == 1]
        return events, road_world.state().pose[0], [road_world.props.pose(one) for one in (*cones, wall)]

    alone, again, accompanied = drive(False), drive(False), drive(True)
    assert len(alone[0]) >= 3
    assert alone[0] == again[0] == accompanied[0]
    assert alone[2] == again[2] == accompanied[2]
    np.testing.assert_array_equal(alone[1], again[1])
    np.testing.assert_array_equal(alone[1], accompanied[1])


def test_bad_props_are_refused() -> None:
    props = world().props
    with pytest.raises(ArgumentError, match="prop=7: there is no such prop"):
        props.move(7, Pose())
    with pytest.raises(ArgumentError, match="pose="):
        props.add(Pose(math.nan), BARRIER, DYNAMIC)
    for half, mass, tag in (((0.0, 1.0, 1.0), 1.0, 20), (BARRIER, 0.0, 20), (BARRIER, 1.0, 0), (BARRIER, 1.0, 256)):
        with pytest.raises(ArgumentError, match="half_m="):
            props.add(Pose(), half, tag, mass)
    with pytest.raises(ArgumentError, match="impulse_ns="):
        props.add_impulse(props.add(Pose(), BARRIER, DYNAMIC), (math.inf, 0.0, 0.0))


def test_a_thrown_prop_does_not_jump_through_a_vehicle() -> None:
    """At 60 m/s it moves two metres a frame, and is 10 cm long."""
    road_world = world()
    road_world.spawn_vehicle(CAR, Pose(120.0, -4.0, 0.0, math.pi / 2.0))
    plank = road_world.props.add(Pose(100.3, -4.0), (0.05, 0.5, 0.4), DYNAMIC, 20.0)
    road_world.props.set_physics(plank, True)
    road_world.props.set_velocity(plank, (60.0, 0.0, 0.0))
    assert [event.other for event in run(road_world, 1.0)] == [plank]
    assert road_world.props.pose(plank).x < 119.2
    assert road_world.state().pose[0, 0] > 120.0
