"""Actors: everything that has an id in an episode."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from wormdrive.carla_server.actors.blueprints import Blueprint
from wormdrive.carla_server.actors.crowd_report import CrowdReport
from wormdrive.carla_server.common.pose import ORIGIN, Pose
from wormdrive.carla_server.protocol.axes import mirrored
from wormdrive.carla_server.protocol.tokens import stream_token
from wormdrive.carla_server.protocol.values import AckermannControl, VehicleControl, WalkerControl

__all__ = ["Actor", "BoundingBox", "Prop", "Registry", "TrafficLight", "Vehicle", "Walker", "feet_of"]

Triple = tuple[float, float, float]
_STILL: Final[Triple] = (0.0, 0.0, 0.0)
_REMEMBERED: Final = 4096
CONTROLLER: Final = (0.15, 0.0, 0.25, 0.01, 0.0, 0.01)
"""CARLA's gains of the Ackermann controller."""


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """Bounding box: centre and half sizes [m] in the actor's axes, and its heading [rad]."""

    centre: Triple = _STILL
    extent: Triple = _STILL
    heading: float = 0.0

    def packed(self, actor: int) -> list[Any]:
        """Return the box in the wire's order."""
        return [mirrored(self.centre), self.extent, [0.0, 0.0 - math.degrees(self.heading), 0.0], actor]

    def moved(self, place: Triple, heading: float) -> BoundingBox:
        """Return the box in the axes around a body that stands there, headed so."""
        cosine, sine = math.cos(heading), math.sin(heading)
        x, y, z = self.centre
        centre = (place[0] + x * cosine - y * sine, place[1] + x * sine + y * cosine, place[2] + z)
        return BoundingBox(centre, self.extent, self.heading + heading)


@dataclass(eq=False)
class Actor:
    """One actor.

    Attributes
    ----------
    mount:
        Pose in the parent's axes; unused without a parent.
    pose:
        Pose in the map's axes.
    velocity, angular, acceleration:
        In the map's axes [m/s], [rad/s], [m/s²].
    stream:
        Id of its stream; 0 for none.
    """

    id: int
    blueprint: Blueprint
    attributes: dict[str, str]
    pose: Pose
    parent: Actor | None = None
    mount: Pose = ORIGIN
    box: BoundingBox = field(default_factory=BoundingBox)
    stream: int = 0
    velocity: Triple = _STILL
    angular: Triple = _STILL
    acceleration: Triple = _STILL
    children: list[Actor] = field(default_factory=list)

    @property
    def type_id(self) -> str:
        """Such as ``vehicle.audi.tt``."""
        return self.blueprint.id

    def record(self, port: int) -> list[Any]:
        """Return the actor in the wire's order; ``port`` is the streams'."""
        return [
            self.id,
            self.parent.id if self.parent is not None else 0,
            self.blueprint.description(self.attributes),
            self.box.packed(self.id),
            bytes([self.blueprint.tag]) if self.blueprint.tag else b"",
            stream_token(self.stream, port) if self.stream else b"",
        ]


@dataclass(eq=False)
class Vehicle(Actor):
    """A vehicle.

    Attributes
    ----------
    body:
        Its id in the world.
    control:
        As last applied.
    ackermann:
        What an Ackermann controller is following, or None.
    controller:
        Gains of that controller: speed P, I, D, acceleration P, I, D.
    physics:
        Physics control as last applied, or None.
    friction:
        Of its tyres while it is in a friction trigger, in CARLA's unit; None elsewhere.
    gear:
        Which its gearbox has in; None where nothing has gears.
    spent:
        Its control held for the last step alone (``sticky_control`` is false).
    lamps:
        Flags of its lamps, as a client set them; None while they work by themselves, see ``lamps_of``.
    speed_limit_mps:
        Where it is; infinite where there is none.
    light:
        The traffic light it has to mind, or None.
    """

    body: int = 0
    control: VehicleControl = field(default_factory=VehicleControl)
    ackermann: AckermannControl | None = None
    controller: list[float] = field(default_factory=lambda: list(CONTROLLER))
    physics: list[Any] | None = None
    friction: float | None = None
    gear: int | None = None
    spent: bool = False
    lamps: int | None = None
    speed_limit_mps: float = 0.0
    light: TrafficLight | None = None

    @property
    def sticky(self) -> bool:
        """Whether it does what it was told until told otherwise."""
        return self.attributes.get("sticky_control", "").lower() != "false"


