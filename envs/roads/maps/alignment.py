"""Lay out road centre lines from straights and bends, with clothoids between them so that curvature is continuous."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from wormdrive.envs.roads.opendrive.curves import Arc, Curve, Line, Spiral

__all__ = ["Bend", "Geometry", "PlanPose", "Straight", "close_loop", "geometries", "lay_out"]


@dataclass(frozen=True)
class PlanPose:
    """Where a line begins."""

    x: float = 0.0
    y: float = 0.0
    heading_rad: float = 0.0


@dataclass(frozen=True)
class Straight:
    """Straight on for ``length_m``."""

    length_m: float


@dataclass(frozen=True)
class Bend:
    """Clothoid, arc, clothoid: turn by ``angle_deg`` (positive left) with a least radius.

    Each clothoid is ``transition_m`` long and takes transition / (2 radius) of the angle; where the two would turn by
    more than the angle they are shortened and no arc is left.
    """

    angle_deg: float
    radius_m: float
    transition_m: float

    def parts(self) -> list[tuple[float, float, float]]:
        """(curvature at start, at end, length) of each part."""
        angle = math.radians(abs(self.angle_deg))
        curvature = math.copysign(1.0 / self.radius_m, self.angle_deg)
        transition = min(self.transition_m, angle * self.radius_m)
        arc = angle * self.radius_m - transition
        parts = [(0.0, curvature, transition), (curvature, curvature, arc), (curvature, 0.0, transition)]
        return [part for part in parts if part[2] > 1e-6]


@dataclass(frozen=True)
class Geometry:
    """One OpenDRIVE geometry with its pose; spirals have differing curvatures, lines none."""

    s: float
    pose: PlanPose
    length_m: float
    curvature_start: float
    curvature_end: float

    @property
    def curve(self) -> Curve:
        """To evaluate it."""
        if self.curvature_start != self.curvature_end:
            return Spiral(self.curvature_start, self.curvature_end, self.length_m)
        return Arc(self.curvature_start) if self.curvature_start else Line()

    def end(self) -> PlanPose:
        """Pose at its end."""
        local = self.curve.at(np.array([self.length_m]))
        u, v, turn = float(local.u[0]), float(local.v[0]), float(local.heading_rad[0])
        cos, sin = math.cos(self.pose.heading_rad), math.sin(self.pose.heading_rad)
        return PlanPose(self.pose.x + cos * u - sin * v, self.pose.y + sin * u + cos * v, self.pose.heading_rad + turn)


def geometries(parts: list[tuple[float, float, float]], start: PlanPose) -> list[Geometry]:
    """Chain (curvature at start, at end, length) parts from a pose on."""
    chain: list[Geometry] = []
    pose, s = start, 0.0
    for curvature_start, curvature_end, length in parts:
        chain.append(Geometry(s, pose, length, curvature_start, curvature_end))
        pose = chain[-1].end()
        s += length
    return chain


def lay_out(elements: list[Straight | Bend], start: PlanPose) -> list[Geometry]:
    """Chain straights and bends from a pose on."""
    parts: list[tuple[float, float, float]] = []
    for element in elements:
        if isinstance(element, Bend):
            parts.extend(element.parts())
        elif element.length_m > 1e-6:
            parts.append((0.0, 0.0, element.length_m))
    return geometries(parts, start)


def close_loop(elements: list[Straight | Bend], first: int, second: int) -> list[Straight | Bend]:
    """Choose the lengths of two straights so that the chain ends where it began.

    The bends must turn by a whole circle. The end's position is linear in the straights' lengths, so two straights
    that are not parallel solve it exactly.
    """
    turning = sum(element.angle_deg for element in elements if isinstance(element, Bend))
    if abs(abs(turning) - 360.0) > 1e-9:
        raise ValueError(f"the bends turn by {turning} degrees: a loop needs 360")

    def end_with(one: float, two: float) -> np.ndarray:
        trial = list(elements)
        trial[first], trial[second] = Straight(one), Straight(two)
        pose = lay_out(trial, PlanPose())[-1].end()
        return np.array([pose.x, pose.y])

    base = end_with(100.0, 100.0)
    effect = np.stack([end_with(101.0, 100.0) - base, end_with(100.0, 101.0) - base], axis=1)
    lengths = 100.0 - np.linalg.solve(effect, base)
    if lengths.min() < 0.0:
        raise ValueError(f"the loop closes with straights of {lengths} m only")
    closed = list(elements)
    closed[first] = replace(Straight(0.0), length_m=float(lengths[0]))
    closed[second] = Straight(float(lengths[1]))
    return closed
