# mypy: allow-untyped-defs, allow-untyped-calls
"""Wood labels: the class of every pixel of a picture that is drawn."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.find_target.picture.ground_patch import PATCH_M, TEXELS_PER_M
from wormdrive.envs.rendering.camera.frame import FURTHEST_GROUND_M
from wormdrive.envs.rendering.camera.scenery.sprites import label_things
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["label_wood"]

f4 = np.float32

_SKY, _TERRAIN = int(SemanticLabel.SKY), int(SemanticLabel.TERRAIN)


@glue
def label_wood(width, height, terrain_labels, camera, west, south, target_label, canvas, eye, near_count, count, atlas,
           offsets, labels):  # fmt: skip
    """Write classes (H * W,)."""
    depths, owner, things = canvas.planes[7], canvas.owner, canvas.sorted_things
    side = len(terrain_labels)
    for v in range(height):
        down = (v + 0.5 - camera.centre_v) / camera.focal
        for u in range(width):
            at = v * width + u
            depth = depths[at]
            if depth > f4(FURTHEST_GROUND_M):
                labels[at] = np.uint8(_SKY)
                continue
            a = (u + 0.5 - camera.centre_u) / camera.focal
            x = camera.x + depth * (camera.forward_x + a * camera.right_x + down * camera.down_x) - west
            y = camera.y + depth * (camera.forward_y + a * camera.right_y + down * camera.down_y) - south
            inside = 0.0 <= x < PATCH_M and 0.0 <= y < PATCH_M
            labels[at] = np.uint8(_TERRAIN)
            if inside:
                labels[at] = terrain_labels[min(int(y * TEXELS_PER_M), side - 1), min(int(x * TEXELS_PER_M), side - 1)]
    no_depths = canvas.planes[8]
    label_things(
        things[near_count:], count - near_count, eye, canvas.row, height, width, height, 0, height, width, atlas,
        offsets, 1, False, labels, no_depths,
    )  # fmt: skip
    for at in range(width * height):
        if owner[at] != 0:
            labels[at] = target_label
    label_things(
        things, near_count, eye, canvas.row, height, width, height, 0, height, width, atlas, offsets, 1, False, labels,
        no_depths,
    )  # fmt: skip
