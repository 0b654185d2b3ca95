"""Targets: the objects that are looked for."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.scene.camera_pose import make_camera_pose
from wormdrive.envs.rendering.scene.meshes.mesh_builder import CLOTH, TRIM, Mesh, MeshBuilder
from wormdrive.envs.rendering.scene.meshes.shapes import Shape, mesh_of
from wormdrive.envs.rendering.scene.raster.mesh_table import car_table
from wormdrive.envs.rendering.scene.scene_model import Cars
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["COLOURS", "TARGETS", "Target", "target_mesh", "target_row"]


class Target(NamedTuple):
    """Length, width, height [m], its ``SemanticLabel``, and the index of ``Shape`` that it is drawn as."""

    size: tuple[float, float, float]
    label: SemanticLabel
    shape: Shape


TARGETS: Final = {
    "chair": Target((1.0, 1.0, 1.3), SemanticLabel.DYNAMIC, Shape.BOX),
    "box": Target((1.2, 1.2, 1.2), SemanticLabel.DYNAMIC, Shape.BOX),
    "car": Target((4.2, 1.8, 1.5), SemanticLabel.CAR, Shape.CAR),
}
"""By name; a chair has a mesh of its own."""
COLOURS: Final = {"red": (205, 30, 28), "blue": (25, 70, 200), "yellow": (225, 185, 25), "white": (230, 230, 230)}
"""As a picture shows the paint."""


@cache
def target_mesh(name: str) -> Mesh:
    """Return the mesh of a target; its box is filled by it."""
    return _chair() if name == "chair" else mesh_of(TARGETS[name].shape)


def target_row(name: str, colour: str, place: tuple[float, float, float], heading: float) -> NDArray[np.float64]:
    """Return (1, CAR_FIELDS), what the mesh raster reads of a target that stands at a place [m]."""
    target = TARGETS[name]
    thing = Cars.of(
        np.array([(*place, heading, 0.0, 0.0)]),
        size=np.array([target.size]),
        colour=np.array([COLOURS[colour]]),
        label=np.array([target.label]),
        shape=np.array([target.shape]),
        lamps=np.zeros(1),
    )
    afar = make_camera_pose((place[0] + 1e6, place[1], place[2], 0.0, 0.0, 0.0), 16, 16, 90.0)
    return car_table(thing, afar)


def _chair() -> Mesh:
    """Build a folding chair: a seat, a back, and four legs."""
    build = MeshBuilder()
    build.box(CLOTH, (-0.5, -0.5, 0.34), (0.5, 0.5, 0.44))
    build.add(CLOTH, (-0.5, -0.5, 0.34), (0.5, -0.5, 0.34), (0.5, 0.5, 0.34), (-0.5, 0.5, 0.34))
    build.box(CLOTH, (-0.5, -0.5, 0.44), (-0.38, 0.5, 1.0))
    for y in (-0.5, 0.38):
        build.box(CLOTH, (-0.4, y, 0.62), (0.4, y + 0.12, 0.68))
        for x in (-0.48, 0.40):
            build.box(TRIM, (x, y, 0.0), (x + 0.08, y + 0.08, 0.62))
    return build.mesh()
