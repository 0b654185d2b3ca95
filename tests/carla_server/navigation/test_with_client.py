"""Walkers with the real client: where they spawn, where they go, and that no file of ours brings the client down."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from tests.support.carla_server import run_client
from tests.support.opendrive_text import SHARED_MAPS
from wormdrive.carla_server.navigation import cache
from wormdrive.carla_server.navigation.tiles import tiled
from wormdrive.carla_server.server import CarlaServer
from wormdrive.envs.common.errors import MapError
from wormdrive.envs.roads import BUILTIN_MAPS, read_map
from wormdrive.envs.roads.point_location import Places, place_index

pytest.importorskip("carla")

WALK = """
def place(walker):
    at, speed = walker.get_location(), walker.get_velocity()
    return [at.x, -at.y, at.z - walker.bounding_box.extent.z, speed.length()]

found = [world.get_random_location_from_navigation() for _ in range(100)]
spots = [[at.x, -at.y, at.z] for at in found if at is not None]
world.set_pedestrians_seed(5)
world.set_pedestrians_cross_factor(crossing)
walkers = [world.spawn_actor(blueprint("walker.pedestrian.0001"), carla.Transform(at)) for at in found[:count] if at]
go_on()
kind = blueprint("controller.ai.walker")
controllers = [world.spawn_actor(kind, carla.Transform(), attach_to=walker) for walker in walkers]
go_on()
for controller in controllers:
    controller.start()
    controller.go_to_location(world.get_random_location_from_navigation())
    controller.set_max_speed(1.6)
paths = []
for _ in range(ticks):
    go_on()
    paths.append([place(walker) for walker in walkers])
for controller in controllers:
    controller.stop()
for _ in range(25):
    go_on()
ends = [place(walker) for walker in walkers]
go_on()
again = [place(walker) for walker in walkers]
for actor in controllers + walkers:
    actor.destroy()
result = dict(spots=spots, paths=paths, ends=ends, again=again)
"""
IN_TIME = """
synchronous(0.05)
go_on = world.tick
"""
BY_ITSELF = """
settings = world.get_settings()
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
go_on = world.wait_for_tick
"""


def walked(port: int, mode: str = IN_TIME, count: int = 8, ticks: int = 200, crossing: float = 0.0) -> dict[str, Any]:
    return dict(run_client(mode + WALK, port, count=count, ticks=ticks, crossing=crossing))


def places_of(map_name: str, points: Any) -> tuple[Places, np.ndarray]:
    at = np.asarray(points, np.float64).reshape(-1, np.shape(points)[-1])
    return place_index(read_map(map_name)).locate(at[:, 0], at[:, 1], at[:, 2]), at


def lengths(paths: Any) -> np.ndarray:
    """How far each walker has walked."""
    steps = np.diff(np.asarray(paths)[..., :2], axis=0)
    return np.asarray(np.hypot(steps[..., 0], steps[..., 1]).sum(axis=0))


def check_walks(map_name: str, result: dict[str, Any], dt_s: float | None) -> None:
    assert len(result["spots"]) == 100
    spots, at = places_of(map_name, result["spots"])
    assert not spots.on_driving_lane.any()
    np.testing.assert_allclose(spots.z_m, at[:, 2], atol=0.15)
    paths = np.asarray(result["paths"])
    on_way, at = places_of(map_name, result["paths"][5:])
    np.testing.assert_allclose(on_way.z_m, at[:, 2], atol=0.01)  # feet stand on the ground itself
    assert paths[..., 3].max() == pytest.approx(1.6, abs=0.01)
    if dt_s is not None:
        assert np.median(lengths(paths)) > 0.7 * 1.6 * dt_s * (len(paths) - 1)
        steps = np.hypot(*np.diff(paths[..., :2], axis=0).transpose(2, 0, 1))
        assert steps[10:].max() < 1.5 * 1.6 * dt_s
        moving = paths[11:, :, 3] > 1.0
        np.testing.assert_allclose(np.median(steps[10:][moving] / dt_s / paths[11:, :, 3][moving]), 1.0, atol=0.05)
    assert np.asarray(result["ends"])[:, 3].max() == 0.0
    assert result["again"] == result["ends"]


@pytest.mark.slow
@pytest.mark.parametrize("map_name", sorted(BUILTIN_MAPS))
def test_walkers_walk_on_every_built_in_map(map_name: str) -> None:
    with CarlaServer(map_name, warm=False) as server:
        result = walked(server.port)
    check_walks(map_name, result, 0.05)
    on_way, _ = places_of(map_name, result["paths"][5:])
    if map_name != "suburb":  # where somebody's way may lead over a crosswalk
        assert on_way.on_driving_lane.mean() < 0.2
    if map_name in ("country_loop", "mountain_pass", "highway"):
        assert not on_way.on_driving_lane.any()


@pytest.mark.slow
def test_walkers_walk_in_asynchronous_mode(server: CarlaServer) -> None:
    check_walks("suburb", walked(server.port, BY_ITSELF, ticks=120), None)


def test_who_may_cross_roads_does(server: CarlaServer) -> None:
    result = run_client(
        IN_TIME
        + """
