# mypy: allow-untyped-defs, allow-untyped-calls
"""Wood frame: one picture of a level camera between trees.

The order is: depth of the ground, the target before it, plants and the target front to back, then the ground where it
shows, and the sky behind all. Kernels are those of the road camera and of the scene's cameras; only the ground has
a way of its own here: a texture baked for the site, of which each pixel fetches once.
"""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.find_target.picture.canvas import COLUMNS, MOST_THINGS
from wormdrive.envs.find_target.picture.ground_patch import PATCH_M
from wormdrive.envs.find_target.picture.ground_trace import trace_level_ground
from wormdrive.envs.find_target.picture.plant_table import (
    BLUE,
    GREEN,
    MIRRORED,
    PLANT_X,
    PLANT_Y,
    PLANT_Z,
    RANGE,
    RED,
    SPRITE,
    TALL,
    WIDE,
)
from wormdrive.envs.find_target.picture.wood_ground import draw_wood_ground
from wormdrive.envs.find_target.picture.wood_labels import label_wood
from wormdrive.envs.rendering.camera.lens import SPRITE_CELL
from wormdrive.envs.rendering.camera.postprocess import develop
from wormdrive.envs.rendering.camera.precipitation import draw_precipitation
from wormdrive.envs.rendering.camera.scenery import sprites
from wormdrive.envs.rendering.camera.scenery.sprites import SpriteEye, draw_things
from wormdrive.envs.rendering.camera.sky import draw_sky
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.rendering.scene.raster.mesh_raster import CAR_X, CAR_Y, rasterise_car
from wormdrive.envs.seasons.appearance import HEADLIGHTS, PRECIPITATION
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["draw_wood"]

f4 = np.float32

_VEGETATION = int(SemanticLabel.VEGETATION)


