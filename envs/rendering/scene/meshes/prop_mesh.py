"""Prop mesh: things that stand about, each as large as its box."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.rendering.scene.meshes.mesh_builder import CLOTH, TRIM, TYRE, WHITE, Mesh, MeshBuilder, ring

__all__ = ["barrel", "barrier", "box", "cone", "sign", "table"]

_SIDES: Final = 12


def box() -> Mesh:
    """Build a box with a darker foot."""
    build = MeshBuilder()
    build.box(TYRE, (-0.48, -0.48, 0.0), (0.48, 0.48, 0.06))
    build.box(CLOTH, (-0.5, -0.5, 0.06), (0.5, 0.5, 1.0))
    return build.mesh()


def cone() -> Mesh:
    """Build a traffic cone with a white band."""
    build = MeshBuilder()
    build.box(TYRE, (-0.5, -0.5, 0.0), (0.5, 0.5, 0.06))
    rings = [ring((0.0, 0.0, z), half, half, _SIDES) for z, half in ((0.06, 0.40), (0.45, 0.25), (0.70, 0.16))]
    build.tube(CLOTH, *rings[:2])
    build.tube(WHITE, *rings[1:])
    build.tube(CLOTH, rings[2], ring((0.0, 0.0, 1.0), 0.05, 0.05, _SIDES))
    return build.mesh()


def barrel() -> Mesh:
    """Build something round with a brim: a barrel, a bin, a pot."""
    build = MeshBuilder()
    levels = (0.0, 0.44), (0.5, 0.48), (0.9, 0.46)
    build.tube(CLOTH, *(ring((0.0, 0.0, z), half, half, _SIDES) for z, half in levels))
    build.tube(TRIM, *(ring((0.0, 0.0, z), half, half, _SIDES) for z, half in ((0.9, 0.5), (1.0, 0.5))))
    return build.mesh()


def table() -> Mesh:
    """Build a top on four legs: a table, a bench."""
    build = MeshBuilder()
    build.box(CLOTH, (-0.5, -0.5, 0.88), (0.5, 0.5, 1.0))
    build.add(CLOTH, (-0.5, -0.5, 0.88), (0.5, -0.5, 0.88), (0.5, 0.5, 0.88), (-0.5, 0.5, 0.88))
    for x in (-0.44, 0.36):
        for y in (-0.44, 0.36):
            build.box(TRIM, (x, y, 0.0), (x + 0.08, y + 0.08, 0.88))
    return build.mesh()


def sign() -> Mesh:
    """Build a panel on a post, with a white field on both of its faces."""
    build = MeshBuilder()
    build.tube(TRIM, *(ring((0.0, 0.0, z), 0.06, 0.06, 6) for z in (0.0, 0.6)))
    build.box(CLOTH, (-0.5, -0.5, 0.55), (0.5, 0.5, 1.0))
    for y in (-0.505, 0.505):
        build.add(WHITE, (-0.42, y, 0.60), (0.42, y, 0.60), (0.42, y, 0.95), (-0.42, y, 0.95))
    for x in (-0.505, 0.505):
        build.add(WHITE, (x, -0.42, 0.60), (x, 0.42, 0.60), (x, 0.42, 0.95), (x, -0.42, 0.95))
    return build.mesh()


def barrier() -> Mesh:
    """Build a striped board on two feet."""
    build = MeshBuilder()
    stripes = 6
    for k in range(stripes):
        x = -0.5 + k / stripes
        build.box(WHITE if k % 2 else CLOTH, (x, -0.12, 0.55), (x + 1.0 / stripes, 0.12, 1.0))
    for x in (-0.40, 0.34):
        build.box(TRIM, (x, -0.08, 0.0), (x + 0.06, 0.08, 0.55))
        build.box(TYRE, (x - 0.04, -0.5, 0.0), (x + 0.10, 0.5, 0.08))
    return build.mesh()
