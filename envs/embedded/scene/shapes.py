"""Shapes: which meshes there are, and which of them is meant where only the class is known."""

from __future__ import annotations

import math
from enum import IntEnum
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.camera.labels import Label
from wormdrive.envs.embedded.scene import car_mesh, prop_mesh
from wormdrive.envs.embedded.scene.mesh_builder import Mesh
from wormdrive.envs.embedded.scene.person_mesh import person

__all__ = ["SHAPES", "STRIDE_M", "Shape", "mesh_of", "shapes_of", "striding"]

STRIDE_M: Final = 1.4
"""Two steps of an adult."""
_PHASES: Final = 8


class Shape(IntEnum):
    """What something looks like: vehicles first, which have lamps; from STRIDE on, the phases of a stride."""

    CAR = 0
    TRUCK = 1
    BUS = 2
    TWO_WHEELER = 3
    BOX = 4
    CONE = 5
    BARREL = 6
    TABLE = 7
    SIGN = 8
    BARRIER = 9
    PERSON = 10
    STRIDE = 11


SHAPES: Final = Shape.STRIDE + _PHASES
_BY_LABEL: Final = np.zeros(256, np.uint8)  # unknown classes look like cars
for _label, _shape in (
    (Label.TRUCK, Shape.TRUCK),
    (Label.BUS, Shape.BUS),
    (Label.MOTORCYCLE, Shape.TWO_WHEELER),
    (Label.BICYCLE, Shape.TWO_WHEELER),
    (Label.PEDESTRIANS, Shape.PERSON),
    (Label.STATIC, Shape.BOX),
    (Label.DYNAMIC, Shape.BOX),
    (Label.OTHER, Shape.BOX),
):
    _BY_LABEL[_label] = _shape


def shapes_of(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give the common shape of classes."""
    return _BY_LABEL[labels]


def striding(walked_m: float) -> int:
    """Give the shape of a person who has walked so far."""
    return Shape.STRIDE + int(walked_m / STRIDE_M * _PHASES) % _PHASES


@cache
def mesh_of(shape: int) -> Mesh:
    """Give the mesh of a shape, 0 to ``SHAPES`` - 1."""
    if shape >= Shape.STRIDE:
        return person(2.0 * math.pi * (shape - Shape.STRIDE) / _PHASES)
    makers = {
        Shape.CAR: car_mesh.car,
        Shape.TRUCK: car_mesh.truck,
        Shape.BUS: car_mesh.bus,
        Shape.TWO_WHEELER: car_mesh.two_wheeler,
        Shape.BOX: prop_mesh.box,
        Shape.CONE: prop_mesh.cone,
        Shape.BARREL: prop_mesh.barrel,
        Shape.TABLE: prop_mesh.table,
        Shape.SIGN: prop_mesh.sign,
        Shape.BARRIER: prop_mesh.barrier,
        Shape.PERSON: person,
    }
    return makers[Shape(shape)]()
