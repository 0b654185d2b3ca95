"""Pose: where something stands and how it is turned, and what follows if it is mounted on something else."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["ORIGIN", "Pose"]

Row = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """Place [m] and attitude [rad] in ISO 8855 axes: heading about z, then pitch about y, then roll about x."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    heading: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0

    @property
    def place(self) -> Row:
        """x, y, z [m]."""
        return self.x, self.y, self.z

    def rotation(self) -> tuple[Row, Row, Row]:
        """Rotation matrix by rows: from the body's axes to those around it."""
        ch, sh = math.cos(self.heading), math.sin(self.heading)
        cp, sp = math.cos(self.pitch), math.sin(self.pitch)
        cr, sr = math.cos(self.roll), math.sin(self.roll)
        return (
            (ch * cp, ch * sp * sr - sh * cr, ch * sp * cr + sh * sr),
            (sh * cp, sh * sp * sr + ch * cr, sh * sp * cr - ch * sr),
            (-sp, cp * sr, cp * cr),
        )

    def turned(self, vector: Row) -> Row:
        """Turn a vector from the body's axes into those around it."""
        a, b, c = self.rotation()
        x, y, z = vector
        return (
            a[0] * x + a[1] * y + a[2] * z,
            b[0] * x + b[1] * y + b[2] * z,
            c[0] * x + c[1] * y + c[2] * z,
        )

    def into(self, vector: Row) -> Row:
        """Turn a vector from the axes around the body into its own."""
        a, b, c = self.rotation()
        x, y, z = vector
        return (
            a[0] * x + b[0] * y + c[0] * z,
            a[1] * x + b[1] * y + c[1] * z,
            a[2] * x + b[2] * y + c[2] * z,
        )

    def carrying(self, mount: Pose) -> Pose:
        """Pose, around this body, of what is mounted on it at ``mount`` (in the body's axes)."""
        dx, dy, dz = self.turned(mount.place)
        if mount.heading == mount.pitch == mount.roll == 0.0:
            return Pose(self.x + dx, self.y + dy, self.z + dz, self.heading, self.pitch, self.roll)
        first, second, third = self.rotation()
        (a, b, c), (d, e, f), (g, h, i) = mount.rotation()
        down = -(third[0] * a + third[1] * d + third[2] * g)
        pitch = math.asin(max(-1.0, min(1.0, down)))
        if abs(down) < 1.0 - 1e-9:
            heading = math.atan2(
                second[0] * a + second[1] * d + second[2] * g, first[0] * a + first[1] * d + first[2] * g
            )
            roll = math.atan2(third[0] * b + third[1] * e + third[2] * h, third[0] * c + third[1] * f + third[2] * i)
        else:  # straight up or down: heading and roll turn about the same axis, so that heading takes it all
            heading = math.atan2(
                -(first[0] * b + first[1] * e + first[2] * h), second[0] * b + second[1] * e + second[2] * h
            )
            roll = 0.0
        return Pose(self.x + dx, self.y + dy, self.z + dz, heading, pitch, roll)


ORIGIN = Pose()
