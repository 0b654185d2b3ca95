"""RoadMap: everything that was read from one file."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from wormdrive.envs.roads.opendrive.links import Junction
from wormdrive.envs.roads.opendrive.road import Road

__all__ = ["RoadMap"]


@dataclass(frozen=True, eq=False)
class RoadMap:
    """Roads and junctions of an OpenDRIVE file.

    Attributes
    ----------
    name:
        The built-in map's name or the file's path.
    text:
        The OpenDRIVE text as it was read.
    version:
        Revision, such as ``1.4``.
    roads, junctions:
        By id (any text), in the file's order.
    problems:
        Faults that do not keep the map from being used, each naming its element.
    left_out:
        Roads of the file of which nothing sensible was left, in words; their faults are among the problems.
    """

    name: str
    text: str = field(repr=False)
    version: str
    geo_reference: str
    roads: dict[str, Road] = field(repr=False)
    junctions: dict[str, Junction] = field(repr=False)
    problems: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @property
    def length_m(self) -> float:
        """Length of all reference lines [m]."""
        return sum(road.length_m for road in self.roads.values())

    @cached_property
    def lanes(self) -> int:
        """Number of lanes, counted in every lane section, without centre lanes."""
        return sum(len(section.lanes) for road in self.roads.values() for section in road.sections)

    @cached_property
    def driving_lanes(self) -> int:
        """Number of lanes of type ``driving``, counted in every lane section."""
        return sum(
            lane.kind == "driving"
            for road in self.roads.values()
            for section in road.sections
            for lane in section.lanes
        )
