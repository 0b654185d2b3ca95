"""Shapes: which meshes there are, and which of them is meant where only the class is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum
from functools import cache, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.scene.meshes import car_mesh, house_mesh, prop_mesh, street_mesh
from wormdrive.envs.rendering.scene.meshes.mesh_builder import Mesh
from wormdrive.envs.rendering.scene.meshes.person_mesh import person
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["FLAT_SHAPES", "SHAPES", "STRIDE_M", "ZEBRAS", "Shape", "mesh_of", "shapes_of", "striding"]

STRIDE_M: Final = 1.4
"""Two steps of an adult."""
_PHASES: Final = 8


class Shape(IntEnum):
    """What something looks like: vehicles first, which have lamps; from STRIDE on, the phases of a stride.

    LIGHT shows red, the two after it yellow and green, the next none. From ZEBRA on there are crosswalks of ``ZEBRAS``
    stripes, from HOUSE on ``_HOUSES``: one storey, two, and flats of 3, 4, 5 and 10.
    """

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
    LIGHT = 19
    POST = 23
    GANTRY = 24
    STOP = 25
    GIVE_WAY = 26
    LIMIT = 27
    LIMIT_30 = 28
    LIMIT_50 = 29
    PLATE = 30
    BAR = 31
    ZEBRA = 32
    HOUSE = 34


ZEBRAS: Final = (7, 13)
_HOUSES: Final[tuple[tuple[Callable[..., Mesh], tuple[int, ...]], ...]] = (
    *((house_mesh.house, (storeys, seed)) for storeys in (1, 2) for seed in range(3)),
    *((house_mesh.flats, (storeys, 7, storeys)) for storeys in (3, 4, 5, 10)),
)
SHAPES: Final = Shape.HOUSE + len(_HOUSES)
FLAT_SHAPES: Final = (Shape.GANTRY, Shape.BAR, *range(Shape.ZEBRA, Shape.HOUSE))
"""What keeps no light off the ground."""
_BY_LABEL: Final = np.zeros(256, np.uint8)  # unknown classes look like cars
for _label, _shape in (
    (SemanticLabel.TRUCK, Shape.TRUCK),
    (SemanticLabel.BUS, Shape.BUS),
    (SemanticLabel.MOTORCYCLE, Shape.TWO_WHEELER),
    (SemanticLabel.BICYCLE, Shape.TWO_WHEELER),
    (SemanticLabel.PEDESTRIANS, Shape.PERSON),
    (SemanticLabel.STATIC, Shape.BOX),
    (SemanticLabel.DYNAMIC, Shape.BOX),
    (SemanticLabel.OTHER, Shape.BOX),
):
    _BY_LABEL[_label] = _shape


def shapes_of(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the common shape of classes."""
    return _BY_LABEL[labels]


def striding(walked_m: float) -> int:
    """Return the shape of a person who has walked so far."""
    return Shape.STRIDE + int(walked_m / STRIDE_M * _PHASES) % _PHASES


@cache
def mesh_of(shape: int) -> Mesh:
    """Return the mesh of a shape, 0 to ``SHAPES`` - 1."""
    if shape >= Shape.HOUSE:
        make, arguments = _HOUSES[shape - Shape.HOUSE]
        return make(*arguments)
    if Shape.ZEBRA <= shape < Shape.HOUSE:
        return street_mesh.zebra(ZEBRAS[shape - Shape.ZEBRA])
    if Shape.LIGHT <= shape < Shape.POST:
        return street_mesh.light(shape - Shape.LIGHT)
    if Shape.STRIDE <= shape < Shape.LIGHT:
        return person(2.0 * math.pi * (shape - Shape.STRIDE) / _PHASES)
    makers: dict[Shape, Callable[[], Mesh]] = {
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
        Shape.POST: street_mesh.post,
        Shape.GANTRY: street_mesh.gantry,
        Shape.STOP: street_mesh.stop,
        Shape.GIVE_WAY: street_mesh.give_way,
        Shape.LIMIT: partial(street_mesh.speed_limit, ""),
        Shape.LIMIT_30: partial(street_mesh.speed_limit, "30"),
        Shape.LIMIT_50: partial(street_mesh.speed_limit, "50"),
        Shape.PLATE: street_mesh.plate,
        Shape.BAR: street_mesh.bar,
    }
    return makers[Shape(shape)]()
