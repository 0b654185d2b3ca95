# mypy: allow-untyped-defs, allow-untyped-calls
"""Frame: draw one world: sky, ground, scenery and cars, what falls, and the picture's development.

No row depends on another, so that several threads may draw bands of rows of one picture at once.

Work space is handed in, and arrays go to kernels one by one: numba counts references to arrays in tuples and slices,
and per row that would cost more than drawing.
"""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.rendering.camera.ground.ground_texture import GRAIN_FROM_M, add_grain, choose_level, fetch_ground
from wormdrive.envs.rendering.camera.ground.litter import lay_litter
from wormdrive.envs.rendering.camera.ground.projection import project_row
from wormdrive.envs.rendering.camera.ground.road_marks import label_marks, paint_marks
from wormdrive.envs.rendering.camera.ground.row_layout import fill_stretches, label_stretches, list_stretches
from wormdrive.envs.rendering.camera.ground.rows import AHEAD, DEPTH, FOOT_D, FOOT_S, HAZE, TEXTURE_S, trace_rows
from wormdrive.envs.rendering.camera.ground.seams import SEAM_REACH, blend_seams
from wormdrive.envs.rendering.camera.ground.shading import haze_of, shade_ground
from wormdrive.envs.rendering.camera.ground.shadows import shade_row, sun_frame
from wormdrive.envs.rendering.camera.lens import SPRITE_CELL, LensTable
from wormdrive.envs.rendering.camera.postprocess import develop
from wormdrive.envs.rendering.camera.precipitation import draw_precipitation
from wormdrive.envs.rendering.camera.road_layout.road_buffer import BANK, HEADING, Z
from wormdrive.envs.rendering.camera.roll import (
    LEAST_ROLL,
    SLIGHT_ROLL,
    pick_labels,
    turn_depths,
    turn_labels,
    turn_slightly,
    turn_steeply,
    turned_size,
)
from wormdrive.envs.rendering.camera.scenery.scenery import SCENERY_RANGE_M, SLOT_M, place_slot
from wormdrive.envs.rendering.camera.scenery.sprites import SpriteEye, draw_things, label_things
from wormdrive.envs.rendering.camera.scenery.traffic import CAR_STATION, place_car
from wormdrive.envs.rendering.camera.scratch import BEHIND_M
from wormdrive.envs.rendering.camera.sky import draw_sky
from wormdrive.envs.rendering.kernels.atomic_counter import fetch_add
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.rendering.kernels.hashing import hash_pair, share, smooth_noise
from wormdrive.envs.seasons.appearance import LITTER, PRECIPITATION, SUN_AZIMUTH, SUN_ELEVATION
from wormdrive.envs.seasons.art.layout import GROUND_TEXELS_PER_M
from wormdrive.envs.seasons.art.mips import RIPMAP_LEVELS_D, RIPMAP_LEVELS_S
from wormdrive.envs.simulation.road_table import SPACING_M
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["FURTHEST_GROUND_M", "SKY_DEPTH_M", "WHEEL_WANDER", "draw_worlds"]

f4, u4 = np.float32, np.uint32

SKY_DEPTH_M = 1000.0
FURTHEST_GROUND_M = 999.0
_SKY = int(SemanticLabel.SKY)
WHEEL_WANDER = 0.085  # greatest sideways wander of the wheel tracks, share of the lane's width


@glue
def _place_eye(poses, n, station, lens, points, count):
    """Place the camera: position and heading in the map's axes, pitch against the horizon."""
    heading = poses[n, 3]
    i = min(max(int(station / SPACING_M), 2), count - 3)
    climb = (points[i + 2, Z] - points[i - 2, Z]) / (4.0 * SPACING_M)
    looks_to = heading + lens.yaw
    pitch = lens.pitch + poses[n, 4] - math.atan(climb * math.cos(looks_to - points[i, HEADING]))
    cos_heading, sin_heading = math.cos(heading), math.sin(heading)
    return SpriteEye(
        poses[n, 0] + lens.x * cos_heading - lens.y * sin_heading,
        poses[n, 1] + lens.x * sin_heading + lens.y * cos_heading,
        poses[n, 2] + lens.z + lens.x * climb,
        looks_to,
        math.cos(looks_to),
        math.sin(looks_to),
        math.cos(pitch),
        math.sin(pitch),
        lens.focal,
        lens.centre_u,
        lens.centre_v,
    )


