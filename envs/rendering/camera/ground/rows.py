# mypy: allow-untyped-defs, allow-untyped-calls
"""Rows: where on the road every row of the picture looks.

A camera without roll sees, in one row, a straight line across the ground. The route ahead is walked once; every row
gets the place where its line crosses the route, and the osculating circle of the route there. Within the row, station
and lateral position then follow from that circle (``projection.py``). Rows are filled from the bottom up and only
ever upwards, which is what hides the far side of a crest.
"""

from __future__ import annotations

import math
from typing import Final

from wormdrive.envs.rendering.camera.road_layout.road_buffer import CURVATURE, HEADING, X, Y, Z
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.simulation.road_table import SPACING_M

__all__ = [
    "AHEAD",
    "ALONG_X",
    "CENTRE_Y",
    "COS",
    "DEPTH",
    "DROP",
    "FOOT_AHEAD",
    "FOOT_D",
    "FOOT_S",
    "HAZE",
    "KAPPA",
    "PERIOD_M",
    "ROW_FIELDS",
    "SIN",
    "TEXTURE_S",
    "trace_rows",
]

(
    DEPTH,  # along the optical axis [m]
    AHEAD,  # horizontal distance along the camera's heading [m]
    ALONG_X,  # of the row's line beyond the foot of its circle [m]; not 0 only beyond the last visible sample
    CENTRE_Y,  # where the route crosses the row's line, to the left [m]
    COS,  # of the route's heading there against the camera's
    SIN,
    KAPPA,  # curvature there [1/m]
    DROP,  # height of the camera above the ground there [m]
    TEXTURE_S,  # station there, modulo the texture's period [m]
    HAZE,  # share of light that the air lets through
    FOOT_D,  # size of a pixel's footprint across the road [m]
    FOOT_S,  # and along it [m]
    FOOT_AHEAD,  # and along the camera's heading [m]
) = range(13)
ROW_FIELDS: Final = 13

PERIOD_M: Final = 32.0
"""Of the ground's texture along s [m]."""
_RANGE_M: Final = 220.0
_FINE_M: Final = 40.0
_NEAREST_M: Final = 0.25
_LEAST_DROP: Final = 0.0004  # slope of the ray of the highest ground row


@glue
def _height_above_road(points, count, station, z0):
    """Height of the camera above the road below it [m]."""
    i = min(max(int(station / SPACING_M), 0), count - 1)
    return max(z0 - points[i, Z], 0.05)


@glue
def _measure_footprints(rows, stations, top, focal):
    height = rows.shape[0]
    for v in range(top, height):
        ahead, depth = rows[v, AHEAD], rows[v, DEPTH]
        below = rows[v + 1, AHEAD] if v + 1 < height else ahead * 0.97
        across = depth / focal
        deep = max(abs(ahead - below), across)
        c, s = abs(rows[v, COS]), abs(rows[v, SIN])
        rows[v, FOOT_AHEAD] = deep
        rows[v, FOOT_D] = max(c * across + 0.7 * s * deep, 0.004)
        rows[v, FOOT_S] = max(c * deep + s * across, 0.004)
        rows[v, TEXTURE_S] = stations[v] - PERIOD_M * math.floor(stations[v] / PERIOD_M)


