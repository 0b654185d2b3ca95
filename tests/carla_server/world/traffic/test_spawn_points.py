"""Spawn points stand on driving lanes, headed with the traffic, with room for a car each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.carla_server.world.crossing import crossing_text
from tests.support.opendrive_text import SHARED_MAPS, lane, opendrive, road, section
from wormdrive.carla_server.actors.blueprint_models import vehicle_model
from wormdrive.carla_server.actors.blueprints import library
from wormdrive.carla_server.common.limits import MAX_ACTORS
from wormdrive.carla_server.world import World, spawn_points
from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, read_map, read_map_text
from wormdrive.envs.roads.point_location import place_index
from wormdrive.envs.seasons.conditions import Conditions

FIRE_ENGINE = vehicle_model(library()["vehicle.carlamotors.firetruck"])
TOWNS = [
    path
    for path in SHARED_MAPS
    if path.stem.startswith(("Town", "fabriksgatan", "multi_intersections", "straight_500m_signs_lht"))
]


def check(road_map: RoadMap) -> int:
    points = spawn_points(road_map)
    index = place_index(road_map)
    x, y, z, heading = np.array([(p.x, p.y, p.z, p.heading) for p in points]).T
    found = index.locate(x, y, z, heading)
    assert found.on_driving_lane.all()
    np.testing.assert_allclose(found.z_m, z, atol=0.1)
    np.testing.assert_allclose(found.offset_m, 0.0, atol=0.3)
    assert (np.cos(heading - found.heading_rad) > 0.98).all()
    world = World(road_map, Conditions())
    for point in points[:400]:
        world.spawn_vehicle(FIRE_ENGINE, point)
    return len(points)


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_built_in_maps(name: str) -> None:
    assert 100 < check(read_map(name)) < MAX_ACTORS


@pytest.mark.skipif(not TOWNS, reason="the shared maps are not here: set WORMDRIVE_SHARED")
@pytest.mark.parametrize("path", TOWNS, ids=lambda path: path.stem)
def test_shared_maps(path: Path) -> None:
    assert check(read_map(path)) > 10


def test_points_of_a_straight_road_by_hand() -> None:
    """Lane -1 along +x, lane 1 against it; 25 m of road must lie ahead, as the lanes end."""
    lanes = section(lane(1), lane(-1), lane(-2, "sidewalk"))
    points = spawn_points(read_map_text(opendrive(road(100.0, lanes)), "straight"))
    assert [(round(p.x, 6), round(p.y, 6), round(abs(p.heading), 3)) for p in points] == [
        (6.0, -1.75, 0.0), (36.0, -1.75, 0.0), (66.0, -1.75, 0.0),
        (94.0, 1.75, 3.142), (64.0, 1.75, 3.142), (34.0, 1.75, 3.142),
    ]  # fmt: skip


def test_junctions_are_left_out_where_there_is_more() -> None:
    road_map = read_map_text(crossing_text(), "crossing")
    points = spawn_points(road_map)
    assert points
    assert all(max(abs(p.x), abs(p.y)) > 10.0 for p in points)


def test_a_map_without_lanes_to_drive_on_has_none() -> None:
    walk = section(lane(-1, "sidewalk"))
    assert spawn_points(read_map_text(opendrive(road(100.0, walk)), "walk")) == ()


def test_a_lane_cut_into_many_sections_has_points_all_the_same() -> None:
    sections = "".join(
        section(lane(-1, link='<predecessor id="-1"/><successor id="-1"/>'), s=2.0 * k) for k in range(30)
    )
    points = spawn_points(read_map_text(opendrive(road(60.0, sections)), "cut"))
    x = np.array([point.x for point in points])
    assert 4 <= len(x) <= 9
    assert (np.diff(x) >= 8.5).all()


def test_points_on_slopes_are_tilted_as_vehicles_there_are() -> None:
    road_map = read_map("mountain_pass")
    world = World(road_map, Conditions())
    tilted = world.standing(spawn_points(road_map)[:60])
    ids = [world.spawn_vehicle(FIRE_ENGINE, point) for point in tilted]
    pitch_and_roll = world.state().pose[[world.row(vehicle) for vehicle in ids], 4:]
    np.testing.assert_allclose([(p.pitch, p.roll) for p in tilted], pitch_and_roll, atol=1e-9)
    assert np.abs(pitch_and_roll[:, 0]).max() > 0.05
    assert world.standing([]) == []