@kernel
def _clear(size, red, green, blue, through, hidden, owner):
    for at in range(size):
        red[at] = green[at] = blue[at] = f4(0)
        through[at] = f4(1)
        owner[at] = 0
    for cell in range(size // SPRITE_CELL):
        hidden[cell] = np.uint8(0)


@glue
def _list_plants(plants, eye, middle_x, middle_y, reach_u, lamp_strength, things, distance):
    """List what may be in sight; return how many."""
    count = 0
    for n in range(len(plants)):
        dx, dy = middle_x + plants[n, PLANT_X] - eye.x, middle_y + plants[n, PLANT_Y] - eye.y
        ahead = dx * eye.cos_heading + dy * eye.sin_heading
        if ahead < 1.0 or ahead > plants[n, RANGE] or count == MOST_THINGS:
            continue
        left = dy * eye.cos_heading - dx * eye.sin_heading
        if abs(left) > reach_u * ahead + 0.5 * plants[n, WIDE] + 1.0:
            continue
        lamp = 0.0
        if lamp_strength > 0.0:
            aslant = left / ahead
            lamp = lamp_strength * 1.1 * math.exp(-ahead / 28.0 - 3.0 * aslant * aslant)
        things[count, sprites.SPRITE], things[count, sprites.DISTANCE] = plants[n, SPRITE], ahead
        things[count, sprites.LEFT], things[count, sprites.HEIGHT] = left, plants[n, PLANT_Z] - eye.z
        things[count, sprites.WIDE], things[count, sprites.TALL] = plants[n, WIDE], plants[n, TALL]
        things[count, sprites.MIRRORED] = plants[n, MIRRORED]
        things[count, sprites.RED], things[count, sprites.GREEN] = plants[n, RED], plants[n, GREEN]
        things[count, sprites.BLUE], things[count, sprites.LAMP] = plants[n, BLUE], lamp
        things[count, sprites.LABEL] = _VEGETATION
        distance[count] = ahead
        count += 1
    return count


@glue
def _show_target(width, height, planes, hidden, owner):
    """Lay the target over what is behind it; return how much of it shows [pixel]."""
    shows = f4(0)
    cells = width // SPRITE_CELL
    for v in range(height):
        for cell in range(cells):
            some = False
            for u in range(cell * SPRITE_CELL, (cell + 1) * SPRITE_CELL):
                at = v * width + u
                if owner[at] != 0:
                    seen = planes[3, at]
                    shows += seen
                    for k in range(3):
                        planes[k, at] += seen * planes[4 + k, at]
                    planes[3, at] = f4(0)
                    some = True
            if some:
                passing = f4(0)
                for u in range(cell * SPRITE_CELL, (cell + 1) * SPRITE_CELL):
                    passing += planes[3, v * width + u]
                hidden[v * cells + cell] = np.uint8(1) if passing < f4(sprites.HIDDEN_BELOW) else np.uint8(0)
    return shows


@glue
def draw_wood(
    heights, heights_west, heights_south, patch, terrain_labels, middle_x, middle_y, camera, heading, pitch,
    plants, cars, mesh_corners, mesh_material, target_label, appearance, frame_seed, atlas, atlas_offsets,
    atlas_spans, litter, litter_offsets,
    shadow, shadow_offsets, sky, sky_level, lens_azimuth, lens_cos_azimuth, lens_tangent, beam, noise, fine, width,
    height, canvas, labelled, rgb, labels,
):  # fmt: skip
    """Draw one picture into ``rgb`` (H * W * 3,) uint8, and classes into ``labels`` (H * W,) uint8 if wanted.

    Returns how much of the target shows [pixel].
    """
    planes, hidden, owner = canvas.planes, canvas.hidden, canvas.owner
    red, green, blue, through, depths = planes[0], planes[1], planes[2], planes[3], planes[7]
    west, south = middle_x - 0.5 * PATCH_M, middle_y - 0.5 * PATCH_M
    eye = SpriteEye(
        camera.x, camera.y, camera.z, heading, math.cos(heading), math.sin(heading), math.cos(pitch), math.sin(pitch),
        camera.focal, camera.centre_u, camera.centre_v,
    )  # fmt: skip
    _clear(width * height, red, green, blue, through, hidden, owner)
    trace_level_ground(heights, heights_west, heights_south, camera, width, height, canvas.inverse, depths)
    rasterise_car(
        cars, 0, mesh_corners, mesh_material, camera, appearance, appearance[HEADLIGHTS], 0, height, width, width,
        depths, owner, planes[4], planes[5], planes[6],
    )  # fmt: skip
    target_ahead = (cars[0, CAR_X] - camera.x) * eye.cos_heading + (cars[0, CAR_Y] - camera.y) * eye.sin_heading
    count = _list_plants(
        plants, eye, middle_x, middle_y, camera.centre_u / camera.focal, appearance[HEADLIGHTS], canvas.things,
        canvas.distance,
    )  # fmt: skip
    order = np.argsort(canvas.distance[:count], kind="mergesort")
    near_count = 0
    for k in range(count):
        n = order[k]
        near_count += 1 if canvas.distance[n] < target_ahead else 0
        for field in range(sprites.THING_FIELDS):
            canvas.sorted_things[k, field] = canvas.things[n, field]
    things = canvas.sorted_things
    draw_things(
        things, near_count, eye, appearance, canvas.row, height, width, height, 0, height, atlas, atlas_offsets,
        atlas_spans, fine, width, hidden, through, red, green, blue,
    )  # fmt: skip
    shows = _show_target(width, height, planes, hidden, owner)
    draw_things(
        things[near_count:], count - near_count, eye, appearance, canvas.row, height, width, height, 0, height, atlas,
        atlas_offsets, atlas_spans, fine, width, hidden, through, red, green, blue,
    )  # fmt: skip
    sky_rows = draw_wood_ground(
        camera, west, south, patch, litter, litter_offsets, shadow, shadow_offsets, cars, appearance, beam, noise,
        width, height, canvas,
    )  # fmt: skip
    draw_sky(
        sky, sky_level, appearance, lens_azimuth, lens_cos_azimuth, heading, pitch, 0.0, camera.focal, camera.centre_v,
        0, sky_rows, width, hidden, through, red, green, blue,
    )  # fmt: skip
    if appearance[PRECIPITATION] > f4(0):
        draw_precipitation(appearance, frame_seed, width, height, 0, height, width, red, green, blue)
    if labelled:
        label_wood(
            width, height, terrain_labels, camera, west, south, target_label, canvas, eye, near_count, count, atlas,
            atlas_offsets, labels,
        )  # fmt: skip
    develop(
        red, green, blue, width, width, 0, height, appearance, noise, frame_seed, lens_tangent, camera.focal,
        camera.centre_v, canvas.work[COLUMNS], canvas.bytes[0], canvas.bytes[1], canvas.bytes[2], 3, rgb,
    )  # fmt: skip
    return shows
