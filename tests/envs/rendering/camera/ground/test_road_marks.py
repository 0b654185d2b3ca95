"""Road marks far away: they grow faint, and do not flicker."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tests.support.pictures import CameraView, draw, straight
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.camera_config import CameraConfig


def without_marks(route: Route) -> Route:
    sections = route.cross_sections
    return replace(route, cross_sections=replace(sections, mark_width=np.zeros_like(sections.mark_width)))


def only_mark(route: Route, mark: int) -> Route:
    sections = route.cross_sections
    width = np.zeros_like(sections.mark_width)
    width[:, mark] = sections.mark_width[:, mark]
    return replace(route, cross_sections=replace(sections, mark_width=width))


def light_of_marks(mark: int, stations: NDArray[np.float64], low_m: float, high_m: float) -> NDArray[np.float64]:
    """Brightness that a line adds, summed over the columns of the rows between two depths: (frames,)."""
    camera = RoadCamera(CameraConfig(width=400, height=156))
    marked, plain = only_mark(straight(), mark), without_marks(straight())
    with_line = draw(camera, [CameraView(marked, float(s)) for s in stations])
    without = draw(camera, [CameraView(plain, float(s)) for s in stations])
    rows = (without[0].depth[:, 0] > low_m) & (without[0].depth[:, 0] < high_m)
    assert rows.sum() >= 2
    pairs = zip(with_line, without, strict=True)
    return np.array([(a.brightness[rows] - b.brightness[rows]).sum() for a, b in pairs])


def test_a_far_solid_line_does_not_flicker() -> None:
    added = light_of_marks(0, 60.0 + 0.1 * np.arange(60), 40.0, 120.0)
    assert added.min() > 20.0
    assert np.abs(np.diff(added)).max() < 0.03 * added.mean()


def test_far_dashes_melt_into_a_faint_line() -> None:
    """A row that is many periods deep shows their mean; one less deep swells and fades without jumps."""
    stations = 60.0 + 0.1 * np.arange(91)
    far, middle = light_of_marks(1, stations, 50.0, 120.0), light_of_marks(1, stations, 12.0, 25.0)
    assert far.min() > 3.0
    assert np.ptp(far) < 0.5 * far.mean()
    assert np.abs(np.diff(middle)).max() < 0.13 * middle.mean()
