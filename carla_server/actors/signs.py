"""Traffic signs as actors: stop, yield and speed limit, and the stretches of lanes where they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from wormdrive.carla_server.actors.actors import Actor, BoundingBox
from wormdrive.carla_server.actors.blueprints import Blueprint
from wormdrive.carla_server.actors.lights import trigger_box
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol.axes import transform_to_carla
from wormdrive.carla_server.protocol.payloads import actor_state, sign_extra
from wormdrive.carla_server.world.roadside.sign_geometry import LIMIT, STOP, YIELD, facing
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.lane_graph import lane_graph
from wormdrive.envs.roads.opendrive.signals import Signal, read_signals
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["TrafficSign", "sign_actors"]

_STILL: Final = (0.0, 0.0, 0.0)
_NO_BOX: Final = BoundingBox((0.0, 0.0, 1.0), (0.3, 0.3, 1.0))
_FASTEST: Final = 1000.0


@dataclass(eq=False)
class TrafficSign(Actor):
    """A sign, which never moves; ``sign_id`` is the map's own."""

    sign_id: str = ""
    _packed: bytes = b""

    @property
    def packed(self) -> bytes:
        """What the snapshot says of it, always the same."""
        if not self._packed:
            place = transform_to_carla(self.pose)
            self._packed = actor_state(self.id, *place, _STILL, _STILL, _STILL, sign_extra(self.sign_id))
        return self._packed


def sign_actors(road_map: RoadMap) -> Iterator[TrafficSign]:
    """Make an actor of each sign that CARLA has actors for; its id is for the caller to give.

    Raises
    ------
    MapError
        The map holds more signals than are allowed.
    """
    signals = read_signals(road_map).signals.values()
    for signal in signals:
        kind = _kind(signal)
        if kind:
            pose = facing(road_map, signal)
            box = trigger_box(pose, _held(road_map, signal)) or _NO_BOX
            blueprint = Blueprint(0, f"traffic.{kind}", (), tag=SemanticLabel.TRAFFIC_SIGNS)
            yield TrafficSign(0, blueprint, {}, pose, box=box, sign_id=signal.id)


def _kind(signal: Signal) -> str:
    """Second part of the actor's type, and the third of a speed limit; nothing for other signs."""
    if signal.kind == LIMIT:
        try:
            value = float(signal.value)
        except ValueError:
            return ""
        return f"speed_limit.{value:.0f}" if 0.0 < value < _FASTEST else ""
    return {STOP: "stop", YIELD: "yield"}.get(signal.kind, "")


def _held(road_map: RoadMap, signal: Signal) -> tuple[Pose, ...]:
    """Centres of the lanes for whose traffic a sign stands, where it stands, in the direction of travel."""
    place, graph = signal.place, lane_graph(road_map)
    found = []
    for key, node in graph.nodes.items():
        section = node.section
        if key not in graph.drivable or key.road != place.road or not section.start_s <= place.s_m <= section.end_s:
            continue
        if place.orientation != "none" and node.forward != (place.orientation == "+"):
            continue
        points = node.road.lane_centre(section, node.lane, np.array([place.s_m]))
        found.append(Pose(float(points.x[0]), float(points.y[0]), float(points.z[0]), float(points.heading_rad[0])))
    return tuple(found)
