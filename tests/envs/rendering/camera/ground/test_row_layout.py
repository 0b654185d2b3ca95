"""Every pixel of a row belongs to the run that its lateral position lies in."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.rendering.camera.ground.projection import project_row
from wormdrive.envs.rendering.camera.ground.row_layout import BEGIN, END, OPEN, RUN, STRETCH_FIELDS, list_stretches
from wormdrive.envs.rendering.camera.ground.rows import CENTRE_Y, COS, DEPTH, KAPPA, ROW_FIELDS, SIN
from wormdrive.envs.rendering.camera.ground.seams import blend_seams
from wormdrive.envs.rendering.camera.lens import make_lens
from wormdrive.envs.rendering.camera.road_layout.strips import FAR_EDGE
from wormdrive.envs.simulation.camera_config import CameraConfig

LENS = make_lens(CameraConfig(), 200, 78)
EDGES = np.array([[-FAR_EDGE, -2.75, -1.75, 1.75, 5.25, 6.25, FAR_EDGE]], np.float32)
RUNS = EDGES.shape[1] - 1


def random_row(rng: np.random.Generator) -> np.ndarray:
    rows = np.zeros((1, ROW_FIELDS), np.float32)
    heading = rng.uniform(-1.4, 1.4)
    rows[0, DEPTH] = rng.uniform(2.0, 60.0)
    rows[0, CENTRE_Y] = rng.normal(0.0, 0.15) * rows[0, DEPTH]
    rows[0, COS], rows[0, SIN] = np.cos(heading), np.sin(heading)
    rows[0, KAPPA] = rng.choice([0.0, 1.0, -1.0]) / rng.uniform(12.0, 300.0)
    return rows


@pytest.mark.parametrize("seed", range(40))
def test_stretches_cover_a_row_once_and_hold_what_they_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(20):
        rows = random_row(rng)
        near, far = np.zeros(RUNS + 1, np.float32), np.zeros(RUNS + 1, np.float32)
        stretches = np.zeros((40, STRETCH_FIELDS), np.int32)
        count, *_ = list_stretches(rows, 0, EDGES, 0, RUNS, LENS.focal, LENS.centre_u, 200, near, far, stretches)
        lateral, along = np.zeros(216, np.float32), np.zeros(216, np.float32)
        project_row(rows, 0, LENS.tangent, 200, lateral, along)
        at = 0
        for stretch in stretches[:count]:
            assert stretch[BEGIN] == at
            at = stretch[END]
            if stretch[OPEN]:
                continue
            d = lateral[stretch[BEGIN] : at]
            assert (d > EDGES[0, stretch[RUN]] - 2e-3).all()
            assert (d < EDGES[0, stretch[RUN] + 1] + 2e-3).all()
        assert at == 200


def test_a_seam_is_shared_by_area() -> None:
    """A boundary at column 100.25, one pixel's footprint wide: a quarter of pixel 100 is its left side's."""
    rows = np.zeros((1, ROW_FIELDS), np.float32)
    rows[0, DEPTH], rows[0, COS] = 8.4, 1.0
    rows[0, 10] = 8.4 / LENS.focal  # the footprint across the road
    values = [np.where(np.arange(216) < 100, low, high).astype(np.float32) for low, high in ((0.2, 0.6), (1, 0)) * 2]
    columns = np.full(RUNS + 1, 100.25, np.float32)
    seam = np.zeros((1, RUNS + 1), np.uint8)
    blend_seams(rows, 0, EDGES, seam, 0, RUNS, LENS.focal, columns, 0, 200, 0, 200, *values)
    assert values[0][100] == np.float32(0.6)
    seam[0, 3] = 1
    blend_seams(rows, 0, EDGES, seam, 0, RUNS, LENS.focal, columns, 0, 200, 0, 200, *values)
    assert values[0][99] == pytest.approx(0.2, abs=0.02)
    assert values[0][100] == pytest.approx(0.25 * 0.2 + 0.75 * 0.6, abs=0.06)
    assert values[0][102] == pytest.approx(0.6)
    assert 0.0 < values[1][100] < 0.5


@pytest.mark.parametrize(("begin", "end"), [(104, 200), (0, 96)])
def test_a_seam_beside_what_is_shown_is_left_alone(begin: int, end: int) -> None:
    """What lies there was not fetched, and would be carried from seam to seam into what is shown."""
    rows = np.zeros((1, ROW_FIELDS), np.float32)
    rows[0, DEPTH], rows[0, COS] = 8.4, 1.0
    rows[0, 10] = 4.0 * 8.4 / LENS.focal
    values = [np.where(np.arange(216) < 100, 0.2, 0.6).astype(np.float32) for _ in range(4)]
    before = np.stack(values)
    seam = np.zeros((1, RUNS + 1), np.uint8)
    seam[0, 3] = 1
    columns = np.full(RUNS + 1, 100.0, np.float32)
    blend_seams(rows, 0, EDGES, seam, 0, RUNS, LENS.focal, columns, 0, 200, begin, end, *values)
    np.testing.assert_array_equal(np.stack(values), before)
    blend_seams(rows, 0, EDGES, seam, 0, RUNS, LENS.focal, columns, 0, 200, begin - 4, end + 5, *values)
    assert not np.array_equal(np.stack(values), before)
