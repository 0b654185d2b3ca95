"""Spawning: putting vehicles and kinematic bodies on a map, and moving and pushing them from outside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world.collisions.collisions import overlapping
from wormdrive.carla_server.world.collisions.kinematic_bodies import PEDESTRIAN, KinematicBody
from wormdrive.carla_server.world.collisions.props import Props
from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.carla_server.world.vehicles import motion_kernel
from wormdrive.carla_server.world.vehicles.commands import VehicleCommand
from wormdrive.carla_server.world.vehicles.fleet import Fleet
from wormdrive.carla_server.world.vehicles.motion_kernel import FASTEST_MPS, FASTEST_RADPS
from wormdrive.carla_server.world.vehicles.powertrain_kernel import synchronise
from wormdrive.carla_server.world.vehicles.validation import check_pose, triple, vector
from wormdrive.carla_server.world.vehicles.vehicle_models import VehicleModel
from wormdrive.envs.common.errors import ArgumentError, SpawnError
from wormdrive.envs.roads.point_location import PlaceIndex, Places

__all__ = ["Spawning"]

Vector = Sequence[float]


class Spawning:
    """What is on a map, as it can be handled between steps; ``World`` adds the steps.

    Attributes
    ----------
    index:
        Finds points on the map.
    kinematic_bodies:
        By id; see ``add_kinematic_body``.
    props:
        Objects that stand about; ``props.add`` puts one there.
    """

    def __init__(self, index: PlaceIndex) -> None:
        self.index = index
        self.kinematic_bodies: dict[int, KinematicBody] = {}
        self._fleet = Fleet()
        self.props = Props(self._fleet.new_id)
        self._places: Places = self._locate()

    @property
    def ids(self) -> list[int]:
        """Ids of all vehicles, rising."""
        return [int(vehicle) for vehicle in self._fleet.ids]

    def has(self, vehicle: int) -> bool:
        """Whether there is such a vehicle."""
        return bool((self._fleet.ids == vehicle).any())

    def row(self, vehicle: int) -> int:
        """Row of a vehicle in ``state()``, good until one comes or goes.

        Raises
        ------
        ArgumentError
            If there is no such vehicle; so do all methods that take one.
        """
        return self._fleet.row(vehicle)

    def model(self, vehicle: int) -> VehicleModel:
        """Return the model of a vehicle."""
        return self._fleet.models[self.row(vehicle)]

    def spawn_vehicle(self, model: VehicleModel, pose: Pose, *, crowded: bool = False) -> int:
        """Put a vehicle on the ground under a pose, at rest; returns its id, which is never used again.

        With ``crowded`` it may stand in others.

        Raises
        ------
        ArgumentError
            If the pose is not finite, or farther than 20,000 km away.
        SpawnError
            If it would overlap another vehicle, a prop, or what stands beside the road.
        """
        check_pose(pose)
        fleet = self._fleet
        row = fleet.insert(model)
        self._put(row, pose)
        other = None if crowded else overlapping(fleet.numbers, row)
        if other is not None or (not crowded and self._is_barred(row)):
            what = "something" if other is None else f"vehicle {int(fleet.ids[other])}"
            fleet.delete(row)
            self._places = self._locate()
            raise SpawnError(f"pose={pose.x:.1f}, {pose.y:.1f}, {pose.z:.1f}: {what} stands there")
        return int(fleet.ids[row])

    def standing(self, poses: Sequence[Pose]) -> list[Pose]:
        """Tilt poses as vehicles that stand there are tilted."""
        given = np.array([(*pose.place, pose.heading) for pose in poses]).reshape(-1, 4)
        along, across = _slopes(self.index.locate_points(given), given[:, 3])
        tilts = zip(poses, (-np.arctan(along)).tolist(), np.arctan(across).tolist(), strict=True)
        return [Pose(*pose.place, pose.heading, pitch, roll) for pose, pitch, roll in tilts]

    def remove(self, vehicle: int) -> None:
        """Take a vehicle away."""
        self._fleet.delete(self.row(vehicle))
        self._places = self._locate()

    def command(self, vehicle: int, command: VehicleCommand) -> None:
        """Set what a vehicle's driver asks for, until told otherwise."""
        row = self.row(vehicle)
        clean = command.cleaned()
        numbers, flags = self._fleet.numbers, self._fleet.flags
        numbers[rows.THROTTLE, row], numbers[rows.STEER, row] = clean.throttle, clean.steer
        numbers[rows.BRAKE, row] = clean.brake
        flags[rows.HAND_BRAKE, row], flags[rows.BACKWARDS, row] = clean.hand_brake, clean.backwards
        flags[rows.NEUTRAL, row] = clean.neutral
        numbers[rows.WANTED_GEAR, row] = clean.gear if clean.manual_gear_shift else math.nan

    def teleport(self, vehicle: int, pose: Pose) -> None:
        """Move a vehicle; it keeps its velocity in the map's axes, and stands on the ground if physics holds it.

        Raises
        ------
        ArgumentError
            If the pose is not finite, or farther than 20,000 km away.
        """
        self.teleport_all({vehicle: pose})

    def teleport_all(self, poses: Mapping[int, Pose]) -> None:
        """Move many vehicles at once; see ``teleport``."""
        velocity = self._velocity()
        found = [self.row(vehicle) for vehicle in poses]
        for row, pose in zip(found, poses.values(), strict=True):
            check_pose(pose)
            self._stand(row, pose)
        self._settle()
        for row in found:
            self._set_velocity(row, velocity[:, row])

    def set_velocity(self, vehicle: int, velocity_mps: Vector) -> None:
        """Set the velocity x, y, z in the map's axes [m/s]; z counts only where gravity is off.

        An automatic gearbox takes the gear that belongs to the new speed, and the engine turns with the wheels.
        """
        self._set_velocity(self.row(vehicle), vector("velocity_mps", velocity_mps))

    def set_angular_velocity(self, vehicle: int, angular_velocity_radps: Vector) -> None:
        """Set the angular velocity about x, y, z [rad/s]; only that about z counts."""
        turn = vector("angular_velocity_radps", angular_velocity_radps)[2]
        self._fleet.numbers[rows.R, self.row(vehicle)] = np.clip(turn, -FASTEST_RADPS, FASTEST_RADPS)

    def add_impulse(self, vehicle: int, impulse_ns: Vector) -> None:
        """Push a vehicle once, at its centre of gravity, in the map's axes [N s]."""
        row = self.row(vehicle)
        change = vector("impulse_ns", impulse_ns) / self._fleet.numbers[rows.MASS, row]
        self._set_velocity(row, self._velocity()[:, row] + change)

    def add_angular_impulse(self, vehicle: int, impulse_nms: Vector) -> None:
        """Turn a vehicle once, about the map's axes [N m s]; only the turn about z counts."""
        row = self.row(vehicle)
        turn = vector("impulse_nms", impulse_nms)[2] / self._fleet.numbers[rows.INERTIA, row]
        rate = self._fleet.numbers[rows.R, row] + turn
        self._fleet.numbers[rows.R, row] = np.clip(rate, -FASTEST_RADPS, FASTEST_RADPS)

    def add_force(self, vehicle: int, force_n: Vector) -> None:
        """Push a vehicle during the next frame of a step, in the map's axes [N]; z does not count."""
        row = self.row(vehicle)
        self._fleet.numbers[rows.FORCE_X : rows.FORCE_Z + 1, row] += vector("force_n", force_n)

    def add_torque(self, vehicle: int, torque_nm: Vector) -> None:
        """Turn a vehicle during the next frame of a step, about the map's axes [N m]; only z counts."""
        self._fleet.numbers[rows.TORQUE, self.row(vehicle)] += vector("torque_nm", torque_nm)[2]

    def hold_velocity(self, vehicle: int, velocity_mps: Vector | None) -> None:
        """Keep a vehicle at a velocity in its own axes (forward, left, up) [m/s], whatever the pedals; None lets go."""
        row = self.row(vehicle)
        held = np.full(3, np.nan) if velocity_mps is None else vector("velocity_mps", velocity_mps)
        held = np.clip(held, -FASTEST_MPS, FASTEST_MPS)
        self._fleet.numbers[[rows.HELD_U, rows.HELD_V], row] = held[:2]

    def set_physics(self, vehicle: int, on: bool) -> None:
        """Without physics a vehicle stands still and nothing moves it but ``teleport``."""
        row = self.row(vehicle)
        self._fleet.flags[rows.PHYSICS, row] = on
        self._settle()

    def set_gravity(self, vehicle: int, on: bool) -> None:
        """Without gravity a vehicle keeps its height and slopes do not pull it."""
        row = self.row(vehicle)
        self._fleet.flags[rows.GRAVITY, row] = on
        self._fleet.numbers[rows.CLIMB, row] = 0.0
        self._settle()

    def set_model(self, vehicle: int, model: VehicleModel, grip: float = 1.0) -> None:
        """Change a vehicle's parameters where it stands; ``grip`` scales its tyres' friction, 0.05 to 4.

        Raises
        ------
        ArgumentError
            If the grip is out of range.
        """
        if not 0.05 <= grip <= 4.0:
            raise ArgumentError(f"grip={grip}: allowed are numbers from 0.05 to 4")
        row = self.row(vehicle)
        self._fleet.set_model(row, model)
        self._fleet.numbers[rows.GRIP, row] = grip

    def add_kinematic_body(
        self,
        pose: Pose,
        half_m: tuple[float, float, float] = (0.25, 0.25, 0.9),
        tag: int = PEDESTRIAN,
        mass_kg: float = 75.0,
    ) -> int:
        """Put a person or object somewhere, which sensors see and vehicles hit; returns its id, which no vehicle has.

        The pose is that of the middle of its lower face, ``half_m`` are half length, width and height [m].

        Raises
        ------
        ArgumentError
            If the pose is not finite, or a size or the mass is not positive.
        """
        check_pose(pose)
        if not all(0.0 < value <= 100.0 for value in half_m) or not 0.0 < mass_kg <= 1e6:
            raise ArgumentError(f"half_m={half_m}, mass_kg={mass_kg}: allowed are up to 100 m and 1,000 t, above 0")
        number = self._fleet.new_id()
        self.kinematic_bodies[number] = KinematicBody(pose, half_m, int(tag), float(mass_kg), (0.0, 0.0, 0.0))
        return number

    def move_kinematic_body(self, kinematic_body: int, pose: Pose, velocity_mps: Vector = (0.0, 0.0, 0.0)) -> None:
        """Put a kinematic body elsewhere; the velocity in the map's axes is what radars see.

        Raises
        ------
        ArgumentError
            If there is no such body, or the pose is not finite.
        """
        check_pose(pose)
        one = self._kinematic_body(kinematic_body)
        one.velocity_mps = triple(vector("velocity_mps", velocity_mps))
        one.pose = pose

    def remove_kinematic_body(self, kinematic_body: int) -> None:
        """Take a kinematic body away."""
        self._kinematic_body(kinematic_body)
        del self.kinematic_bodies[kinematic_body]

    def _kinematic_body(self, kinematic_body: int) -> KinematicBody:
        if kinematic_body not in self.kinematic_bodies:
            raise ArgumentError(f"kinematic_body={kinematic_body}: there is no such kinematic body")
        return self.kinematic_bodies[kinematic_body]

    def _is_barred(self, row: int) -> bool:
        """Whether something other than a vehicle stands where one has just been put; ``World`` knows of those."""
        return False

    def _put(self, row: int, pose: Pose) -> None:
        self._stand(row, pose)
        self._settle()

    def _stand(self, row: int, pose: Pose) -> None:
        numbers = self._fleet.numbers
        numbers[[rows.X, rows.Y, rows.Z, rows.PSI], row] = pose.x, pose.y, pose.z, pose.heading
        numbers[[rows.PITCH, rows.ROLL], row] = pose.pitch, pose.roll

    def _settle(self) -> None:
        """Find all vehicles on the map, and set those on the ground that physics and gravity hold there."""
        fleet = self._fleet
        self._places = places = self._locate()
        ground = places.z_m, places.heading_rad, places.slope, places.bank_rad, places.off_road
        motion_kernel.settle(fleet.numbers, fleet.flags, *ground)

    def _locate(self) -> Places:
        n = self._fleet.numbers
        return self.index.locate_points(np.ascontiguousarray(n[[rows.X, rows.Y, rows.Z, rows.PSI]].T))

    def _velocity(self) -> NDArray[np.float64]:
        """(3, N) in the map's axes."""
        velocity: NDArray[np.float64] = motion_kernel.velocities(self._fleet.numbers)
        return velocity

    def _set_velocity(self, row: int, velocity: NDArray[np.float64]) -> None:
        n = self._fleet.numbers
        x, y, z = np.clip(velocity, -FASTEST_MPS, FASTEST_MPS)
        cosine, sine = math.cos(n[rows.PSI, row]), math.sin(n[rows.PSI, row])
        n[rows.U, row], n[rows.V, row] = x * cosine + y * sine, y * cosine - x * sine
        n[rows.CLIMB, row] = z
        n[rows.VELOCITY, row] = x, y, z
        if self._fleet.models[row].powertrain is not None:
            synchronise(n, row, self._fleet.tables[row], self._fleet.flags[rows.BACKWARDS, row])


def _slopes(places: Places, heading: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope (N,) of the ground ahead of and beside vehicles that are headed so, positive up and to the left up."""
    turn = heading - places.heading_rad
    along = places.slope * np.cos(turn) + places.bank_rad * np.sin(turn)
    return along, places.bank_rad * np.cos(turn) - places.slope * np.sin(turn)