@dataclass(eq=False)
class Walker(Actor):
    """A pedestrian: goes where it is told, through everything.

    Attributes
    ----------
    body:
        Its id in the world.
    control:
        As last applied.
    walked_m:
        How far it has walked on its own feet [m].
    crowd_report:
        What a client's crowd last said of it, or None.
    """

    body: int = 0
    control: WalkerControl = field(default_factory=WalkerControl)
    walked_m: float = 0.0
    crowd_report: CrowdReport | None = None


@dataclass(eq=False)
class Prop(Actor):
    """An object that stands about; what is mounted on a vehicle or walker is seen and not hit.

    Attributes
    ----------
    body:
        Its id in the world.
    """

    body: int = 0


def feet_of(pose: Pose, box: BoundingBox) -> Pose:
    """Where a walker stands, whose origin is at its waist."""
    return Pose(pose.x, pose.y, pose.z - box.extent[2], pose.heading)


@dataclass(eq=False)
class TrafficLight(Actor):
    """A traffic light; ``index`` is its place among the world's lights."""

    index: int = 0
    sign_id: str = ""


class Registry:
    """The actors of an episode by id; ids are never used twice."""

    def __init__(self) -> None:
        self._actors: dict[int, Actor] = {}
        self._next = 1
        self._next_stream = 2
        self._by_stream: dict[int, Actor] = {}
        self._by_body: dict[int, Vehicle] = {}
        self._walkers: dict[int, Walker] = {}
        self._props: dict[int, Prop] = {}
        self._gone: dict[int, BoundingBox] = {}

    def __len__(self) -> int:
        return len(self._actors)

    def __iter__(self) -> Iterator[Actor]:
        return iter(self._actors.values())

    def get(self, actor: int) -> Actor | None:
        """Actor of that id, if there is one."""
        return self._actors.get(actor)

    def box(self, actor: int) -> BoundingBox | None:
        """Bounding box of an actor, also of one that has just gone.

        The client's lane invasion sensor asks for its vehicle's in a thread of its own, and an error there ends the
        client's process.
        """
        found = self._actors.get(actor)
        return self._gone.get(actor) if found is None else found.box

    def new_id(self) -> int:
        """Return an id for the next actor."""
        self._next += 1
        return self._next - 1

    def begin_at(self, actor: int) -> None:
        """Have the next actor get that id, unless one as high was given before."""
        self._next = max(self._next, actor)

    def new_stream(self) -> int:
        """Return an id for the next sensor's stream."""
        self._next_stream += 1
        return self._next_stream - 1

    def add(self, actor: Actor) -> None:
        """Enter an actor."""
        self._actors[actor.id] = actor
        if actor.parent is not None:
            actor.parent.children.append(actor)
        if actor.stream:
            self._by_stream[actor.stream] = actor
        if isinstance(actor, Vehicle):
            self._by_body[actor.body] = actor
        elif isinstance(actor, Walker):
            self._walkers[actor.body] = actor
        elif isinstance(actor, Prop):
            self._props[actor.body] = actor

    def remove(self, actor: Actor) -> None:
        """Strike an actor off."""
        del self._actors[actor.id]
        self._gone[actor.id] = actor.box
        if len(self._gone) > _REMEMBERED:
            del self._gone[next(iter(self._gone))]
        self._by_stream.pop(actor.stream, None)
        if actor.parent is not None:
            actor.parent.children.remove(actor)
        if isinstance(actor, Vehicle):
            self._by_body.pop(actor.body, None)
        elif isinstance(actor, Walker):
            self._walkers.pop(actor.body, None)
        elif isinstance(actor, Prop):
            self._props.pop(actor.body, None)

    def of_stream(self, stream: int) -> Actor | None:
        """Sensor that a stream belongs to."""
        return self._by_stream.get(stream)

    def of_body(self, body: int) -> Vehicle | Walker | Prop | None:
        """Vehicle, walker or prop that has that id in the world."""
        return self._by_body.get(body) or self._walkers.get(body) or self._props.get(body)

    @property
    def vehicles(self) -> list[Vehicle]:
        """All vehicles, oldest first."""
        return list(self._by_body.values())

    @property
    def walkers(self) -> list[Walker]:
        """All walkers, oldest first."""
        return list(self._walkers.values())

    @property
    def props(self) -> list[Prop]:
        """All static props, oldest first."""
        return list(self._props.values())

    @property
    def sensors(self) -> list[Actor]:
        """All actors with a stream, oldest first."""
        return list(self._by_stream.values())
