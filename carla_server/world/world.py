"""World: vehicles on a map, advanced together."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world.collisions.collisions import Blow, events_of
from wormdrive.carla_server.world.collisions.kinematic_bodies import hits
from wormdrive.carla_server.world.obstacles import Obstacles
from wormdrive.carla_server.world.roadside.ground import Ground
from wormdrive.carla_server.world.roadside.hidden_objects import HiddenObjects
from wormdrive.carla_server.world.spawning import Spawning
from wormdrive.carla_server.world.traffic.speed_limits import SpeedLimits
from wormdrive.carla_server.world.traffic.traffic_lights import TrafficLights
from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.carla_server.world.vehicles.motion import OFF_ROLLING, move
from wormdrive.carla_server.world.vehicles.powertrain import POWERED
from wormdrive.carla_server.world.vehicles.states import Collision, VehicleMotion, VehicleStates
from wormdrive.carla_server.world.vehicles.validation import triple
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.point_location import place_index
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.vehicle import GRAVITY

if TYPE_CHECKING:
    from wormdrive.carla_server.world.roadside.surroundings import Surroundings

__all__ = ["World"]

FRAMES_PER_S: Final = 30.0
"""Frames, in which ground and collisions are looked at, are never longer than the embedded simulator's step."""
SHORTEST_S: Final = 0.0001
LONGEST_S: Final = 10.0
"""Durations of a step that are allowed [s]."""
GEARS_MPS: Final = np.array([5.0, 10.0, 16.0, 23.0, 31.0])
"""Speeds at which an automatic gearbox shifts up [m/s]."""


