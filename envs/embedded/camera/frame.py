"""Frame: draw one world: sky, ground, scenery and cars, what falls, and the picture's development."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.camera.ground_texture import choose_level, fetch_ground
from wormdrive.envs.embedded.camera.hashing import hash_pair, share, smooth_noise
from wormdrive.envs.embedded.camera.labels import Label
from wormdrive.envs.embedded.camera.numba_options import glue
from wormdrive.envs.embedded.camera.post import develop
from wormdrive.envs.embedded.camera.precipitation import draw_precipitation
from wormdrive.envs.embedded.camera.projection import project_row
from wormdrive.envs.embedded.camera.road_marks import draw_marks
from wormdrive.envs.embedded.camera.road_pack import BANK, HEADING, Z
from wormdrive.envs.embedded.camera.row_layout import BLOCK, Layout, RowBuffers, lay_out_row
from wormdrive.envs.embedded.camera.rows import (
    AHEAD,
    ALONG_X,
    CENTRE_Y,
    COS,
    DEPTH,
    FOOT_AHEAD,
    FOOT_D,
    FOOT_S,
    HAZE,
    KAPPA,
    ROW_FIELDS,
    SIN,
    TEXTURE_S,
    trace_rows,
)
from wormdrive.envs.embedded.camera.scenery import SCENERY_RANGE_M, SLOT_M, draw_slot
from wormdrive.envs.embedded.camera.seams import blend_seams
from wormdrive.envs.embedded.camera.shading import cover_with_litter, haze_of, shade_ground
from wormdrive.envs.embedded.camera.shadows import shade_row, sun_frame
from wormdrive.envs.embedded.camera.sky import SkyColours, draw_sky_row, sky_colours
from wormdrive.envs.embedded.camera.sprites import OVERHANG, Canvas, Eye
from wormdrive.envs.embedded.camera.traffic import CAR_STATION, draw_car
from wormdrive.envs.embedded.road_table import SPACING_M
from wormdrive.envs.seasons.appearance import LITTER, PRECIPITATION, SUN_AZIMUTH, SUN_ELEVATION
from wormdrive.envs.seasons.art.layout import GROUND_TEXELS_PER_M
from wormdrive.envs.seasons.art.litter import LITTER_TEXELS_PER_M
from wormdrive.envs.seasons.art.mips import RIPMAP_LEVELS_D, RIPMAP_LEVELS_S

__all__ = ["SKY_DEPTH_M", "Scratch", "draw_worlds", "make_scratch"]

f4, u4 = np.float32, np.uint32

SKY_DEPTH_M = 1000.0
_SKY, _LINES, _PAVEMENT = int(Label.SKY), int(Label.ROAD_LINES), int(Label.SIDEWALKS)
_WANDER = 0.085  # greatest sideways wander of the wheel tracks, share of the lane's width
_TINY_NOISE = 1e-6


class Scratch(NamedTuple):
    """Work space of one thread: a picture's planes, the row table, one row, and three rows of bytes."""

    planes: NDArray[np.float32]
    label: NDArray[np.uint8]
    depth: NDArray[np.float32]
    rows: NDArray[np.float32]
    stations: NDArray[np.float64]
    sections: NDArray[np.int32]
    floats: NDArray[np.float32]
    edges: NDArray[np.float32]
    bytes: NDArray[np.uint8]


def make_scratch(width: int, height: int) -> Scratch:
    """Allocate work space for pictures of ``width`` x ``height``."""
    return Scratch(
        np.zeros((3, height * width + OVERHANG), np.float32),
        np.zeros((height, width), np.uint8),
        np.zeros((height, width), np.float32),
        np.zeros((height, ROW_FIELDS), np.float32),
        np.zeros(height, np.float64),
        np.zeros(height, np.int32),
        np.zeros((14, width + BLOCK), np.float32),
        np.zeros((2, 256), np.float32),
        np.zeros((4, width + BLOCK), np.uint8),
    )


@glue
def _eye(pose, station, lens, points, count):
    """Place the camera: position and heading in the map's axes, pitch against the horizon."""
    heading = pose[3]
    i = min(max(int(station / SPACING_M), 2), count - 3)
    climb = (points[i + 2, Z] - points[i - 2, Z]) / (4.0 * SPACING_M)
    climb *= math.cos(heading + lens.yaw - points[i, HEADING])
    cos_heading, sin_heading = math.cos(heading), math.sin(heading)
    x = pose[0] + lens.x * cos_heading - lens.y * sin_heading
    y = pose[1] + lens.x * sin_heading + lens.y * cos_heading
    pitch = lens.pitch + pose[4] - math.atan(climb)
    looks_to = heading + lens.yaw
    return Eye(
        x, y, pose[2] + lens.z + lens.x * climb, looks_to, math.cos(looks_to), math.sin(looks_to),
        math.cos(pitch), math.sin(pitch), lens.focal, lens.centre_u, lens.centre_v,
    )  # fmt: skip


