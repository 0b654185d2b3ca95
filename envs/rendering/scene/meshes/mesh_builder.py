"""Mesh builder: faces of what stands on a road, put together by hand.

A mesh is a list of convex faces with up to four corners each. Coordinates are parts of the box that it is drawn in: x
from -0.5 (rear) to 0.5 (front), y from -0.5 (right) to 0.5 (left), z from 0 (ground) to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BODY",
    "CLOTH",
    "DARK_LAMP",
    "FINE",
    "FINEST",
    "FLAT_ROOF",
    "GLASS",
    "GREEN_LAMP",
    "HAIR",
    "HEADLAMP",
    "LIT_WINDOW",
    "PAINT",
    "PLINTH",
    "REAR_LAMP",
    "RED",
    "RED_LAMP",
    "ROOF",
    "SKIN",
    "TRIM",
    "TROUSERS",
    "TYRE",
    "WHITE",
    "YELLOW_LAMP",
    "Mesh",
    "MeshBuilder",
    "Point",
    "ring",
]

BODY, GLASS, TYRE, TRIM, HEADLAMP, REAR_LAMP, CLOTH, TROUSERS, SKIN, HAIR, WHITE = range(11)
"""What a face is made of; BODY and CLOTH have the colour of what is drawn, with and without gloss."""

FINE, FINEST = 64, 128
"""Added to the material of faces that are left out where a body is small in the picture: FINEST ones first."""
ROOF, FLAT_ROOF, PLINTH, LIT_WINDOW, PAINT, RED, RED_LAMP, YELLOW_LAMP, GREEN_LAMP, DARK_LAMP = range(11, 21)
"""Of houses and beside streets. Snow lies on roofs, lamps of lights are lit by day, too, and windows by night."""

Point = tuple[float, float, float]


class Mesh(NamedTuple):
    """``corners`` (F, 4, 3) float32: faces of three corners repeat the last; ``material`` (F,) uint8."""

    corners: NDArray[np.float32]
    material: NDArray[np.uint8]


class MeshBuilder:
    """Collects faces.

    Parameters
    ----------
    scale:
        Parts of the box in one unit of the coordinates that are added, along each axis.
    """

    def __init__(self, scale: Point = (1.0, 1.0, 1.0)) -> None:
        self.scale = scale
        self.faces: list[Sequence[Point]] = []
        self.materials: list[int] = []

    def add(self, material: int, *corners: Point) -> None:
        """Add a face of three or four corners."""
        self.faces.append(corners if len(corners) == 4 else (*corners, corners[-1]))
        self.materials.append(material)

    def both_sides(self, material: int, *corners: Point) -> None:
        """Add a face on the left, and its mirror image on the right."""
        self.add(material, *corners)
        self.add(material, *((x, -y, z) for x, y, z in reversed(corners)))

    def box(self, material: int, low: Point, high: Point) -> None:
        """Add a box without its lower face."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        self.add(material, (x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1))
        self.add(material, (x0, y1, z0), (x0, y0, z0), (x0, y0, z1), (x0, y1, z1))
        self.add(material, (x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1))
        self.add(material, (x1, y1, z0), (x0, y1, z0), (x0, y1, z1), (x1, y1, z1))
        self.add(material, (x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1))

    def tube(self, material: int, *rings: Sequence[Point]) -> None:
        """Add the skin through rings of as many points each, and a lid on the last."""
        for one, two in pairwise(rings):
            for k in range(len(one)):
                m = (k + 1) % len(one)
                self.add(material, one[k], one[m], two[m], two[k])
        last = rings[-1]
        for k in range(1, len(last) - 1):
            self.add(material, last[0], last[k], last[k + 1])

    def mesh(self) -> Mesh:
        """Return what was added."""
        corners = np.array(self.faces, np.float64) * np.array(self.scale)
        return Mesh(corners.astype(np.float32), np.array(self.materials, np.uint8))


def ring(middle: Point, half_x: float, half_y: float, sides: int) -> list[Point]:
    """Return the corners of a level polygon around a point."""
    turns = 2.0 * np.pi * (np.arange(sides) + 0.5) / sides
    x, y, z = middle
    return [(x + half_x * float(np.cos(turn)), y + half_y * float(np.sin(turn)), z) for turn in turns]
