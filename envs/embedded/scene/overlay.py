# mypy: allow-untyped-defs, allow-untyped-calls
"""Overlay: cars in a picture that the road camera has already drawn, by its depth."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.embedded.camera.numba_options import glue
from wormdrive.envs.embedded.camera.post import tone
from wormdrive.envs.embedded.scene.car_raster import MESH, rasterise_car
from wormdrive.envs.seasons.appearance import EXPOSURE, VIGNETTE

__all__ = ["overlay_cars"]

f4 = np.float32


@glue
def overlay_cars(
    cars, car_labels, actors, mesh_corners, mesh_material, mesh_first, sight, looks, headlights, opaque, owner, light,
    colour, rgb, labels, depths, instance,
):  # fmt: skip
    """Draw the cars of a table into ``rgb`` (H, W, 3), ``labels``, ``depths`` and ``instance`` (H, W).

    ``opaque`` (H * W,) is the picture's depth; ``owner`` (H * W,) int32 and ``light`` (3, H * W) are work space, and
    ``owner`` holds zeros. Paint is developed as the road camera does it, but for the noise.
    """
    height, width = labels.shape
    red, green, blue = light[0], light[1], light[2]
    for n in range(len(cars)):
        mesh = int(cars[n, MESH])
        begin, end = mesh_first[mesh], mesh_first[mesh + 1]
        rasterise_car(
            cars, n, mesh_corners[begin:end], mesh_material[begin:end], sight, looks, headlights, 0, height, width,
            width, opaque, owner, red, green, blue,
        )  # fmt: skip
    for v in range(height):
        tilt = (v + 0.5 - sight.centre_v) / sight.focal
        row_gain = looks[EXPOSURE] / f4(1.0 + looks[VIGNETTE] * tilt * tilt)
        for u in range(width):
            at = v * width + u
            if owner[at] == 0:
                continue
            n = owner[at] - 1
            labels[v, u], depths[v, u], instance[v, u] = car_labels[n], opaque[at], actors[n]
            if colour:
                aside = (u + 0.5 - sight.centre_u) / sight.focal
                gain = row_gain / f4(1.0 + looks[VIGNETTE] * aside * aside)
                rgb[v, u, 0] = np.uint8(min(tone(red[at] * gain) + f4(0.5), f4(255)))
                rgb[v, u, 1] = np.uint8(min(tone(green[at] * gain) + f4(0.5), f4(255)))
                rgb[v, u, 2] = np.uint8(min(tone(blue[at] * gain) + f4(0.5), f4(255)))