@glue
def _draw_sky(canvas, eye, lens, looks, panorama, level, bank):
    pitch = math.atan2(eye.sin_pitch, eye.cos_pitch)
    colours = SkyColours(
        np.empty(3, np.float32), np.empty(3, np.float32), np.empty(3, np.float32), np.empty(3, np.float32),
        np.empty(3, np.float32),
    )  # fmt: skip
    sky_colours(looks, colours.cloud, colours.near_ridge, colours.near_veil, colours.far_ridge, colours.glow)
    width = canvas.width
    for v in range(canvas.top):
        at = v * width
        if canvas.colour:
            elevation = math.degrees(-math.atan((v + 0.5 - eye.centre_v) / eye.focal) - pitch)
            draw_sky_row(
                panorama, level, looks, lens.azimuth, lens.cos_azimuth, eye.heading, elevation, math.degrees(bank), width,
                colours, canvas.red[at : at + width], canvas.green[at : at + width], canvas.blue[at : at + width],
            )  # fmt: skip
        if canvas.labelled:
            for u in range(width):
                canvas.label[at + u] = np.uint8(_SKY)
                canvas.depth[at + u] = f4(SKY_DEPTH_M)


@glue
def _draw_ground(canvas, eye, lens, looks, roads, slot, art, season, seed, scratch):
    width = canvas.width
    rows, stations, sections = scratch.rows, scratch.stations, scratch.sections
    floats = scratch.floats
    row = RowBuffers(
        floats[0], floats[1], floats[2], floats[3], floats[4], floats[5], floats[6], floats[7], floats[8], floats[9],
        scratch.bytes[3], scratch.edges[0], scratch.edges[1],
    )  # fmt: skip
    ground, shadow, litter = art.ground[season], art.shadow[season], art.litter[season]
    sun = sun_frame(eye.x, eye.y, eye.heading, looks[SUN_AZIMUTH], looks[SUN_ELEVATION])
    shift = f4(32) * share(hash_pair(1, seed), 0)
    for v in range(canvas.top, canvas.height):
        entry = rows[v]
        u = sections[v]
        at = v * width
        project_row(
            lens.tangent, entry[DEPTH], entry[ALONG_X], entry[CENTRE_Y], entry[COS], entry[SIN], entry[KAPPA],
            row.lateral, row.along, width,
        )  # fmt: skip
        phase = entry[TEXTURE_S] + shift
        wander = f4(_WANDER) * (
            f4(0.7) * smooth_noise(stations[v] / 43.0, seed) + f4(0.3) * smooth_noise(stations[v] / 11.0, seed + u4(5))
        )
        layout = Layout(
            roads.run_count[slot, u], roads.run_edges[slot, u], roads.run_values[slot, u], roads.run_label[slot, u],
            roads.run_seam[slot, u], phase, wander, canvas.labelled,
        )  # fmt: skip
        spans = lay_out_row(entry, layout, eye.focal, eye.centre_u, width, row)
        if canvas.colour:
            level_s = choose_level(entry[FOOT_S], GROUND_TEXELS_PER_M, RIPMAP_LEVELS_S - 1)
            level_d = choose_level(entry[FOOT_D], GROUND_TEXELS_PER_M, RIPMAP_LEVELS_D - 1)
            fetch_ground(
                ground, art.ground_offsets[level_s, level_d], level_s, level_d, GROUND_TEXELS_PER_M, row.across, row.station,
                width, row.red, row.green, row.blue, row.bareness,
            )  # fmt: skip
            blend_seams(entry, layout, eye.focal, row.near, spans[0], spans[1], row)
            if spans[3] > spans[2]:
                blend_seams(entry, layout, eye.focal, row.far, spans[2], spans[3], row)
        draw_marks(
            entry, roads.mark_count[slot, u], roads.marks[slot, u], stations[v], looks, eye.focal, eye.centre_u, spans, row,
            canvas.colour, canvas.labelled, np.uint8(_LINES), np.uint8(_PAVEMENT),
        )  # fmt: skip
        if canvas.colour:
            if looks[LITTER] > f4(0.01):
                _lay_litter(litter, art.litter_offsets, entry, looks, phase, row, floats, width)
            shade_row(
                shadow, art.shadow_offsets, sun, entry[AHEAD], entry[DEPTH], entry[FOOT_AHEAD], eye.focal, lens.tangent,
                width, row.shade,
            )  # fmt: skip
            shade_ground(
                entry, looks, lens.beam, row, width, canvas.red[at : at + width], canvas.green[at : at + width],
                canvas.blue[at : at + width],
            )  # fmt: skip
        if canvas.labelled:
            for i in range(width):
                canvas.label[at + i] = row.label[i]
                canvas.depth[at + i] = entry[DEPTH]