@glue
def trace_rows(points, section, count, station, x0, y0, z0, heading, pitch, focal, centre_v, rows, stations, sections):
    """Fill ``rows`` (H, ROW_FIELDS), ``stations`` (H,) and ``sections`` (H,) bottom first; return the highest row.

    ``x0, y0, z0`` [m], ``heading`` and ``pitch`` [rad] (positive looks down) are the camera's in the map's axes.
    """
    height = rows.shape[0]
    cos_pitch, sin_pitch = math.cos(pitch), math.sin(pitch)
    cos_heading, sin_heading = math.cos(heading), math.sin(heading)
    row = height  # lowest row that is filled
    slope = (height - 0.5 - centre_v) / focal
    bottom = cos_pitch - slope * sin_pitch  # of the ray's direction ahead, in the lowest row
    nearest = _NEAREST_M
    if bottom > 0.05:
        nearest = max(
            nearest,
            0.5 * _height_above_road(points, count, station, z0) * bottom / (sin_pitch + slope * cos_pitch + 1e-6),
        )
    begin = max(0, min(int(station / SPACING_M) - 4, count - 2))
    past_x, past_y, past_z, past_heading, past_kappa, past_s, past_i = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0
    seen = 0
    i = begin
    while i < count and row > 0:
        s = i * SPACING_M
        if s > station + _RANGE_M:
            break
        dx, dy = points[i, X] - x0, points[i, Y] - y0
        x = dx * cos_heading + dy * sin_heading
        y = dy * cos_heading - dx * sin_heading
        z = points[i, Z] - z0
        turn = points[i, HEADING] - heading
        kappa = points[i, CURVATURE]
        if seen > 0 and x > past_x:
            depth = x * cos_pitch - z * sin_pitch
            if x > nearest and depth > 0.05:
                v = centre_v - focal * (x * sin_pitch + z * cos_pitch) / depth
                while row > 0 and row - 0.5 >= v:
                    slope = (row - 0.5 - centre_v) / focal
                    ahead = cos_pitch - slope * sin_pitch
                    if ahead > 0.02:
                        gradient = -(sin_pitch + slope * cos_pitch) / ahead
                        across = (z - past_z) - gradient * (x - past_x)
                        t = (gradient * past_x - past_z) / across if abs(across) > 1e-9 else 0.0
                        t = min(t, 1.0) if row == height else min(max(t, 0.0), 1.0)
                        at = max(past_x + t * (x - past_x), 0.05)
                        t = (at - past_x) / (x - past_x)
                    else:  # straight down and backwards: not supported, but finite
                        ahead, at, t = 0.02, 0.05, (0.05 - past_x) / (x - past_x)
                    row -= 1
                    angle = past_heading + t * (turn - past_heading)
                    rows[row, DEPTH] = at / ahead
                    rows[row, AHEAD] = at
                    rows[row, ALONG_X] = 0.0
                    rows[row, CENTRE_Y] = past_y + t * (y - past_y)
                    rows[row, COS] = math.cos(angle)
                    rows[row, SIN] = math.sin(angle)
                    rows[row, KAPPA] = past_kappa + t * (kappa - past_kappa)
                    rows[row, DROP] = -(past_z + t * (z - past_z))
                    stations[row] = past_s + t * (s - past_s)
                    sections[row] = section[min(max(int(stations[row] / SPACING_M + 0.5), 0), count - 1)]
        if seen == 0 or x > past_x:
            past_x, past_y, past_z, past_heading, past_kappa, past_s, past_i = x, y, z, turn, kappa, s, i
            seen += 1
        i += 1 if s < station + _FINE_M else 2

    # beyond the last visible sample: a plane, and the last circle
    level = min(past_z, -0.3)
    far_kappa = past_kappa if abs(past_heading) > 0.6 else 0.0
    while row > 0:
        slope = (row - 0.5 - centre_v) / focal
        ahead = cos_pitch - slope * sin_pitch
        if ahead <= 0.02:
            gradient, ahead = -50.0, 0.02
        else:
            gradient = -(sin_pitch + slope * cos_pitch) / ahead
        if gradient > -_LEAST_DROP:
            break
        row -= 1
        at = max(level / gradient, past_x)
        rows[row, DEPTH] = at / ahead
        rows[row, AHEAD] = at
        rows[row, ALONG_X] = at - past_x
        rows[row, CENTRE_Y] = past_y
        rows[row, COS] = math.cos(past_heading)
        rows[row, SIN] = math.sin(past_heading)
        rows[row, KAPPA] = far_kappa
        rows[row, DROP] = -level
        stations[row] = past_s
        sections[row] = section[past_i]
    _measure_footprints(rows, stations, row, focal)
    return row