import math
world.set_pedestrians_cross_factor(crossing)
walker = world.spawn_actor(blueprint("walker.pedestrian.0001"), carla.Transform(carla.Location(60.0, -4.4, 1.0)))
world.tick()
controller = world.spawn_actor(blueprint("controller.ai.walker"), carla.Transform(), attach_to=walker)
world.tick()
controller.start()
controller.set_max_speed(2.0)
target = carla.Location(60.0, 4.4, 0.0)
controller.go_to_location(target)
for tick in range(240):
    world.tick()
    if walker.get_location().distance_2d(target) < 2.2:
        break
result = [tick, walker.get_location().y]
controller.stop()
controller.destroy()
walker.destroy()
""",
        server.port,
        crossing=1.0,
    )
    assert result[0] < 239
    assert result[1] > 1.0


def test_walkers_walk_on_in_the_next_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "tiled", functools.partial(tiled, most_in_one=100, most_in_many=120))
    with CarlaServer("country_loop", warm=False) as server:
        result = walked(server.port, count=20, ticks=300)
    check_walks("country_loop", result, 0.05)
    spots = np.asarray(result["spots"])
    assert len(np.unique(np.floor(spots[:, :2] / 256.0), axis=0)) > 8


def test_another_map_brings_its_own_mesh() -> None:
    with CarlaServer("suburb", warm=False) as server:
        spots = run_client(
            """
result = []
for name in ("suburb", "highway", "suburb"):
    world = client.load_world(name)
    found = [world.get_random_location_from_navigation() for _ in range(50)]
    result.append([[at.x, -at.y, at.z] for at in found])
""",
            server.port,
        )
    for name, points in zip(("suburb", "highway", "suburb"), spots, strict=True):
        places, _ = places_of(name, points)
        assert not places.on_driving_lane.any()
        assert places.outside_m.max() < 3.0


def test_nobody_walks_without_a_mesh(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cache, "build_mesh", fails)
    with CarlaServer("highway", warm=False) as server:
        found = run_client("result = world.get_random_location_from_navigation() is None", server.port)
    assert found


@pytest.mark.slow
@pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")
def test_clients_live_through_the_meshes_of_shared_maps() -> None:
    walks = 0
    for path in SHARED_MAPS[::12]:
        try:
            server = CarlaServer(str(path), warm=False).start()
        except MapError:
            continue
        with_crossing = walked(server.port, count=5, ticks=60, crossing=0.5)
        server.stop()
        spots, _ = places_of(str(path), with_crossing["spots"])
        assert not spots.on_driving_lane.any(), path.name
        assert np.median(lengths(with_crossing["paths"])) > 2.0, path.name
        walks += 1
    assert walks >= 12