class World(Spawning):
    """Vehicles and traffic lights on a map. The same calls give the same bits; a vehicle far away changes nothing.

    Parameters
    ----------
    road_map:
        Where they drive.
    conditions:
        Season and weather.
    seed:
        Kept for whoever mounts sensors; nothing in the world itself is random.

    Attributes
    ----------
    time_s:
        Since the world was made [s].
    ground:
        Heights of the map for rays.
    surroundings:
        Land and scenery as the pictures show them, for rays, and for vehicles that leave the road; set it to have them,
        None for the bare ground.
    shape_of:
        Says in which ``Shape`` the pictures show a body of that id, and rays meet it; None where nothing is pictured:
        rays meet its box.
    hidden:
        Pieces of scenery that are out of sight and out of the way.
    lights:
        Traffic lights; they switch as the world steps.

    Raises
    ------
    MapError
        The map holds more signals or objects than are allowed.
    """

    def __init__(self, road_map: RoadMap, conditions: Conditions, seed: int = 0) -> None:
        super().__init__(place_index(road_map))
        self.road_map = road_map
        self.conditions = conditions
        self.seed = seed
        self.time_s = 0.0
        self.ground = Ground(self.index)
        self.surroundings: Surroundings | None = None
        self.shape_of: Callable[[int], int] | None = None
        self.lights = TrafficLights(road_map)
        self._limits = SpeedLimits(road_map)
        self.hidden = HiddenObjects()
        self._obstacles = Obstacles(road_map, self.index, self.props, self.hidden)

    @property
    def conditions(self) -> Conditions:
        """Season and weather, of which the road's friction follows."""
        return self._conditions

    @conditions.setter
    def conditions(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._friction = conditions.friction

    def step(self, dt_s: float) -> tuple[Collision, ...]:
        """Advance by ``dt_s`` [s], 0.0001 to 10, in frames of at most 1/30 s; returns the collisions, in order.

        Raises
        ------
        ArgumentError
            If the duration is out of range.
        """
        if not SHORTEST_S <= dt_s <= LONGEST_S:
            raise ArgumentError(f"dt_s={dt_s}: allowed are numbers from {SHORTEST_S:g} to {LONGEST_S:g}")
        numbers = self._fleet.numbers
        before = numbers[rows.VELOCITY].copy()
        frames = max(1, math.ceil(dt_s * FRAMES_PER_S - 1e-9))
        blows: list[Blow] = []
        events: list[Collision] = []
        self.props.moved.clear()
        for _ in range(frames if len(self._fleet) else 0):
            blows += self._frame(dt_s / frames, events)
        numbers[rows.VELOCITY] = self._velocity()
        numbers[rows.ACCELERATION] = (numbers[rows.VELOCITY] - before) / dt_s
        self.time_s += dt_s
        self.lights.step(dt_s)
        return (*events_of(blows), *events)

    def state(self) -> VehicleStates:
        """Say where all vehicles are and how they move; the arrays are copies."""
        fleet = self._fleet
        n = fleet.numbers
        pose = np.stack([n[rows.X], n[rows.Y], n[rows.Z], _wrapped(n[rows.PSI]), n[rows.PITCH], n[rows.ROLL]], axis=1)
        nothing = np.zeros(len(fleet))
        backwards, neutral = fleet.flags[rows.BACKWARDS], fleet.flags[rows.NEUTRAL]
        gear = np.where(backwards, -1, np.where(neutral, 0, 1 + np.searchsorted(GEARS_MPS, n[rows.U])))
        gear = np.where(fleet.tables[:, POWERED] > 0.0, n[rows.GEAR], gear)
        return VehicleStates(
            ids=fleet.ids.copy(),
            pose=pose,
            velocity_mps=n[rows.VELOCITY].T.copy(),
            angular_velocity_radps=np.stack([nothing, nothing, n[rows.R]], axis=1),
            acceleration_mps2=n[rows.ACCELERATION].T.copy(),
            extent_m=n[rows.HALF_LENGTH : rows.HALF_HEIGHT + 1].T.copy(),
            centre_m=np.stack([nothing, nothing, n[rows.HALF_HEIGHT]], axis=1),
            speed_mps=n[rows.U].copy(),
            steer_rad=n[rows.DELTA].copy(),
            command=n[rows.THROTTLE : rows.BRAKE + 1].T.copy(),
            gear=gear.astype(np.int64),
            engine_radps=n[rows.ENGINE].copy(),
            tyre_mps2=n[rows.PUSHED].copy(),
            places=self._places,
        )

    def motions(self) -> list[VehicleMotion]:
        """Say what ``state`` says of each vehicle's motion, as plain numbers: a tenth of the time for few vehicles."""
        fleet = self._fleet
        return [
            VehicleMotion(
                vehicle,
                Pose(n[rows.X], n[rows.Y], n[rows.Z], _one_wrapped(n[rows.PSI]), n[rows.PITCH], n[rows.ROLL]),
                (n[11], n[12], n[13]),
                (0.0, 0.0, n[rows.R]),
                (n[14], n[15], n[16]),
                None if model.powertrain is None else int(gear),
            )
            for vehicle, n, model, gear in zip(
                fleet.ids.tolist(),
                fleet.numbers[: rows.ACCELERATION.stop].T.tolist(),
                fleet.models,
                fleet.numbers[rows.GEAR].tolist(),
                strict=True,
            )
        ]

    def speed_limits_mps(self) -> list[float]:
        """Speed limit of each vehicle's lane; infinite where the map gives none [m/s]."""
        return self._limits.find(self.index, self._places)

    def lights_ahead(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Traffic light ahead of each vehicle and distance to its stop; see ``TrafficLights.ahead``."""
        return self.lights.ahead(self.index, self._places)

    def _frame(self, dt_s: float, events: list[Collision]) -> list[Blow]:
        fleet = self._fleet
        before = fleet.numbers[rows.X : rows.PSI + 1].copy()
        out = fleet.flags[rows.OUT].copy()
        move(fleet, self._places, self._friction, dt_s)
        floating = ~fleet.flags[rows.GRAVITY]
        fleet.numbers[rows.Z, floating] += dt_s * fleet.numbers[rows.CLIMB, floating]
        if len(self.props):
            self.props.slide(dt_s, self.index)
        blows = self._obstacles.collide(fleet, before, self._places, self.surroundings, self._conditions)
        self._settle()
        events += hits(fleet, self.kinematic_bodies)
        for row in np.flatnonzero(fleet.flags[rows.OUT] & ~out).tolist():
            events.append(self._excursion(row, dt_s))
        return blows

    def _excursion(self, row: int, dt_s: float) -> Collision:
        """Say that a vehicle went off the road: the impulse is that of the ground's resistance over the frame."""
        n = self._fleet.numbers
        velocity = self._velocity()[:, row]
        speed = float(np.linalg.norm(velocity))
        impulse = -velocity / max(speed, 1e-9) * min(OFF_ROLLING * GRAVITY * dt_s, speed) * n[rows.MASS, row]
        return Collision(int(self._fleet.ids[row]), None, triple(impulse), triple(n[[rows.X, rows.Y, rows.Z], row]))

    def _is_barred(self, row: int) -> bool:
        return self._obstacles.bar(self._fleet, row, self.surroundings, self._conditions)


def _wrapped(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.arctan2(np.sin(angle), np.cos(angle)))


def _one_wrapped(angle: float) -> float:
    return math.atan2(math.sin(angle), math.cos(angle))