@glue
def _narrow(wide, level, roll):
    """Lens of the part of the wide level picture that a picture turned by ``roll`` shows."""
    width, height = turned_size(level.width, level.height, roll)
    width, height = min(width, wide.width), min(height, wide.height)
    first = (wide.width - width) // 2
    stride = -(-width // SPRITE_CELL) * SPRITE_CELL
    return LensTable(
        width, height, stride, wide.focal, 0.5 * width, 0.5 * height, wide.x, wide.y, wide.z,
        wide.pitch, wide.yaw, wide.roll, wide.tangent[first:], wide.azimuth[first:], wide.cos_azimuth[first:],
        wide.beam[first:],
    )  # fmt: skip


@kernel
def _clear(begin, end, hidden, red, green, blue, through):
    for i in range(end - begin):
        at = np.uint64(begin) + np.uint64(i)
        red[at] = green[at] = blue[at] = f4(0)
        through[at] = f4(1)
    for i in range((end - begin) // SPRITE_CELL):
        hidden[np.uint64(begin // SPRITE_CELL) + np.uint64(i)] = np.uint8(0)


@kernel
def _open_range(hidden, v, cells):
    """First pixel and one past the last of row ``v`` that anything shows through."""
    first, last = 0, cells
    while first < cells and hidden[v * cells + first]:
        first += 1
    while last > first and hidden[v * cells + last - 1]:
        last -= 1
    return first * SPRITE_CELL, last * SPRITE_CELL


@kernel
def _fill(first, count, value, out):
    for at in range(count):
        out[np.uint64(first) + np.uint64(at)] = value


@glue
def _draw_ground(
    eye, tangent, beam, appearance, edges, values, run_label, run_seam, run_count, marks, mark_count, ground,
    ground_offsets, litter, litter_offsets, shadow, shadow_offsets, seed, first, last, width, colour, label_rows, deep,
    fine, noise, stride, scratch, depths,
):  # fmt: skip
    rows, stations, sections, stretches, planes = (
        scratch.rows, scratch.stations, scratch.sections, scratch.stretches, scratch.planes,
    )  # fmt: skip
    red_out, green_out, blue_out, through, hidden = planes[0], planes[1], planes[2], planes[3], scratch.hidden
    labels = scratch.label
    floats, near, far = scratch.floats, scratch.edges[0], scratch.edges[1]
    lateral, along, across, station, paved = floats[0], floats[1], floats[2], floats[3], floats[4]
    red, green, blue, bareness, shade = floats[5], floats[6], floats[7], floats[8], floats[9]
    sun = sun_frame(eye.x, eye.y, eye.heading, appearance[SUN_AZIMUTH], appearance[SUN_ELEVATION])
    shift = f4(32) * share(hash_pair(1, seed), 0)
    focal, centre_u = eye.focal, eye.centre_u
    for v in range(first, last):
        section = sections[v]
        runs = run_count[section]
        project_row(rows, v, tangent, stride, lateral, along)
        stretched, near_begin, near_end, far_begin, far_end = list_stretches(
            rows, v, edges, section, runs, focal, centre_u, width, near, far, stretches
        )
        phase = rows[v, TEXTURE_S] + shift
        begin, end = _open_range(hidden, v, stride // SPRITE_CELL)
        if colour and begin < end:
            wander = f4(WHEEL_WANDER) * (
                f4(0.7) * smooth_noise(stations[v] / 43.0, seed)
                + f4(0.3) * smooth_noise(stations[v] / 11.0, seed + u4(5))
            )
            fill_stretches(
                stretches,
                stretched,
                edges,
                values,
                section,
                runs,
                phase,
                wander,
                lateral,
                along,
                across,
                station,
                paved,
            )
            level_s = choose_level(rows[v, FOOT_S], GROUND_TEXELS_PER_M, RIPMAP_LEVELS_S - 1)
            level_d = choose_level(rows[v, FOOT_D], GROUND_TEXELS_PER_M, RIPMAP_LEVELS_D - 1)
            fetch_ground(
                ground, ground_offsets[level_s, level_d], level_s, level_d, GROUND_TEXELS_PER_M, across, station,
                max(begin - SEAM_REACH, 0), min(end + SEAM_REACH, stride), red, green, blue, bareness,
            )  # fmt: skip
            if rows[v, FOOT_D] < f4(GRAIN_FROM_M):
                strength = f4(3.0) * (f4(GRAIN_FROM_M) - rows[v, FOOT_D])
                add_grain(noise, strength, lateral, station, begin, end, red, green, blue)
            blend_seams(
                rows, v, edges, run_seam, section, runs, focal, near, near_begin, near_end, begin, end, red, green,
                blue, bareness,
            )  # fmt: skip
            paint_marks(
                rows, v, False, near_begin, near_end, marks, section, mark_count[section], stations[v], appearance,
                focal, centre_u, lateral, along, red, green, blue,
            )  # fmt: skip
            if far_end > far_begin:
                blend_seams(
                    rows, v, edges, run_seam, section, runs, focal, far, far_begin, far_end, begin, end, red, green,
                    blue, bareness,
                )  # fmt: skip
                paint_marks(
                    rows, v, True, far_begin, far_end, marks, section, mark_count[section], stations[v], appearance,
                    focal, centre_u, lateral, along, red, green, blue,
                )  # fmt: skip
            if appearance[LITTER] > f4(0.01):
                lay_litter(
                    rows, v, litter, litter_offsets, appearance[LITTER], phase, fine, lateral, along, begin, end,
                    bareness, red, green, blue,
                )  # fmt: skip
            shade_row(rows, v, shadow, shadow_offsets, sun, focal, tangent, begin, end, shade)
            shade_ground(
                rows, v, appearance, beam, paved, bareness, shade, red, green, blue, begin, end, v * stride, through,
                red_out, green_out, blue_out,
            )  # fmt: skip
        if label_rows > 0 and v % label_rows == label_rows // 2:
            at = v * stride
            label_stretches(stretches, stretched, values, run_label, section, runs, lateral, labels, at)
            label_marks(
                rows, v, False, near_begin, near_end, marks, section, mark_count[section], stations[v], focal, centre_u,
                lateral, along, labels, at,
            )  # fmt: skip
            label_marks(
                rows, v, True, far_begin, far_end, marks, section, mark_count[section], stations[v], focal, centre_u,
                lateral, along, labels, at,
            )  # fmt: skip
        if deep:
            _fill(v * width, width, min(rows[v, DEPTH], f4(FURTHEST_GROUND_M)), depths)


@glue
def _list_things(
    eye, appearance, station, points, section, edges, values, runs, blocks, seed, cars, n, car_count, things
):  # fmt: skip
    """List scenery and cars from near to far; return how many there are."""
    furthest = int((station + SCENERY_RANGE_M) / SLOT_M)
    nearest = max(int((station - BEHIND_M) / SLOT_M), 0)
    mine = cars[n]
    count = 0
    for slot in range(nearest, furthest + 1):
        count = place_slot(
            slot, station, eye, appearance, points, section, edges, values, runs, blocks, seed, things, count
        )  # fmt: skip
        for c in range(car_count):
            if int(cars[n, c, CAR_STATION] / SLOT_M) == slot:
                count = place_car(mine, c, eye, appearance, points, things, count)
    return count


@glue
def _turn(
    roll, red, green, blue, width, height, stride, labels, depths, level, want, label_step, first, last, own_planes,
    own_label, own_depth,
):  # fmt: skip
    """Turn a level picture by ``roll``: rows ``first`` to ``last`` of what comes out."""
    if want[1]:
        turn_labels(
            labels, width, height, stride, roll, level.width, level.height, first, last, label_step, own_label
        )  # fmt: skip
    if want[2]:
        turn_depths(depths, width, height, roll, level.width, level.height, first, last, own_depth)
    if not want[0]:
        return
    if abs(roll) < SLIGHT_ROLL:
        turn_slightly(
            red, green, blue, width, height, stride, roll, level.width, level.height, first, last, level.stride,
            own_planes[0], own_planes[1], own_planes[2],
        )  # fmt: skip
    else:
        turn_steeply(
            red, green, blue, width, height, stride, roll, level.width, level.height, first, last, level.stride,
            own_planes[0], own_planes[1], own_planes[2],
        )  # fmt: skip


@glue
def _develop(level, appearance, noise, seed, first, last, scratch, channels, out):
    """Let it rain before rows ``first`` to ``last``, and turn their light into bytes."""
    red, green, blue = scratch.planes[0], scratch.planes[1], scratch.planes[2]
    if appearance[PRECIPITATION] > f4(0):
        draw_precipitation(appearance, seed, level.width, level.height, first, last, level.stride, red, green, blue)
    develop(
        red, green, blue, level.stride, level.width, first, last, appearance, noise, seed, level.tangent, level.focal,
        level.centre_v, scratch.floats[10], scratch.bytes[0], scratch.bytes[1], scratch.bytes[2], channels, out,
    )  # fmt: skip


@glue
def draw_worlds(
    order, level, wide, level_scratch, wide_scratch, steepest, roads, art, noise, sky_level, fine, views, want,
    label_step, rgb, label, depth, pass_, bands, turns,
):  # fmt: skip
    """Draw the worlds of a batch that ``order`` lists.

    ``level`` is the lens, ``wide`` the one for pictures that are turned afterwards, by at most ``steepest`` [rad].
    ``views`` is (slot, pose, station, appearance, season, scenery seed, frame seed, cars, car count); ``want`` says
    which of ``rgb``, ``label``, ``depth`` to fill: others may have any first dimension. ``label`` has one pixel for
    each square of ``label_step`` pixels.

    With ``bands`` above 1 there is one world, and every thread that is called with the same counters ``turns`` (4,)
    draws those bands of its rows whose turn it gets; ``pass_`` 0 draws a picture, or a level one that pass 1 turns.
    Counters 2 * pass and 2 * pass + 1: bands that somebody draws or has drawn, and those that are done. With one band
    ``pass_`` is -1: it is all done here.
    """
    slots, poses, station_of, appearances, seasons, scenery_seeds, frame_seeds, cars, car_counts = views
    colour, labelled = want[0], want[1] or want[2]
    for n in order:
        slot, station, appearance = slots[n], station_of[n], appearances[n]
        season, seed = art.place[seasons[n]], scenery_seeds[n]
        count = roads.count[slot]
        points, section = roads.points[slot, :count], roads.section[slot]
        edges, values, run_count = roads.run_edges[slot], roads.run_values[slot], roads.run_count[slot]
        atlas, spans = art.atlas[season], art.atlas_spans[season]
        roll = min(max(level.roll + poses[n, 5], -steepest), steepest)
        rolled = abs(roll) >= LEAST_ROLL
        lens, scratch = (_narrow(wide, level, roll), wide_scratch) if rolled else (level, level_scratch)
        width, height, stride = lens.width, lens.height, lens.stride
        rows, things, hidden = scratch.rows, scratch.things, scratch.hidden
        red, green, blue, through = scratch.planes[0], scratch.planes[1], scratch.planes[2], scratch.planes[3]
        own_label = label[n].reshape(label.shape[1] * label.shape[2]) if want[1] else level_scratch.label
        own_depth = depth[n].reshape(level.width * level.height) if want[2] else level_scratch.depth
        labels, depths = scratch.label, wide_scratch.depth if rolled else own_depth
        label_rows = 0 if not want[1] else 1 if rolled else label_step  # a picture that is turned needs all rows
        eye = _place_eye(poses, n, station, lens, points, count)
        pitch = math.atan2(eye.sin_pitch, eye.cos_pitch)
        bank = points[min(max(int(station / SPACING_M), 0), count - 1), BANK]
        top = listed = -1
        turn = 0
        while pass_ <= 0:
            band = fetch_add(turns, 0, 1) if bands > 1 else turn
            if band >= bands:
                break
            turn += 1
            first, last = height * band // bands, height * (band + 1) // bands
            if listed < 0:
                top = trace_rows(
                    points, section, count, station, eye.x, eye.y, eye.z, eye.heading, pitch, eye.focal, eye.centre_v,
                    rows, scratch.stations, scratch.sections,
                )  # fmt: skip
                for v in range(top, height):
                    rows[v, HAZE] = haze_of(appearance, rows[v, AHEAD])
                listed = _list_things(
                    eye, appearance, station, points, section, edges, values, run_count, roads.block[slot], seed, cars,
                    n, car_counts[n], things,
                )  # fmt: skip
            sky_end, ground_begin = min(top, last), max(top, first)
            if colour:
                _clear(first * stride, last * stride, hidden, red, green, blue, through)
                draw_things(
                    things, listed, eye, appearance, rows, top, width, height, first, last, atlas, art.atlas_offsets,
                    spans, fine, stride, hidden, through, red, green, blue,
                )  # fmt: skip
                draw_sky(
                    art.sky[season], sky_level, appearance, lens.azimuth, lens.cos_azimuth, eye.heading, pitch, bank,
                    eye.focal, eye.centre_v, first, sky_end, stride, hidden, through, red, green, blue,
                )  # fmt: skip
            if want[1]:
                _fill(first * stride, (sky_end - first) * stride, np.uint8(_SKY), labels)
            if want[2]:
                _fill(first * width, (sky_end - first) * width, f4(SKY_DEPTH_M), depths)
            _draw_ground(
                eye, lens.tangent, lens.beam, appearance, edges, values, roads.run_label[slot], roads.run_seam[slot],
                run_count, roads.marks[slot], roads.mark_count[slot], art.ground[season], art.ground_offsets,
                art.litter[season], art.litter_offsets, art.shadow[season], art.shadow_offsets, seed, ground_begin,
                last, width, colour, label_rows, want[2], fine, noise, stride, scratch, depths,
            )  # fmt: skip
            if labelled:
                label_things(
                    things, listed, eye, rows, top, width, height, first, last, stride, atlas, art.atlas_offsets,
                    label_rows, want[2], labels, depths,
                )  # fmt: skip
            if want[1] and not rolled:
                pick_labels(labels, width, first, last, stride, label_step, own_label)
            if colour and not rolled:
                _develop(
                    level, appearance, noise, frame_seeds[n], first, last, level_scratch,
                    rgb.shape[3],
                    rgb[n].reshape(level.height * level.width * rgb.shape[3]),
                )  # fmt: skip
            if bands > 1:
                fetch_add(turns, 1, 1)
        turn = 0
        while rolled and pass_ != 0:
            band = fetch_add(turns, 2, 1) if bands > 1 else turn
            if band >= bands:
                break
            turn += 1
            first, last = level.height * band // bands, level.height * (band + 1) // bands
            _turn(
                roll, red, green, blue, width, height, stride, labels, depths, level, want, label_step, first, last,
                level_scratch.planes, own_label, own_depth,
            )  # fmt: skip
            if colour:
                _develop(
                    level, appearance, noise, frame_seeds[n], first, last, level_scratch,
                    rgb.shape[3],
                    rgb[n].reshape(level.height * level.width * rgb.shape[3]),
                )  # fmt: skip
            if bands > 1:
                fetch_add(turns, 3, 1)
