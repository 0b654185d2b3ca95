"""Where things on the ground appear, against exact pinhole geometry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.pictures import CameraView, arc, see, straight, views_of
from tests.support.routes import synthetic_route
from wormdrive.envs.rendering.camera.ground.projection import project_row
from wormdrive.envs.rendering.camera.ground.rows import DEPTH, ROW_FIELDS, trace_rows
from wormdrive.envs.rendering.camera.lens import make_lens
from wormdrive.envs.rendering.camera.road_layout.road_buffer import RoadBuffer
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

ROUTES = {"straight": math.inf, "left": 60.0, "right": -45.0, "gentle": 400.0}
OUTSIDE = np.array([-1.675, -1.525, 5.025, 5.175])
"""Edges of the two solid lines of a synthetic route [m]."""


def ground_points(
    config: CameraConfig, pose: NDArray[np.float64], u: NDArray[np.float64], v: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """x, y [m] where the rays of picture points (u, v) meet the plane z = 0, and their depth; NaN above the horizon.

    Rotation by heading, then pitch, then roll, as ISO 8855 has it: the picture is turned last.
    """
    focal = 0.5 * config.width / math.tan(0.5 * math.radians(config.fov_deg))
    right, down = (u - 0.5 * config.width) / focal, (v - 0.5 * config.height) / focal
    roll = config.roll_rad + pose[5]
    right, down = right * math.cos(roll) - down * math.sin(roll), right * math.sin(roll) + down * math.cos(roll)
    pitch, heading = config.pitch_rad + pose[4], pose[3] + config.yaw_rad
    ahead = math.cos(pitch) - down * math.sin(pitch)
    falls = math.sin(pitch) + down * math.cos(pitch)
    with np.errstate(divide="ignore"):
        depth = np.where(falls > 1e-6, config.z_m / falls, np.nan)
    x0 = pose[0] + config.x_m * math.cos(pose[3]) - config.y_m * math.sin(pose[3])
    y0 = pose[1] + config.x_m * math.sin(pose[3]) + config.y_m * math.cos(pose[3])
    forward, left = ahead * depth, -right * depth
    x = x0 + forward * math.cos(heading) - left * math.sin(heading)
    y = y0 + forward * math.sin(heading) + left * math.cos(heading)
    return x, y, depth


def lateral_on_arc(x: NDArray[np.float64], y: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """Distance to the left of the circle (or the x axis) through the origin, exactly."""
    if math.isinf(radius):
        return y
    away = np.hypot(x, y - radius)
    return radius - away if radius > 0.0 else radius + away


def is_line(d: NDArray[np.float64]) -> NDArray[np.bool_]:
    return ((d > OUTSIDE[0]) & (d < OUTSIDE[1])) | ((d > OUTSIDE[2]) & (d < OUTSIDE[3]))


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize(
    ("offset", "error", "mount"),
    [
        (0.0, 0.0, {}),
        (0.6, -0.12, {}),
        (-0.5, 0.15, {"yaw_rad": 0.2, "y_m": 0.3}),
        (0.2, 0.05, {"roll_rad": 0.05}),
        (0.0, 0.0, {"roll_rad": -0.3, "pitch_rad": 0.2}),
    ],
)
def test_edge_lines_lie_where_geometry_puts_them(
    name: str, offset: float, error: float, mount: dict[str, float]
) -> None:
    """A pixel is a line where both its sides are, and is none where it is a pixel away from one: up to 40 m."""
    radius = ROUTES[name]
    route = straight() if math.isinf(radius) else arc(radius)
    config = CameraConfig(width=400, height=156, **mount)  # type: ignore[arg-type]
    view = CameraView(route, offset_m=offset, heading_error_rad=error)
    labels = see(view, config).segmentation
    pose = views_of([view])[1].pose[0]
    u, v = np.meshgrid(np.arange(config.width) + 0.5, np.arange(config.height) + 0.5)
    inside, outside = np.ones(u.shape, bool), np.ones(u.shape, bool)
    turned = "roll_rad" in mount  # turned labels are those of the nearest pixel
    for du in np.linspace(-1.0, 1.0, 9):
        for dv in np.linspace(-1.0, 1.0, 9) if turned else (0.0,):
            x, y, _ = ground_points(config, pose, u + du, v + dv)
            lateral = lateral_on_arc(x, y, radius)
            inside &= is_line(lateral)
            outside &= ~is_line(lateral) & (np.abs(lateral - 1.75) > 0.08)  # nor the dashed line between the lanes
    x, y, depth = ground_points(config, pose, u, v)
    lateral = lateral_on_arc(x, y, radius)
    looked_at = (depth < 40.0) & (np.abs(lateral) < 8.0)
    if math.isfinite(radius):  # beyond a quarter turn or so, a row looks along the road
        looked_at &= np.abs(np.arctan2(x * np.sign(radius), abs(radius) - np.abs(y))) < 1.2
    lines = labels == SemanticLabel.ROAD_LINES
    assert (inside & looked_at).sum() > 20
    assert (outside & looked_at).sum() > 5000
    assert lines[inside & looked_at].all()
    assert not lines[outside & looked_at].any()


@pytest.mark.parametrize("seed", range(3))
def test_rows_find_station_and_lateral_position_of_a_winding_road(seed: int) -> None:
    """Against the nearest of 4 mm steps along the road: within a few millimetres across and some along, to 40 m."""
    route = synthetic_route(seed, hills=False)
    config = CameraConfig()
    view = CameraView(route, station_m=100.0 + 37.0 * seed, offset_m=0.3, heading_error_rad=0.04)
    roads, views = views_of([view])
    pose = views.pose[0]
    lens, packed = make_lens(config, config.width, config.height), RoadBuffer().follow(roads)
    rows = np.zeros((lens.height, ROW_FIELDS), np.float32)
    stations, sections = np.zeros(lens.height), np.zeros(lens.height, np.int32)
    x0, y0 = pose[0] + config.x_m * math.cos(pose[3]), pose[1] + config.x_m * math.sin(pose[3])
    top = trace_rows(
        packed.points[0], packed.section[0], int(packed.count[0]), view.station_m, x0, y0, config.z_m, pose[3],
        config.pitch_rad, lens.focal, lens.centre_v, rows, stations, sections,
    )  # fmt: skip
    fine = np.arange(view.station_m - 10.0, view.station_m + 70.0, 0.004)
    at = np.arange(len(route.x)) * route.spacing_m
    heading = np.interp(fine, at, route.heading_rad)
    start = np.interp(fine[0], at, route.x), np.interp(fine[0], at, route.y)
    line_x, line_y = (
        a + np.concatenate([[0.0], np.cumsum(part[:-1] + part[1:]) * 0.002])
        for a, part in zip(start, (np.cos(heading), np.sin(heading)), strict=True)
    )
    across, along, found = [], [], 0
    for v in range(top, lens.height, 4):
        if rows[v, DEPTH] > 40.0:
            continue
        lateral, arc_m = np.zeros(lens.width, np.float32), np.zeros(lens.width, np.float32)
        project_row(rows, v, lens.tangent, lens.width, lateral, arc_m)
        u = np.arange(0, lens.width, 5)
        x, y, _ = ground_points(config, pose, u + 0.5, np.full(len(u), v + 0.5))
        for k in range(len(u)):
            i = int(np.argmin((line_x - x[k]) ** 2 + (line_y - y[k]) ** 2))
            d = (y[k] - line_y[i]) * math.cos(heading[i]) - (x[k] - line_x[i]) * math.sin(heading[i])
            if abs(d) < 3.0 and 0 < i < len(fine) - 1:
                across.append(abs(d - lateral[u[k]]))
                along.append(abs(fine[i] - stations[v] - arc_m[u[k]]))
                found += 1
    assert found > 100
    assert max(across) < 0.002
    assert max(along) < 0.005
