# mypy: allow-untyped-defs, allow-untyped-calls
"""Optical flow: how far what each pixel shows has moved over the picture since an earlier one.

A pixel's point follows from its depth. Where it was before follows from how whatever it belongs to stood then: land
stands still, vehicles, people and things move as rigid bodies. With R the rows right, down, forward of the camera, e
its place, and (Q, s) the motion that takes a body back from now to then, a point at depth d on the ray r was, from
the camera of then,

    R' (Q (e + d R^T r) + s - e')  =  d (R' Q R^T) r  +  R' (Q e + s - e'),

a matrix and a vector for each body. What is infinitely far away keeps the first term alone.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.frame import FURTHEST_GROUND_M
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.camera_pose import CameraPose
from wormdrive.envs.rendering.scene.raster.mesh_table import axes_of
from wormdrive.envs.rendering.scene.scene_model import Cars

__all__ = ["FlowFrame", "optical_flow"]

f4 = np.float32

_NOBODY: Final = 0  # in ``SceneFrames.instance``: land, and whatever else stands still
_LEAST_DEPTH: Final = 1e-6


class FlowFrame(NamedTuple):
    """Where the camera and everything else stood when a picture was taken."""

    camera: CameraPose
    actor: NDArray[np.uint32]
    pose: NDArray[np.float64]

    @classmethod
    def of(cls, camera: CameraPose, cars: Cars) -> FlowFrame:
        """Keep a moment: what it is made of may change afterwards."""
        return cls(camera, cars.actor.copy(), cars.pose.copy())


def optical_flow(
    depth: NDArray[np.float32], instance: NDArray[np.uint32], now: FlowFrame, before: FlowFrame
) -> NDArray[np.float32]:
    """Return the flow (H, W, 2) float32 [pixel] of a picture: to the right and down, from ``before`` to ``now``.

    Where a point was not in front of the camera before, the flow is as large as numbers allow, or nearly so.

    Parameters
    ----------
    depth, instance:
        (H, W), of the picture taken ``now``; see ``SceneFrames``.
    """
    flow = np.empty((*depth.shape, 2), np.float32)
    actors, turns, shifts = _motions(now, before)
    _fill(depth, instance, now.camera, actors, turns, shifts, flow)
    return flow


def _motions(now: FlowFrame, before: FlowFrame) -> tuple[NDArray[np.uint32], NDArray[np.float64], NDArray[np.float64]]:
    """Ids (M,) of what has moved, matrices (M + 1, 3, 3) and vectors (M + 1, 3) [m]: the first is the land's."""
    actors, here, there = np.intersect1d(now.actor, before.actor, return_indices=True)
    moved = (actors != _NOBODY) & (now.pose[here] != before.pose[there]).any(axis=1)
    new, old = now.pose[here[moved]], before.pose[there[moved]]
    turn = np.concatenate([np.eye(3)[None], _rotations(old) @ _rotations(new).transpose(0, 2, 1)])
    place = np.array([now.camera.x, now.camera.y, now.camera.z])
    from_place = np.array([before.camera.x, before.camera.y, before.camera.z])
    shift = np.concatenate([np.zeros((1, 3)), old[:, :3] - np.einsum("nij,nj->ni", turn[1:], new[:, :3])])
    axes, from_axes = _axes(now.camera), _axes(before.camera)
    shift = (turn @ place + shift - from_place) @ from_axes.T
    return actors[moved], from_axes @ turn @ axes.T, shift


def _rotations(pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """Matrices (C, 3, 3) from bodies' axes to the map's."""
    return np.stack(axes_of(pose), axis=2)


def _axes(camera: CameraPose) -> NDArray[np.float64]:
    return np.array(
        [
            [camera.right_x, camera.right_y, camera.right_z],
            [camera.down_x, camera.down_y, camera.down_z],
            [camera.forward_x, camera.forward_y, camera.forward_z],
        ]
    )


@glue
def _fill(depths, instance, camera, actors, turns, shifts, out):
    height, width = depths.shape
    known, k = np.uint32(0), 0
    for v in range(height):
        b = (v + 0.5 - camera.centre_v) / camera.focal
        for u in range(width):
            a, depth, actor = (u + 0.5 - camera.centre_u) / camera.focal, float(depths[v, u]), instance[v, u]
            if actor != known:
                known, k = actor, 0
                for m in range(len(actors)):
                    if actors[m] == actor:
                        k = m + 1
            x = turns[k, 0, 0] * a + turns[k, 0, 1] * b + turns[k, 0, 2]
            y = turns[k, 1, 0] * a + turns[k, 1, 1] * b + turns[k, 1, 2]
            z = turns[k, 2, 0] * a + turns[k, 2, 1] * b + turns[k, 2, 2]
            if depth <= FURTHEST_GROUND_M:
                x += shifts[k, 0] / depth
                y += shifts[k, 1] / depth
                z += shifts[k, 2] / depth
            z = max(z, _LEAST_DEPTH)
            out[v, u, 0] = f4(camera.focal * (a - x / z))
            out[v, u, 1] = f4(camera.focal * (b - y / z))
