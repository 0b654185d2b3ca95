"""Episode: the actors on one map, from its loading to the next one's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wormdrive.carla_server.actors import walking
from wormdrive.carla_server.actors.ackermann import followed
from wormdrive.carla_server.actors.actors import (
    Actor,
    Prop,
    Registry,
    TrafficLight,
    Vehicle,
    Walker,
    feet_of,
)
from wormdrive.carla_server.actors.blueprints import Blueprint, library
from wormdrive.carla_server.actors.figures import shape_of
from wormdrive.carla_server.actors.friction_trigger import FrictionTrigger, friction_at
from wormdrive.carla_server.actors.lamps import are_lit, lamps_of
from wormdrive.carla_server.actors.lights import light_actors, lights_near
from wormdrive.carla_server.actors.making import make_actor
from wormdrive.carla_server.actors.physics_control import model_and_grip
from wormdrive.carla_server.actors.signs import TrafficSign, sign_actors
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.limits import MAX_ACTORS
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import Surroundings
from wormdrive.carla_server.protocol.values import Description, VehicleControl
from wormdrive.carla_server.world import Collision, VehicleCommand, World
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.seasons.conditions import Conditions

__all__ = ["CarlaEpisode"]

_SPECTATOR: Final = Blueprint(0, "spectator", ())
_SPRING_ARM: Final = (1, 2)
_FALL_M: Final = 2.0
"""Walkers whose feet are this near to the ground stand on it; others stay in the air, as nothing makes them fall."""


class CarlaEpisode:
    """A world with actors in it.

    Attributes
    ----------
    number:
        Differs from that of every other episode of the server.
    map_name, road_map:
        What was loaded.
    world, actors:
        The vehicles' physics, and everything that has an id.
    spectator:
        The actor that is always there.
    lights:
        Traffic lights, as the world numbers them.
    """

    def __init__(self, number: int, map_name: str, road_map: RoadMap, conditions: Conditions, seed: int) -> None:
        self.number = number
        self.map_name = map_name
        self.road_map = road_map
        self.world = World(road_map, conditions, seed)
        self.world.surroundings = Surroundings(road_map, seed, self.world.hidden)
        self.world.shape_of = self._shape_of
        self.actors = Registry()
        self._level: set[int] = set()
        self._lit: tuple[Conditions, bool] | None = None
        self._triggers: list[FrictionTrigger] = []
        self.spectator = Actor(self.actors.new_id(), _SPECTATOR, {}, Pose(z=10.0, pitch=0.35))
        self.actors.add(self.spectator)
        self.lights: list[TrafficLight] = []
        for light in light_actors(self.world):
            light.id = self.actors.new_id()
            self.actors.add(light)
            self.lights.append(light)
        for sign in sign_actors(road_map):
            sign.id = self.actors.new_id()
            self.actors.add(sign)

    def find(self, number: int) -> Actor:
        """Actor of that id.

        Raises
        ------
        RequestError
            There is none.
        """
        actor = self.actors.get(number)
        if actor is None:
            raise RequestError(f"actor {number} not found")
        return actor

    def vehicle(self, number: int) -> Vehicle:
        """Vehicle of that id; refused if there is none."""
        actor = self.find(number)
        if not isinstance(actor, Vehicle):
            raise RequestError(f"actor {number} is a {actor.type_id}: allowed is a vehicle")
        return actor

    def light(self, number: int) -> TrafficLight:
        """Traffic light of that id; refused if there is none."""
        actor = self.find(number)
        if not isinstance(actor, TrafficLight):
            raise RequestError(f"actor {number} is a {actor.type_id}: allowed is a traffic light")
        return actor

    def spawn(
        self, wanted: Description, pose: Pose, parent: int = 0, attachment: int = 0, *, crowded: bool = False
    ) -> Actor:
        """Put an actor into the world; with a parent the pose is in the parent's axes.

        With ``crowded`` a vehicle may stand in others.

        Raises
        ------
        RequestError
            The blueprint is unknown, an attribute is out of bounds, or there is no room.
        """
        blueprint = library().get(wanted.blueprint)
        if blueprint is None:
            raise RequestError(f"blueprint {wanted.blueprint[:80]!r} not found")
        if len(self.actors) >= MAX_ACTORS:
            raise RequestError(f"there are {MAX_ACTORS} actors already, which is the most")
        holder = self.find(parent) if parent else None
        mount = pose
        if holder is not None:
            pose = self._carried(holder, mount, level=attachment in _SPRING_ARM)
        actor = make_actor(
            self.world,
            self.actors,
            blueprint,
            blueprint.described(wanted.attributes),
            pose,
            parent=holder,
            mount=mount,
            crowded=crowded,
        )
        if isinstance(actor, FrictionTrigger):
            self._triggers.append(actor)
        self.actors.add(actor)
        if holder is not None and attachment in _SPRING_ARM:
            self._level.add(actor.id)
        if isinstance(actor, Vehicle):
            self.settle()
        return actor

    def destroy(self, actor: Actor) -> None:
        """Take an actor out; what is mounted on it stays behind where it is, as the original has it."""
        if actor is self.spectator or isinstance(actor, (TrafficLight, TrafficSign)):
            raise RequestError(f"a {actor.type_id} cannot be destroyed")
        for child in actor.children:
            child.parent = None
            if isinstance(child, Prop):
                self.world.props.move(child.body, child.pose)
                self.world.props.set_solid(child.body, True)
        if isinstance(actor, Vehicle):
            self.world.remove(actor.body)
        elif isinstance(actor, Prop):
            self.world.props.remove(actor.body)
        elif isinstance(actor, Walker):
            self.world.remove_kinematic_body(actor.body)
        elif isinstance(actor, FrictionTrigger):
            self._triggers.remove(actor)
            self._apply_friction_triggers()
        self.actors.remove(actor)
        self._level.discard(actor.id)

    def control(self, vehicle: Vehicle, control: VehicleControl) -> None:
        """Set what a vehicle's driver asks for."""
        vehicle.control = control
        vehicle.spent = False
        self.world.command(vehicle.body, VehicleCommand(*control))

    def move(self, actor: Actor, pose: Pose) -> None:
        """Put an actor elsewhere; for one with a parent the pose is in the parent's axes."""
        if isinstance(actor, Vehicle):
            self.move_vehicles({actor: pose})
        elif actor.parent is not None:
            actor.mount = pose
            self._place(actor, self._carried(actor.parent, pose, actor.id in self._level))
        else:
            self._place(actor, pose)
        self._carry(actor)

    def move_vehicles(self, poses: Mapping[Vehicle, Pose]) -> None:
        """Put vehicles elsewhere, in the time that one takes."""
        try:
            self.world.teleport_all({vehicle.body: pose for vehicle, pose in poses.items()})
        except ArgumentError as error:
            raise RequestError(str(error)) from None
        self.settle()

    def lamps_of(self, vehicle: Vehicle) -> int:
        """Return the flags of the lamps of a vehicle that are lit."""
        conditions = self.world.conditions
        if self._lit is None or self._lit[0] is not conditions:
            self._lit = conditions, are_lit(conditions)
        return lamps_of(vehicle, lit=self._lit[1])

    def _shape_of(self, body: int) -> int:
        actor = self.actors.of_body(body)
        assert actor is not None  # noqa: S101  (bodies are of vehicles, walkers and props)
        return shape_of(actor)

    def _place(self, actor: Actor, pose: Pose) -> None:
        """Put an actor that is no vehicle somewhere, and its body in the world."""
        try:
            if isinstance(actor, Walker):
                self.world.move_kinematic_body(actor.body, feet_of(pose, actor.box))
            elif isinstance(actor, Prop):
                self.world.props.move(actor.body, pose)
        except ArgumentError as error:
            raise RequestError(str(error)) from None
        actor.pose = pose

    def move_to(self, actor: Actor, place: tuple[float, float, float]) -> None:
        """Put an actor elsewhere without turning it."""
        held = actor.pose if actor.parent is None else actor.mount
        self.move(actor, Pose(*place, held.heading, held.pitch, held.roll))

    def step(self, dt_s: float) -> tuple[Collision, ...]:
        """Advance everything by ``dt_s`` [s]; returns what touched what."""
        for vehicle in self.actors.vehicles:
            if vehicle.ackermann is not None:
                self.control(vehicle, self._followed(vehicle, dt_s))
            elif vehicle.spent:
                self.control(vehicle, VehicleControl())
            vehicle.spent = not vehicle.sticky
        if self._triggers:
            self._apply_friction_triggers()
        collisions = self.world.step(dt_s)
        self._walk(self.actors.walkers, dt_s)
        self.settle()
        for body in sorted(self.world.props.moved):
            self._take_over(body)
        return collisions

    def _followed(self, vehicle: Vehicle, dt_s: float) -> VehicleControl:
        model = self.world.model(vehicle.body)
        return followed(vehicle, model.parameters, dt_s, model.powertrain)

    def set_prop_physics(self, prop: Prop, on: bool) -> None:
        """Let blows move a prop, which falls to the ground at once; or make it stand fast."""
        self.world.props.set_physics(prop.body, on)
        pose = prop.pose
        ground = float(self.world.index.locate([pose.x], [pose.y], [pose.z]).z_m[0])
        if on and pose.z > ground:
            self.move(prop, Pose(pose.x, pose.y, ground, pose.heading, pose.pitch, pose.roll))

    def _take_over(self, body: int) -> None:
        """Take over from the world where a prop has been pushed to."""
        prop = self.actors.of_body(body)
        if isinstance(prop, Prop):
            prop.pose, prop.velocity = self.world.props.pose(body), self.world.props.velocity(body)
            self._carry(prop)

    def apply_physics(self, vehicle: Vehicle) -> None:
        """Make the world's vehicle what the actor's physics says."""
        self.world.set_model(vehicle.body, *model_and_grip(vehicle))

    def _apply_friction_triggers(self) -> None:
        """Change the tyres of vehicles that came into a friction trigger or left one."""
        for vehicle in self.actors.vehicles:
            friction = friction_at(self._triggers, vehicle.pose)
            if friction != vehicle.friction:
                vehicle.friction = friction
                self.apply_physics(vehicle)

    def settle(self) -> None:
        """Take over from the world where its vehicles are, and carry along what is mounted on them."""
        vehicles = self.actors.vehicles
        if not vehicles:
            return
        limits = self.world.speed_limits_mps()
        motions = self.world.motions()
        lights = lights_near(self.world, motions) if self.lights else [-1] * len(vehicles)
        for motion, limit, light in zip(motions, limits, lights, strict=True):
            vehicle = self.actors.of_body(motion.vehicle)
            if isinstance(vehicle, Vehicle):
                _, vehicle.pose, vehicle.velocity, vehicle.angular, vehicle.acceleration, vehicle.gear = motion
                vehicle.speed_limit_mps = limit
                vehicle.light = self.lights[light] if light >= 0 else None
                self._carry(vehicle)

    def _carry(self, actor: Actor) -> None:
        for child in actor.children:
            if not isinstance(child, Vehicle):
                child.pose = self._carried(actor, child.mount, child.id in self._level)
                child.velocity, child.angular = actor.velocity, actor.angular
                if isinstance(child, Prop):
                    self.world.props.move(child.body, child.pose, child.velocity)
                self._carry(child)

    @staticmethod
    def _carried(parent: Actor, mount: Pose, level: bool) -> Pose:
        """Where something mounted on an actor is; spring arms do not take part in its pitch and roll."""
        pose = parent.pose
        if level:
            pose = Pose(pose.x, pose.y, pose.z, pose.heading)
        return pose.carrying(mount)

    def _walk(self, walkers: list[Walker], dt_s: float) -> None:
        """Let walkers go where they are told, and stand on the ground that is near their feet."""
        if not walkers:
            return
        for walker in walkers:
            walking.step(walker, dt_s)
        feet = [feet_of(walker.pose, walker.box).place for walker in walkers]
        x_m, y_m, z_m = zip(*feet, strict=True)
        ground = self.world.index.locate(x_m, y_m, z_m).z_m.tolist()
        for walker, z, below in zip(walkers, z_m, ground, strict=True):
            pose = walker.pose
            if walker.parent is None and abs(z - below) < _FALL_M:
                height = below + walker.box.extent[2]
                walker.pose = Pose(pose.x, pose.y, height, pose.heading, pose.pitch, pose.roll)
            self.world.move_kinematic_body(walker.body, feet_of(walker.pose, walker.box), walker.velocity)
            self._carry(walker)
