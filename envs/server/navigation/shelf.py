"""Shelf: each map's navigation file, by a name that says what is in it, made when it is first asked for."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePath
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from wormdrive.envs.roads import RoadMap

__all__ = ["navigation_file", "navigation_mesh"]

_EDITION: Final = "1"
"""To be raised whenever the same map gives another mesh: clients keep files by their names for ever."""
_FOLDER: Final = "Wormdrive/Nav"
_STEM: Final = 40

_names: WeakKeyDictionary[RoadMap, str] = WeakKeyDictionary()
_files: WeakKeyDictionary[RoadMap, bytes] = WeakKeyDictionary()
_turn: Final = Lock()


def navigation_file(road_map: RoadMap) -> str:
    """Name a map's file: a relative path of harmless letters, another one for another text. The mesh is not made."""
    name = _names.get(road_map)
    if name is None:
        digest = hashlib.sha256(f"{_EDITION}\n{road_map.text}".encode(errors="replace")).hexdigest()[:20]
        stem = re.sub(r"[^A-Za-z0-9_]+", "_", PurePath(road_map.name).stem)[:_STEM].strip("_") or "map"
        name = _names[road_map] = f"{_FOLDER}/{stem}-{digest}.bin"
    return name


def navigation_mesh(road_map: RoadMap) -> bytes:
    """Make a map's file, once; any thread may ask."""
    # imported here: a server that nobody asks for walkers has no use for it
    from wormdrive.envs.server.navigation.build import build_mesh
    from wormdrive.envs.server.navigation.detour import packed
    from wormdrive.envs.server.navigation.tiles import tiled

    with _turn:
        made = _files.get(road_map)
        if made is None:
            made = _files[road_map] = packed(*tiled(build_mesh(road_map)))
    return made
