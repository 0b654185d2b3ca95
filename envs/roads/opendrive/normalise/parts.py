"""A map's text and what was read from it, side by side."""

from __future__ import annotations

from dataclasses import dataclass, field

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.normalise.lanes import lane_elements
from wormdrive.envs.roads.opendrive.road import Road
from wormdrive.envs.roads.opendrive.road_map import RoadMap

__all__ = ["MapParts", "RoadParts"]


@dataclass(frozen=True)
class RoadParts:
    """A road's element, what was read from it, and the elements of its lane sections in order."""

    element: Element
    road: Road
    sections: list[Element]

    @property
    def lanes(self) -> list[dict[int, Element]]:
        """Elements of the lanes of each section, by lane id."""
        return [lane_elements(section) for section in self.sections]


@dataclass(frozen=True)
class MapParts:
    """The root element, and the roads that are read from it by id."""

    root: Element
    road_map: RoadMap
    roads: dict[str, RoadParts] = field(default_factory=dict)

    def beyond(self, road: Road, index: int, at_end: bool) -> tuple[Road, LaneSection] | None:
        """Find the section beyond an end of a section, within the road or on the one it is linked with."""
        beyond = index + (1 if at_end else -1)
        if 0 <= beyond < len(road.sections):
            return road, road.sections[beyond]
        link = road.successor if at_end else road.predecessor
        if link is None or link.kind != "road" or link.id not in self.roads:
            return None
        other = self.roads[link.id].road
        return other, other.sections[-1 if link.contact == "end" else 0]

    def is_met(self, road: Road, lane_id: int) -> bool:
        """Whether readers find a lane that go by its sign alone: right lanes begin with the road, left ones end it."""
        return lane_id in road.sections[0 if lane_id < 0 else -1].rows
