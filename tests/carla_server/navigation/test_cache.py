"""The file that clients get: its name, its form, when it is made, and who may ask for it."""

from __future__ import annotations

import re
import struct
import time

import numpy as np
import pytest

from tests.carla_server.raw_client import RawClient
from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.carla_server.navigation import cache, navigation_file, navigation_listed, navigation_mesh
from wormdrive.carla_server.navigation.cache import build_mesh
from wormdrive.carla_server.navigation.detour import packed
from wormdrive.carla_server.navigation.mesh import Area
from wormdrive.carla_server.navigation.tiles import tiled
from wormdrive.carla_server.server import CarlaServer
from wormdrive.envs.roads import read_map, read_map_text

SMALL = opendrive(road(60.0, section(lane(1), lane(-1))))


def test_names_are_safe_paths_that_tell_maps_apart() -> None:
    names = {
        navigation_file(read_map_text(text, name))
        for text, name in (
            (SMALL, "../../etc/passwd"),
            (SMALL.replace("3.5", "3.6"), "../../etc/passwd"),
            (SMALL, "C:\\maps\\my town.xodr"),
            (SMALL, "Straße" * 30),
            (SMALL, "..."),
        )
    }
    assert len(names) == 5
    for name in names:
        assert re.fullmatch(r"Wormdrive/Nav/[A-Za-z0-9_]{1,40}-[0-9a-f]{20}\.bin", name)
    assert navigation_file(read_map_text(SMALL, "x")) == navigation_file(read_map_text(SMALL, "x"))


def test_the_form_of_the_file() -> None:
    mesh = build_mesh(read_map("suburb"))
    for data, parts in (
        (packed(*tiled(mesh)), 1),
        (packed(*tiled(mesh, most_in_one=100, most_in_many=200)), 8),
    ):
        magic, version, tiles, *_, most_tiles, most_polygons = struct.unpack_from("<4sii5fii", data)
        assert (magic, version, tiles, most_tiles) == (b"TESM", 1, parts, parts)
        polygon_bits = (most_polygons - 1).bit_length()
        tile_bits = (parts - 1).bit_length()
        assert polygon_bits + tile_bits <= 22
        at, polygons, areas = 40, 0, set()
        for number in range(tiles):
            reference, size = struct.unpack_from("<Ii", data, at)
            assert reference == 1 << (polygon_bits + tile_bits) | number << polygon_bits
            head = struct.unpack_from("<4s5i9i", data, at + 8)
            assert head[:2] == (b"VAND", 7)
            count, corners, links, triangles = head[6], head[7], head[8], head[11]
            first = at + 8 + 100 + 12 * corners
            rows = np.frombuffer(data, "<u1", 32 * count, first).reshape(count, 32)
            beyond = rows[:, 16:28].copy().view("<u2")
            portals = int((beyond >= 0x8000).sum())
            assert (portals > 0) == (parts > 1)
            assert links == rows[:, 30].sum() + 2 * portals
            assert triangles == (rows[:, 30].astype(int) - 2).sum()
            assert size == 100 + 12 * corners + 32 * count + 12 * links + 12 * count + 4 * triangles
            assert (rows[:, 28:30].copy().view("<u2").ravel() == 1 << rows[:, 31].astype(int)).all()
            areas |= set(rows[:, 31].tolist())
            polygons += count
            at += 8 + size
        assert at == len(data)
        assert polygons >= len(mesh.polygons)
        assert areas == {Area.PAVEMENT, Area.CROSSWALK, Area.ROAD}


def test_large_maps_are_listed_once_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    road_map = read_map_text(SMALL, "large")
    assert navigation_listed(road_map)
    monkeypatch.setattr(cache, "PROMPT_M", 1.0)
    assert not navigation_listed(road_map)
    until = time.monotonic() + 20.0
    while not navigation_listed(road_map) and time.monotonic() < until:
        time.sleep(0.01)
    assert navigation_listed(road_map)
    assert navigation_mesh(road_map) is navigation_mesh(road_map)


def test_a_map_of_which_no_mesh_can_be_made(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fails(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cache, "build_mesh", fails)
    assert len(navigation_mesh(read_map_text(SMALL, "hopeless"))) == 40
    assert "hopeless" in caplog.text


def test_calls(server: CarlaServer) -> None:
    with RawClient(server.port) as client:
        (name,) = client.get("get_required_files", "Nav", False)
        assert client.get("get_required_files", "") == client.get("get_required_files", "TM") == []
        data = client.get("request_file", name)
        assert data == client.get("get_navigation_mesh")
        assert data[:4] == b"TESM"
        for wrong in ("", f"../{name}", name.upper(), 7, None, "x" * 5000):
            ((state, _),) = client.call("request_file", wrong)
            assert state == 0
