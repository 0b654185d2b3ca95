"""Cache: each map's navigation file, by a name that says what is in it, made when it is first asked for.

Clients fetch the file as they connect, unless they have kept one of that name. Files of large maps take too long for
that: they are begun when the first client connects, and listed once they are made.
"""

from __future__ import annotations

import hashlib
import logging
import re
from functools import cache
from pathlib import Path, PurePath
from threading import Lock, Thread
from typing import Final
from weakref import WeakKeyDictionary, WeakSet

import numpy as np

from wormdrive.carla_server.navigation.detour import packed
from wormdrive.carla_server.navigation.islands import without_islets
from wormdrive.carla_server.navigation.joints import joined
from wormdrive.carla_server.navigation.mesh import Area, NavMesh
from wormdrive.carla_server.navigation.strips import lay_strips
from wormdrive.carla_server.navigation.tiles import tiled
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.point_location import place_index

__all__ = ["build_mesh", "navigation_file", "navigation_listed", "navigation_mesh"]

PROMPT_M: Final = 12_000.0
"""Length of all roads up to which a file is made while a client waits: a second or two."""

_FOLDER: Final = "Wormdrive/Nav"
_STEM: Final = 40

_names: WeakKeyDictionary[RoadMap, str] = WeakKeyDictionary()
_files: WeakKeyDictionary[RoadMap, bytes] = WeakKeyDictionary()
_begun: WeakSet[RoadMap] = WeakSet()
_turn: Final = Lock()
_log = logging.getLogger(__name__)


def build_mesh(road_map: RoadMap) -> NavMesh:
    """Make the mesh of a map; there is pavement on it wherever there is anything to walk on."""
    index = place_index(road_map)
    mesh = without_islets(joined(lay_strips(road_map, index), index))
    if not (mesh.areas == Area.PAVEMENT).any():
        return NavMesh(mesh.vertices, mesh.polygons, np.where(mesh.areas == Area.GRASS, Area.PAVEMENT, mesh.areas))
    return mesh


def navigation_file(road_map: RoadMap) -> str:
    """Name a map's file: a relative path of harmless letters, another one for another text. The mesh is not made."""
    name = _names.get(road_map)
    if name is None:
        digest = hashlib.sha256(_edition() + road_map.text.encode(errors="replace")).hexdigest()[:20]
        stem = re.sub(r"[^A-Za-z0-9_]+", "_", PurePath(road_map.name).stem)[:_STEM].strip("_") or "map"
        name = _names[road_map] = f"{_FOLDER}/{stem}-{digest}.bin"
    return name


def navigation_listed(road_map: RoadMap) -> bool:
    """Whether clients should be told of a map's file; if it is long in the making, it is begun."""
    if road_map in _files or road_map.length_m <= PROMPT_M:
        return True
    if road_map not in _begun:
        _begun.add(road_map)
        Thread(target=navigation_mesh, args=(road_map,), name="navigation-mesh", daemon=True).start()
    return False


def navigation_mesh(road_map: RoadMap) -> bytes:
    """Make a map's file, once; any thread may ask.

    If it cannot be made it is empty, and nobody walks: an error would keep clients from connecting.
    """
    with _turn:
        made = _files.get(road_map)
        if made is None:
            try:
                mesh = build_mesh(road_map)
            except Exception:
                _log.exception("no navigation mesh can be made of map %s", road_map.name)
                mesh = NavMesh.empty()
            made = _files[road_map] = packed(*tiled(mesh))
    return made


@cache
def _edition() -> bytes:
    """Tell meshes apart that other versions of this package make of the same map: clients keep files for ever."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).digest()