@glue
def _lay_litter(litter, offsets, entry, looks, phase, row, floats, width):
    """Leaves lie where they fall on road and verge alike: their tile follows the lateral position itself."""
    level_s = choose_level(entry[FOOT_S], LITTER_TEXELS_PER_M, RIPMAP_LEVELS_S - 1)
    level_d = choose_level(entry[FOOT_D], LITTER_TEXELS_PER_M, RIPMAP_LEVELS_D - 1)
    for u in range(width):
        row.station[u] = row.along[u] + phase
        row.across[u] = max(row.lateral[u], f4(-300))
    fetch_ground(
        litter, offsets[level_s, level_d], level_s, level_d, LITTER_TEXELS_PER_M, row.across, row.station, width,
        floats[10], floats[11], floats[12], floats[13],
    )  # fmt: skip
    average = min(f4(0.5) * f4(level_s + level_d) * f4(0.5), f4(1))
    cover_with_litter(
        looks[LITTER], average, f4(1), floats[10], floats[11], floats[12], floats[13], row.bareness, width, row.red,
        row.green, row.blue,
    )  # fmt: skip


@glue
def _draw_things(canvas, eye, looks, roads, slot, station, art, season, seed, cars, car_count, fine):
    atlas, spans = art.atlas[season], art.atlas_spans[season]
    points, section = roads.points[slot, : roads.count[slot]], roads.section[slot]
    furthest = int((station + SCENERY_RANGE_M) / SLOT_M)
    nearest = max(int((station - 6.0) / SLOT_M), 0)
    for back in range(furthest - nearest + 1):
        s = furthest - back
        draw_slot(
            s, station, canvas, eye, looks, atlas, art.atlas_offsets, spans, points, section, roads.run_edges[slot],
            roads.run_values[slot], roads.run_count[slot], roads.block[slot], seed, fine,
        )  # fmt: skip
        for c in range(car_count):
            if int(cars[c, CAR_STATION] / SLOT_M) == s:
                draw_car(cars[c], canvas, eye, looks, atlas, art.atlas_offsets, spans, points, fine)


@glue
def draw_worlds(begin, end, lens, roads, art, noise, sky_level, fine, views, want, scratch, rgb, label, depth):
    """Draw worlds ``begin`` to ``end`` of a batch.

    ``views`` is (slot, pose, station, appearance, season, scenery seed, frame seed, cars, car count); ``want`` says
    which of ``rgb``, ``label``, ``depth`` to fill: others may have any first dimension.
    """
    slots, poses, station_of, appearance, seasons, scenery_seeds, frame_seeds, cars, car_counts = views
    height, width = scratch.label.shape
    labelled = want[1] or want[2]
    for i in range(begin, end):
        slot, station, looks = slots[i], station_of[i], appearance[i]
        season, seed = art.place[seasons[i]], scenery_seeds[i]
        count = roads.count[slot]
        points = roads.points[slot]
        eye = _eye(poses[i], station, lens, points, count)
        pitch = math.atan2(eye.sin_pitch, eye.cos_pitch)
        top = trace_rows(
            points, roads.section[slot], count, station, eye.x, eye.y, eye.z, eye.heading, pitch, eye.focal, eye.centre_v,
            scratch.rows, scratch.stations, scratch.sections,
        )  # fmt: skip
        for v in range(top, height):
            scratch.rows[v, HAZE] = haze_of(looks, scratch.rows[v, AHEAD])
        labels = label[i] if want[1] else scratch.label
        depths = depth[i] if want[2] else scratch.depth
        canvas = Canvas(
            width, height, scratch.planes[0], scratch.planes[1], scratch.planes[2], labels.reshape(height * width),
            depths.reshape(height * width), want[0], labelled, top, scratch.rows,
        )  # fmt: skip
        bank = points[min(max(int(station / SPACING_M), 0), count - 1), BANK]
        _draw_sky(canvas, eye, lens, looks, art.sky[season], sky_level, bank)
        _draw_ground(canvas, eye, lens, looks, roads, slot, art, season, seed, scratch)
        _draw_things(canvas, eye, looks, roads, slot, station, art, season, seed, cars[i], car_counts[i], fine)
        if want[0]:
            if looks[PRECIPITATION] > f4(0):
                draw_precipitation(canvas, looks, frame_seeds[i])
            develop(
                canvas, looks, noise, frame_seeds[i], lens.tangent, eye.focal, eye.centre_v, scratch.bytes[0],
                scratch.bytes[1], scratch.bytes[2], rgb[i],
            )  # fmt: skip
