"""Off the road stand trees, posts and houses: where a lidar meets them vehicles do, too."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.carla_server.world.worlds import CAR, DT_S
from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import Lidar, LidarSettings, Surroundings, obstacle
from wormdrive.carla_server.world import Collision, World, spawn_points
from wormdrive.carla_server.world.roadside.scenery_objects import Trunks
from wormdrive.envs.common.errors import SpawnError
from wormdrive.envs.roads import read_map, read_map_text
from wormdrive.envs.seasons.conditions import Conditions

POLE, SIGN, BUILDING, VEGETATION, TERRAIN = 6, 8, 3, 9, 10
SEED = 3
NOSE_M = 0.5 * CAR.parameters.length_m


def surrounded(name: str = "country_loop") -> World:
    road_map = read_map(name)
    world = World(road_map, Conditions.preset("summer", "day"))
    world.surroundings = Surroundings(road_map, SEED)
    return world


def trunks(world: World, kind: int) -> np.ndarray:
    """Rows x, y, z, radius, height, class of the first tiles along the road."""
    assert world.surroundings is not None
    tiles = {(math.floor(p.x / 64.0), math.floor(p.y / 64.0)) for p in spawn_points(world.road_map)[:12]}
    rows = np.concatenate([world.surroundings.trunks(world.conditions, *tile).rows for tile in sorted(tiles)])
    return rows[rows[:, 5] == kind]


def approach(world: World, kind: int) -> tuple[np.ndarray, Pose]:
    """A trunk or post, and where a car stands that can reach it in a straight line of 6 m to its front."""
    everything = np.concatenate([trunks(world, POLE), trunks(world, VEGETATION)])
    for row in trunks(world, kind):
        for heading in np.arange(0.0, 2.0 * math.pi, 0.2).tolist():
            dx, dy = everything[:, 0] - row[0], everything[:, 1] - row[1]
            ahead = dx * math.cos(heading) + dy * math.sin(heading)
            aside = np.abs(dy * math.cos(heading) - dx * math.sin(heading))
            if ((aside < 1.5) & (ahead > -14.0) & (ahead < 1.5)).sum() == 1:
                away = 6.0 + NOSE_M + row[3]
                x, y = row[0] - away * math.cos(heading), row[1] - away * math.sin(heading)
                return row, Pose(x, y, row[2], heading)
    raise AssertionError("no trunk can be reached")


def run(world: World, seconds: float) -> list[Collision]:
    return [event for _ in range(round(seconds / DT_S)) for event in world.step(DT_S)]


@pytest.mark.parametrize("kind", [VEGETATION, POLE])
def test_a_trunk_stops_a_car(kind: int) -> None:
    world = surrounded()
    trunk, start = approach(world, kind)
    car = world.spawn_vehicle(CAR, start)
    world.set_velocity(car, start.turned((8.0, 0.0, 0.0)))
    events = [event for event in run(world, 2.0) if event.tag != TERRAIN]
    assert {(event.vehicle, event.other, event.tag) for event in events} == {(car, None, kind)}
    assert math.dist(events[0].position_m[:2], trunk[:2]) == pytest.approx(trunk[3], abs=0.02)
    blow = np.array(events[0].impulse_ns)
    assert np.linalg.norm(blow) > 0.9 * CAR.parameters.mass_kg * 6.0
    assert start.into(events[0].impulse_ns)[0] < 0.0
    state = world.state()
    assert np.linalg.norm(state.velocity_mps[0]) < 1.5
    far = math.dist(state.pose[0, :2], trunk[:2])
    assert far > 0.5 * CAR.parameters.width_m


@pytest.mark.parametrize("kind", [VEGETATION, POLE])
def test_it_stands_where_rays_meet_it(kind: int) -> None:
    world = surrounded()
    trunk, start = approach(world, kind)
    eye = Pose(start.x, start.y, trunk[2] + 0.5, start.heading)
    met = obstacle(world, eye, 30.0, 0.01)
    assert met is not None
    assert met.tag == kind
    # rays meet a square trunk at whichever angle, or the leaves of the wood in which it stands
    assert met.distance_m <= 6.0 + NOSE_M + 0.02
    if kind == POLE:
        assert met.distance_m == pytest.approx(6.0 + NOSE_M, abs=0.06)


def test_nothing_can_be_spawned_on_a_trunk() -> None:
    world = surrounded()
    trunk, start = approach(world, VEGETATION)
    with pytest.raises(SpawnError, match="something stands there"):
        world.spawn_vehicle(CAR, Pose(trunk[0] + 0.5, trunk[1], trunk[2]))
    world.spawn_vehicle(CAR, start)


def test_who_keeps_to_the_road_meets_nothing_and_lists_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world = surrounded("suburb")

    def refuse(*_: object) -> None:
        raise AssertionError("the scenery was listed")

    monkeypatch.setattr(Surroundings, "trunks", refuse)
    for start in spawn_points(world.road_map)[:30]:
        world.spawn_vehicle(CAR, start)
    for vehicle in world.ids:
        pose = world.state().pose[world.row(vehicle)]
        world.set_velocity(vehicle, Pose(0.0, 0.0, 0.0, float(pose[3])).turned((6.0, 0.0, 0.0)))
    run(world, 1.0)


def test_a_tree_is_hit_alike_with_and_without_others_far_away() -> None:
    def drive(company: bool) -> tuple[list[Collision], np.ndarray]:
        world = surrounded()
        _, start = approach(world, VEGETATION)
        car = world.spawn_vehicle(CAR, start)
        world.set_velocity(car, start.turned((9.0, 0.5, 0.0)))
        if company:
            away = spawn_points(world.road_map)[60]
            other = world.spawn_vehicle(CAR, away.carrying(Pose(0.0, -6.5)))
            world.set_velocity(other, away.turned((9.0, -3.0, 0.0)))
        return [event for event in run(world, 2.0) if event.vehicle == car], world.state().pose[0]

    alone, again, accompanied = drive(False), drive(False), drive(True)
    assert any(event.tag == VEGETATION for event in alone[0])
    assert alone[0] == again[0] == accompanied[0]
    np.testing.assert_array_equal(alone[1], again[1])
    np.testing.assert_array_equal(alone[1], accompanied[1])


def town() -> World:
    """A straight road with a house 30 degrees askew on its right, a sign before it, and a light that hangs over it."""
    objects = (
        '<objects><object id="1" type="building" s="60" t="-20" zOffset="0" hdg="0.5235987756" length="10" width="6" '
        'height="5"/><object id="2" type="crosswalk" s="20" t="0" zOffset="0" hdg="0" length="3" width="8" height="0"/>'
        '</objects><signals><signal id="3" s="40" t="-9" zOffset="2" type="274" subtype="50" dynamic="no" '
        'orientation="+" width="0.7" height="0.7"/><signal id="4" s="100" t="-4" zOffset="5" type="1000001" '
        'dynamic="yes" orientation="+" height="0.9" width="0.3"/></signals>'
    )
    lanes = section(lane(1, width=8.0), lane(-1, width=8.0))
    return World(read_map_text(opendrive(road(200.0, lanes, extra=objects)), "town"), Conditions())


def test_houses_and_signs_are_solid() -> None:
    world = town()
    car = world.spawn_vehicle(CAR, Pose(60.0, -9.5, 0.0, -math.pi / 2.0))
    world.set_velocity(car, (0.0, -8.0, 0.0))
    events = [event for event in run(world, 2.0) if event.tag != TERRAIN]
    assert events[0].tag == BUILDING
    local = Pose(60.0, -20.0, 0.0, math.radians(30.0)).into(
        (events[0].position_m[0] - 60.0, events[0].position_m[1] + 20.0, 0.0)
    )
    assert local[1] == pytest.approx(3.0, abs=0.2)
    with pytest.raises(SpawnError):
        world.spawn_vehicle(CAR, Pose(60.0, -20.0))
    world.teleport(car, Pose(33.0, -9.3))
    world.set_velocity(car, (8.0, 0.0, 0.0))
    events = [event for event in run(world, 2.0) if event.tag != TERRAIN]
    assert events[0].tag == POLE
    assert math.dist(events[0].position_m[:2], (40.0, -9.0)) < 0.1


def test_what_hangs_over_a_lane_bars_no_way() -> None:
    world = town()
    car = world.spawn_vehicle(CAR, Pose(90.0, -0.6))  # on both lanes
    world.set_velocity(car, (10.0, 0.0, 0.0))
    crossing = world.spawn_vehicle(CAR, Pose(100.0, -4.0, 0.0, math.pi / 2.0))
    assert not run(world, 0.3)
    assert world.has(crossing)


def test_rays_meet_houses_and_signs() -> None:
    world = town()
    settings = LidarSettings(channels=32, range_m=60.0, points_per_second=1e6, upper_rad=0.15, lower_rad=-0.15)
    scan = Lidar(settings).scan_semantic(world, Pose(40.0, -4.0, 1.7), 0.1)
    assert {BUILDING, POLE, SIGN} <= set(scan.tags.tolist())
    house = scan.points[scan.tags == BUILDING, :3] + np.array([40.0 - 60.0, -4.0 + 20.0, 1.7 - 2.5])
    turn = Pose(0.0, 0.0, 0.0, math.radians(30.0)).rotation()
    share = np.abs(house @ np.array(turn)) / (5.0, 3.0, 2.5)
    np.testing.assert_allclose(share.max(axis=1), 1.0, atol=1e-4)


def test_the_outline_of_a_vehicle_decides_whether_trees_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A car in the middle of its lane does not look; nor one that leaves it for another; one over the edge does."""
    world = surrounded()
    start = spawn_points(world.road_map)[3]
    looks = []

    def look(self: Surroundings, *tile: object) -> Trunks:
        looks[-1] += 1
        return list_trunks(self, *tile)

    list_trunks = Surroundings.trunks
    monkeypatch.setattr(Surroundings, "trunks", look)
    edge = next(aside for aside in np.arange(0.0, 9.0, 0.1).tolist() if off_road(world, start.carrying(Pose(y=-aside))))
    half_width = 0.5 * CAR.parameters.width_m
    for aside in (0.0, 0.5 * half_width, half_width - edge + 0.5, half_width - edge - 0.1):
        looks.append(0)
        car = world.spawn_vehicle(CAR, start.carrying(Pose(y=aside)))
        looks[-1] = 0
        world.step(DT_S)
        world.remove(car)
    assert looks[:3] == [0, 0, 0]
    assert looks[3] > 0


def off_road(world: World, pose: Pose) -> bool:
    return bool(world.index.locate([pose.x], [pose.y], [pose.z]).off_road[0])
