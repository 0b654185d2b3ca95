"""The maps that a server offers, and the check that a map has to pass before it reaches a client.

Whoever calls ``get_map`` parses the map in its own process, and the parser of CARLA's client dies of some files that
ours puts up with (a road without geometry, a lane section behind the road's end, a reference to a signal that is not
there). So a map that anybody hands in is read by our reader first and looked through for these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.envs.common.errors import ArgumentError, MapError
from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, read_map, read_map_text
from wormdrive.envs.roads.opendrive.document import Element, parse_xml

__all__ = ["UPLOADED", "Catalogue", "check_for_clients"]

UPLOADED: Final = "OpenDriveMap"
"""Name under which the client asks for the map that it has just handed in."""
_NAME: Final = re.compile(r"[\w.-]{1,80}")
_WILD: Final = re.compile(
    r"""\b(?:[abcd][UV]?|s|sOffset|x|y|hdg|length|curv\w*)\s*=\s*["']\s*[+-]?"""
    r"""(?:nan|inf|\d[\d.]*e\+?(?:3[1-9]|[4-9]\d|\d{3,}))""",
    re.IGNORECASE,
)
"""Coefficients and stations that are no finite numbers, or absurd ones."""


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
            road_map = read_map(self._files.get(name, name))
            check_for_clients(road_map)
            self._read[name] = road_map
        return self._read[name]

    def hand_in(self, text: str) -> None:
        """Take a client's map; it is loaded by the name ``UPLOADED``.

        Raises
        ------
        RequestError
            It cannot be used, or clients would die of it.
        """
        try:
            road_map = read_map_text(text, UPLOADED)
            check_for_clients(road_map)
        except MapError as error:
            raise RequestError(f"the map is refused: {error}") from None
        self._read[UPLOADED] = road_map


def check_for_clients(road_map: RoadMap) -> None:
    """Refuse a map of which CARLA's client would die, or on which nothing could drive.

    Raises
    ------
    MapError
        Names the element at fault.
    """
    if not road_map.driving_lanes:
        raise MapError(road_map.name, "", "holds no driving lane")
    if road_map.left_out:  # the client would have them
        raise MapError(road_map.name, "", f"{road_map.left_out[0]}; roads cannot be left out for clients")
    wild = _WILD.search(road_map.text)
    if wild:
        raise MapError(road_map.name, "", f"holds a value {wild[0].strip()[:40]}, which clients take for a number")
    root = parse_xml(road_map.text, road_map.name)
    signals = {signal.text("id") for road in root.children("road") for signal in _signals(road, "signal")}
    for road in root.children("road"):
        _check_road(road)
        for reference in _signals(road, "signalReference"):
            if reference.text("id") not in signals:
                reference.fail(f"there is no signal {reference.text('id')[:40]!r}")


def _check_road(road: Element) -> None:
    length = road.number("length", minimum=1e-6)
    plan = road.child("planView")
    if plan is None or plan.child("geometry") is None:
        road.fail("holds no geometry")
    for geometry in plan.children("geometry"):
        if geometry.number("length", minimum=0.0) <= 0.0:
            geometry.fail("has no length")
        geometry.number("s")
    lanes = road.child("lanes")
    if lanes is None or lanes.child("laneSection") is None:
        road.fail("holds no lane section")
    for section in lanes.children("laneSection"):
        if section.number("s", minimum=0.0) >= length:
            section.fail(f"begins behind the road's end at {length:g} m")
        centre = section.child("center")
        if centre is None or centre.child("lane") is None:
            section.fail("has no centre lane")


def _signals(road: Element, kind: str) -> list[Element]:
    signals = road.child("signals")
    return [] if signals is None else list(signals.children(kind))
