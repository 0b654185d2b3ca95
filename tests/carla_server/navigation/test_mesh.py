"""Meshes of real maps and of small ones: sound polygons, in the right places, that hang together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.opendrive_text import SHARED_MAPS, lane, opendrive, road, section
from wormdrive.carla_server.navigation.cache import build_mesh
from wormdrive.carla_server.navigation.detour import packed
from wormdrive.carla_server.navigation.islands import islands_of
from wormdrive.carla_server.navigation.mesh import NONE, Area, NavMesh, neighbours_of
from wormdrive.carla_server.navigation.tiles import tiled
from wormdrive.envs.common.errors import MapError
from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, read_map, read_map_text
from wormdrive.envs.roads.point_location import place_index
from wormdrive.envs.roads.route import Surface


def middles(mesh: NavMesh) -> np.ndarray:
    real = mesh.polygons != NONE
    return (mesh.vertices[mesh.polygons] * real[..., None]).sum(axis=1) / real.sum(axis=1)[:, None]


def check_polygons(mesh: NavMesh) -> None:
    """Each is convex and counter-clockwise, also in single precision; who has a neighbour is one, roughly always."""
    assert np.isfinite(mesh.vertices).all()
    points = mesh.vertices[:, :2].astype(np.float32).astype(np.float64)
    for row in mesh.polygons:
        corners = points[row[row != NONE]]
        assert 3 <= len(corners) <= 6
        edges = np.roll(corners, -1, axis=0) - corners
        following = np.roll(edges, -1, axis=0)
        turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
        assert turns.min() > -0.01 - 1e-5 * np.abs(corners).max()
        assert turns.max() > 0.0
    beyond = neighbours_of(mesh.polygons)
    rows, edges = np.nonzero(beyond != NONE)
    mutual = [row in beyond[beyond[row, edge]] for row, edge in zip(rows, edges, strict=True)]
    assert np.mean(mutual) > 0.99


def mesh_of(*roads: str) -> tuple[RoadMap, NavMesh]:
    road_map = read_map_text(opendrive(*roads), "small")
    return road_map, build_mesh(road_map)


@pytest.mark.parametrize("name", sorted(BUILTIN_MAPS))
def test_people_walk_beside_the_roads_of_built_in_maps(name: str) -> None:
    road_map = read_map(name)
    mesh = build_mesh(road_map)
    check_polygons(mesh)
    pavement = mesh.areas == Area.PAVEMENT
    assert mesh.sizes_m2[pavement].sum() > 5_000.0
    x, y, z = middles(mesh).T
    places = place_index(road_map).locate(x, y, z)
    assert not places.on_driving_lane[pavement].any()
    np.testing.assert_allclose(places.z_m, z, atol=0.15)
    has_pavements = (places.surface[pavement] == Surface.SIDEWALK).mean()
    assert has_pavements > 0.95 or has_pavements == 0.0
    islands = islands_of(mesh)
    # whole towns hang together; along other roads one gets from one side to the other by crossing the road only
    assert islands.max() + 1 == (1 if has_pavements else 2)


@pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")
@pytest.mark.parametrize("path", SHARED_MAPS[::9], ids=lambda path: path.stem)
def test_people_can_walk_on_shared_maps(path: Path) -> None:
    try:
        road_map = read_map(path)
    except MapError:
        pytest.skip("not to be read")
    mesh = build_mesh(road_map)
    check_polygons(mesh)
    assert (mesh.areas == Area.PAVEMENT).any()
    assert len(packed(*tiled(mesh))) > 200


def test_bands_of_a_street() -> None:
    street = section(
        lane(3, "sidewalk", 2.0),
        lane(2, "parking", 2.0),
        lane(1),
        lane(-1),
        lane(-2, "sidewalk", 1.6),
        lane(-3, "none", 9.0),
    )
    _, mesh = mesh_of(road(80.0, street))
    low = {area: mesh.vertices[mesh.polygons[mesh.areas == area][:, :4], 1] for area in (1, 3)}
    left = low[1][low[1].mean(axis=1) > 0.0]
    right = low[1][low[1].mean(axis=1) < 0.0]
    assert (left.min(), left.max()) == pytest.approx((5.5, 7.3), abs=1e-6)  # a little off the outer edge
    assert (right.min(), right.max()) == pytest.approx((-4.9, -3.5), abs=0.01)
    assert (low[3].min(), low[3].max()) == pytest.approx((-3.5, 5.5), abs=1e-6)
    assert set(mesh.areas) == {Area.PAVEMENT, Area.ROAD}


def test_verges_where_there_are_no_pavements() -> None:
    _, mesh = mesh_of(road(200.0, section(lane(1), lane(-1), lane(-2, "shoulder", 1.0))))
    y = mesh.vertices[mesh.polygons[mesh.areas == Area.PAVEMENT][:, :4], 1]
    assert (y.min(), y.max()) == pytest.approx((-4.5 - 0.4 - 1.8, 3.5 + 0.4 + 1.8))
    assert np.abs(y).min() == pytest.approx(3.9)
    assert (mesh.areas == Area.ROAD).any()
    _, motorway = mesh_of(road(200.0, section(lane(1), lane(-1)), extra='<type s="0" type="motorway"/>'))
    assert set(motorway.areas) == {Area.PAVEMENT}  # nobody crosses it


def test_verges_lead_from_one_pavement_to_the_next() -> None:
    paved = section(lane(1), lane(-1), lane(-2, "sidewalk", 2.0))
    bare = section(lane(1), lane(-1))
    _, mesh = mesh_of(
        road(50.0, paved, "1"),
        road(30.0, bare, "2", pose=(50.0, 0.0, 0.0)),
        road(50.0, paved, "3", pose=(80.0, 0.0, 0.0)),
    )
    right = middles(mesh)[:, 1] < -3.5
    assert set(mesh.areas[right]) == {Area.PAVEMENT, Area.GRASS}
    assert set(mesh.areas[~right]) == {Area.ROAD, Area.GRASS}
    assert len(set(islands_of(mesh)[right])) == 1


def test_crosswalks_lead_across() -> None:
    street = section(lane(2, "sidewalk", 2.0), lane(1), lane(-1), lane(-2, "sidewalk", 2.0))
    zebra = '<objects><object id="z" type="crosswalk" s="40" t="0" zOffset="0" hdg="0" length="3" width="7"/></objects>'
    _, mesh = mesh_of(road(80.0, street, extra=zebra))
    crossing = mesh.areas == Area.CROSSWALK
    x = mesh.vertices[mesh.polygons[crossing][:, :4], 0]
    assert (x.min(), x.max()) == pytest.approx((38.5, 41.5))
    assert islands_of(mesh).max() == 0
    _, without = mesh_of(road(80.0, street))
    assert islands_of(without).max() == 1


def test_nobody_walks_where_another_road_is() -> None:
    along = road(100.0, section(lane(1), lane(-1)), "1")
    above = road(100.0, section(lane(1), lane(-1)), "2", pose=(37.0, -50.0, 0.5 * np.pi), extra=ELEVATED)
    across = road(100.0, section(lane(1), lane(-1)), "2", pose=(37.0, -50.0, 0.5 * np.pi))
    _, bridge = mesh_of(along, above)
    _, crossing = mesh_of(along, across)
    for mesh, walks in ((bridge, True), (crossing, False)):
        corners = mesh.vertices[mesh.polygons[mesh.areas == Area.PAVEMENT][:, :4]]
        below = corners[np.abs(corners[..., 2]).max(axis=1) < 1.0]
        over = (below[..., 0].min(axis=1) < 36.0) & (below[..., 0].max(axis=1) > 38.0)
        over &= np.abs(below[..., 1]).max(axis=1) < 10.0
        assert over.any() == walks


ELEVATED = '<elevationProfile><elevation s="0" a="8" b="0" c="0" d="0"/></elevationProfile>'


def test_a_mesh_in_tiles_is_the_same_mesh() -> None:
    mesh = build_mesh(read_map("suburb"))
    whole, one = tiled(mesh)
    cut, tiling = tiled(mesh, most_in_one=100, most_in_many=200)
    assert whole is mesh
    assert not one.cells.any()
    check_polygons(cut)
    assert len(np.unique(tiling.cells, axis=0)) > 4
    assert cut.sizes_m2.sum() == pytest.approx(mesh.sizes_m2.sum())
    assert islands_of(cut).max() == islands_of(mesh).max()
    x, y = middles(cut)[:, 0], -middles(cut)[:, 1]
    corners = cut.vertices[np.where(cut.polygons == NONE, cut.polygons[:, :1], cut.polygons)] * (1.0, -1.0, 1.0)
    low = np.array([tiling.west, tiling.north]) + tiling.cells * tiling.side_m
    assert (corners[..., :2] >= low[:, None] - 1e-5).all()
    assert (corners[..., :2] <= low[:, None] + tiling.side_m + 1e-5).all()
    assert (np.floor((x - tiling.west) / tiling.side_m) == tiling.cells[:, 0]).all()
    assert (np.floor((y - tiling.north) / tiling.side_m) == tiling.cells[:, 1]).all()
    few, _ = tiled(mesh, most_in_one=100, most_in_many=3)  # more than the format holds
    assert 0 < len(few.polygons) < len(mesh.polygons)


def test_an_empty_mesh_is_a_file_too() -> None:
    assert len(packed(*tiled(NavMesh.empty()))) == 40
