"""The maps that a server offers, in texts that clients can read.

Whoever calls ``get_map`` parses the map in its own process, and the parser of CARLA's client dies of much that ours
puts up with (a road without geometry, a lane offset that begins late, a link to a lane that is not there), or reads it
otherwise. So every map is read by our reader first, and what it reads is what clients are sent.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.envs.common.errors import ArgumentError, MapError
from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, read_map, read_map_text
from wormdrive.envs.roads.opendrive.normalise import normalised_text

__all__ = ["UPLOADED", "Catalogue", "fit_for_clients"]

UPLOADED: Final = "OpenDriveMap"
"""Name under which the client asks for the map that it has just handed in."""
_NAME: Final = re.compile(r"[\w.-]{1,80}")
_log = logging.getLogger(__name__)


class Catalogue:
    """Built-in maps, the ones that the server was started with, and the map last handed in.

    Parameters
    ----------
    first:
        Name of a built-in map, or path of an ``.xodr`` file, which goes by the file's name; ``Town03=suburb`` gives it
        another one. It is loaded to begin with.
    more:
        More of these.

    Raises
    ------
    ArgumentError
        A name cannot be one, or is taken.
    MapError
        A map cannot be used.
    """

    def __init__(self, first: str, more: Sequence[str] = ()) -> None:
        self._read: dict[str, RoadMap] = {}
        self._files: dict[str, str] = {}
        self.first = self._enter(first)
        for wanted in more:
            self._enter(wanted)

    def _enter(self, wanted: str) -> str:
        """Enter a map and read it; returns its name."""
        name, named, file = wanted.rpartition("=") if not Path(wanted).exists() else ("", "", wanted)
        if not named:
            name = file if file in BUILTIN_MAPS else Path(file).stem or UPLOADED
        elif not _NAME.fullmatch(name):
            raise ArgumentError(f"map={wanted!r}: a name has letters, digits, '_', '-', '.', and at most 80 of them")
        if name in self._files or (named and name in (*BUILTIN_MAPS, UPLOADED)):
            raise ArgumentError(f"map={wanted!r}: there is a map {name!r} already")
        self._files[name] = file
        self.load(name)
        return name

    @property
    def names(self) -> list[str]:
        """Names of all maps that can be loaded, that of the first one first."""
        return list(dict.fromkeys((*self._files, *BUILTIN_MAPS)))

    def find(self, name: str) -> str:
        """Name in the catalogue of what a client calls ``suburb``, ``Carla/Maps/suburb`` or the like.

        Raises
        ------
        RequestError
            There is none.
        """
        wanted = PurePosixPath(name).name.lower()
        known = {each.lower(): each for each in (*self.names, *([UPLOADED] if UPLOADED in self._read else []))}
        for word in (wanted, wanted.removesuffix("_opt")):
            if word in known:
                return known[word]
        raise RequestError(f"map {name[:80]!r} not found: available are {', '.join(self.names)}")

    def load(self, name: str) -> RoadMap:
        """Read a map of the catalogue, once."""
        if name not in self._read:
            self._read[name] = fit_for_clients(read_map(self._files.get(name, name)))
        return self._read[name]

    def hand_in(self, text: str) -> None:
        """Take a client's map; it is loaded by the name ``UPLOADED``.

        Raises
        ------
        RequestError
            It cannot be used.
        """
        try:
            self._read[UPLOADED] = fit_for_clients(read_map_text(text, UPLOADED))
        except MapError as error:
            raise RequestError(f"the map is refused: {error}") from None


def fit_for_clients(road_map: RoadMap) -> RoadMap:
    """Repair a map's text, so that clients read from it what we do, and read it again: both have the same roads.

    Raises
    ------
    MapError
        A road is left out, which no text can repair, or nothing could drive on the map.
    """
    if road_map.left_out:
        raise MapError(road_map.name, "", f"{road_map.left_out[0]}; roads cannot be left out for clients")
    text, repairs = normalised_text(road_map)
    if repairs:
        more = f" and {len(repairs) - 1} more" if len(repairs) > 1 else ""
        _log.warning("map %s is repaired for clients: %s%s", road_map.name, repairs[0], more)
        road_map = read_map_text(text, road_map.name)
    if not road_map.driving_lanes:
        raise MapError(road_map.name, "", "holds no driving lane")
    return road_map
