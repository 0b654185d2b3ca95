"""Props: objects that stand about. Sensors measure their oriented boxes, vehicles drive into them.

A prop stands as fast as a wall until its physics is switched on; from then on it is a body of its mass, which vehicles
push along and which slides until friction with the ground has stopped it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world.collisions.bodies import Bodies
from wormdrive.carla_server.world.collisions.props_kernel import mark_near, slide
from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.carla_server.world.vehicles.motion_kernel import FASTEST_MPS
from wormdrive.carla_server.world.vehicles.validation import check_pose, triple, vector
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads.point_location import PlaceIndex

__all__ = ["Props"]

Array = NDArray[np.float64]
Triple = tuple[float, float, float]

_NONE: Final = np.zeros(0, np.int64)
_FALL_M: Final = 0.5
"""What slid keeps to the ground if it stood this near to it."""


class Props:
    """The props of a world, by rising id.

    Attributes
    ----------
    ids:
        (M,) int64.
    centre, half, attitude:
        (M, 3) centre in the map's axes, half sizes [m], and heading, pitch, roll [rad] of the oriented boxes.
    velocity_mps:
        (M, 3) in the map's axes.
    tags:
        (M,) int64 class numbers of CARLA's.
    moved:
        Ids of those that blows have moved in the latest step.
    """

    def __init__(self, new_id: Callable[[], int]) -> None:
        self._new_id = new_id
        self.ids: NDArray[np.int64] = _NONE
        self.centre: Array = np.zeros((0, 3))
        self.half: Array = np.zeros((0, 3))
        self.attitude: Array = np.zeros((0, 3))
        self.velocity_mps: Array = np.zeros((0, 3))
        self.tags: NDArray[np.int64] = _NONE
        self.moved: set[int] = set()
        self._numbers: Array = np.zeros((rows.ROWS, 0))
        self._before: Array = np.zeros((3, 0))
        self._movable: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._solid: NDArray[np.bool_] = np.zeros(0, np.bool_)

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, pose: Pose, half_m: Triple, tag: int, mass_kg: float = 50.0, *, solid: bool = True) -> int:
        """Put a prop somewhere, immovable; returns its id, which no vehicle or kinematic body has.

        ``pose`` is that of the middle of its lower face, ``half_m`` are half length, width and height [m]. What is not
        ``solid`` is seen and not hit.

        Raises
        ------
        ArgumentError
            If the pose is not finite, a size is not within 0 to 100 m, the mass not within 0 to 1,000 t, or the class
            number not within 1 to 255.
        """
        check_pose(pose)
        if not all(0.0 < value <= 100.0 for value in half_m) or not 0.0 < mass_kg <= 1e6 or not 1 <= tag <= 255:
            raise ArgumentError(
                f"half_m={half_m}, mass_kg={mass_kg}, tag={tag}: allowed are up to 100 m and 1,000 t, above 0, 1 to 255"
            )
        number = self._new_id()
        numbers = np.zeros((rows.ROWS, 1))
        numbers[rows.MASS] = mass_kg
        numbers[rows.INERTIA] = mass_kg * (half_m[0] ** 2 + half_m[1] ** 2) / 3.0
        self.ids = np.append(self.ids, number)
        self.centre, self.attitude, self.velocity_mps = (
            np.concatenate([old, np.zeros((1, 3))]) for old in (self.centre, self.attitude, self.velocity_mps)
        )
        self.half = np.concatenate([self.half, np.array([half_m], np.float64)])
        self.tags = np.append(self.tags, tag)
        self._numbers = np.concatenate([self._numbers, numbers], axis=1)
        self._movable = np.append(self._movable, False)
        self._solid = np.append(self._solid, solid)
        self._put(len(self) - 1, pose)
        return number

    def remove(self, prop: int) -> None:
        """Take a prop away.

        Raises
        ------
        ArgumentError
            If there is no such prop; so do all methods that take one.
        """
        row = self._row(prop)
        self.ids, self.tags = np.delete(self.ids, row), np.delete(self.tags, row)
        self._movable, self._solid = np.delete(self._movable, row), np.delete(self._solid, row)
        self.centre, self.half, self.attitude, self.velocity_mps = (
            np.delete(old, row, axis=0) for old in (self.centre, self.half, self.attitude, self.velocity_mps)
        )
        self._numbers = np.delete(self._numbers, row, axis=1)
        self._before = self._numbers[rows.X : rows.PSI + 1].copy()
        self.moved.discard(prop)

    def move(self, prop: int, pose: Pose, velocity_mps: Triple = (0.0, 0.0, 0.0)) -> None:
        """Put a prop elsewhere, at rest; the velocity in the map's axes is what radars see of one that is carried.

        Raises
        ------
        ArgumentError
            If the pose is not finite.
        """
        check_pose(pose)
        row = self._row(prop)
        self._numbers[rows.U : rows.R + 1, row] = 0.0
        self._put(row, pose)
        self.velocity_mps[row] = velocity_mps

    def pose(self, prop: int) -> Pose:
        """Where a prop is: the pose of the middle of its lower face."""
        row = self._row(prop)
        turn = Pose(0.0, 0.0, 0.0, *self.attitude[row].tolist())
        x, y, z = turn.turned((0.0, 0.0, float(self.half[row, 2])))
        cx, cy, cz = self.centre[row].tolist()
        return Pose(cx - x, cy - y, cz - z, turn.heading, turn.pitch, turn.roll)

    def velocity(self, prop: int) -> Triple:
        """How a prop moves, in the map's axes [m/s]."""
        return triple(self.velocity_mps[self._row(prop)])

    def set_physics(self, prop: int, on: bool) -> None:
        """Let blows move a prop, or make it stand fast."""
        row = self._row(prop)
        self._movable[row] = on
        self._numbers[rows.U : rows.R + 1, row] = 0.0
        self.velocity_mps[row] = 0.0

    def set_solid(self, prop: int, on: bool) -> None:
        """Let vehicles hit a prop, or pass through it."""
        self._solid[self._row(prop)] = on

    def set_velocity(self, prop: int, velocity_mps: Triple) -> None:
        """Push a prop whose physics is on, so that it moves at a velocity in the map's axes [m/s]; z does not count."""
        row = self._row(prop)
        x, y, _ = np.clip(vector("velocity_mps", velocity_mps), -FASTEST_MPS, FASTEST_MPS).tolist()
        if self._movable[row]:
            n = self._numbers
            cosine, sine = np.cos(n[rows.PSI, row]), np.sin(n[rows.PSI, row])
            n[rows.U, row], n[rows.V, row] = x * cosine + y * sine, y * cosine - x * sine
            self.velocity_mps[row] = x, y, 0.0

    def add_impulse(self, prop: int, impulse_ns: Triple) -> None:
        """Push a prop whose physics is on once, in the map's axes [N s]; z does not count."""
        row = self._row(prop)
        x, y, _ = (vector("impulse_ns", impulse_ns) / self._numbers[rows.MASS, row] + self._velocity(row)).tolist()
        self.set_velocity(prop, (x, y, 0.0))

    def near(self, vehicles: Array, before: Array) -> tuple[NDArray[np.int64], Bodies]:
        """Rows and bodies of those that vehicles may touch on their way through a frame.

        ``vehicles`` are (ROWS, N) as ``Fleet.numbers``, ``before`` (3, N) x, y, heading at the frame's beginning.
        """
        marked = np.zeros(len(self), np.bool_)
        was = self._before
        mark_near(vehicles, before, self._numbers, was, self._movable, self._solid, marked)
        near = np.flatnonzero(marked)
        numbers, was = np.ascontiguousarray(self._numbers[:, near]), was[:, near]
        return near, Bodies(numbers, was, self._movable[near], self.ids[near], self.tags[near])

    def take(self, near: NDArray[np.int64], bodies: Bodies) -> None:
        """Take over what a collision has done to those that ``near`` gave."""
        for k, row in enumerate(near.tolist()):
            if self._movable[row] and not np.array_equal(self._numbers[:, row], bodies.numbers[:, k]):
                self._shift(row, bodies.numbers[: rows.PSI + 1, k])
                self._numbers[:, row] = bodies.numbers[:, k]
                self.velocity_mps[row] = self._velocity(row)
                self.moved.add(int(self.ids[row]))

    def slide(self, dt_s: float, index: PlaceIndex) -> None:
        """Let what was pushed slide on for a frame, on the ground of a map."""
        old = self._before = self._numbers[rows.X : rows.PSI + 1].copy()
        sliding = np.flatnonzero(self._movable & (self._numbers[rows.U : rows.R + 1] != 0.0).any(axis=0))
        if not len(sliding):
            return
        slide(self._numbers, sliding, dt_s, self.velocity_mps)
        for row in sliding.tolist():
            new = self._numbers[: rows.PSI + 1, row].copy()
            self._numbers[: rows.PSI + 1, row] = old[:, row]
            self._shift(row, new)
            self.moved.add(int(self.ids[row]))
        at = self._numbers[:, sliding]
        beneath = index.locate(old[rows.X, sliding], old[rows.Y, sliding], at[rows.Z]).z_m
        ground = index.locate(at[rows.X], at[rows.Y], at[rows.Z]).z_m
        fall = np.where(np.abs(at[rows.Z] - beneath) < _FALL_M, ground - beneath, 0.0)
        self._numbers[rows.Z, sliding] += fall
        self.centre[sliding, 2] += fall

    def _row(self, prop: int) -> int:
        row = int(np.searchsorted(self.ids, prop))
        if row == len(self.ids) or self.ids[row] != prop:
            raise ArgumentError(f"prop={prop}: there is no such prop")
        return row

    def _velocity(self, row: int) -> Array:
        n = self._numbers
        u, v = n[rows.U, row], n[rows.V, row]
        cosine, sine = np.cos(n[rows.PSI, row]), np.sin(n[rows.PSI, row])
        return np.array([u * cosine - v * sine, u * sine + v * cosine, 0.0])

    def _shift(self, row: int, place: Array) -> None:
        """Bring the oriented box along when its body goes to x, y [m] and heading [rad]."""
        n = self._numbers
        turn = place[rows.PSI] - n[rows.PSI, row]
        self.centre[row, 0] = place[rows.X]
        self.centre[row, 1] = place[rows.Y]
        self.attitude[row, 0] += turn
        n[: rows.PSI + 1, row] = place

    def _put(self, row: int, pose: Pose) -> None:
        """Stand a prop on a pose: its oriented box, and the body in the plane that holds it."""
        n, half = self._numbers, self.half[row]
        self.attitude[row] = pose.heading, pose.pitch, pose.roll
        upright = Pose(0.0, 0.0, 0.0, 0.0, pose.pitch, pose.roll)
        reach = np.abs(np.array(upright.rotation())) @ half
        self.centre[row] = np.array(pose.place) + pose.turned((0.0, 0.0, float(half[2])))
        n[rows.X, row], n[rows.Y, row] = self.centre[row, :2]
        n[rows.Z, row], n[rows.PSI, row] = self.centre[row, 2] - reach[2], pose.heading
        n[rows.HALF_LENGTH : rows.HALF_HEIGHT + 1, row] = reach
        self._before = n[rows.X : rows.PSI + 1].copy()
