"""How cross-sections are laid out in the ground texture."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from wormdrive.envs.rendering.camera.road_layout.strips import (
    BASE,
    FAR_EDGE,
    PAVED,
    SHIFT,
    SLOPE,
    SOLID,
    SectionRuns,
    section_runs,
)
from wormdrive.envs.roads.route import CrossSections, Surface
from wormdrive.envs.seasons.art.layout import Strip
from wormdrive.envs.simulation.semantic_labels import SemanticLabel


def sections(edges: list[float], surfaces: list[Surface]) -> CrossSections:
    empty = np.zeros((1, 0), np.float32)
    return CrossSections(
        np.array([edges], np.float32),
        np.array([surfaces], np.uint8),
        empty,
        empty,
        empty.astype(np.uint8),
        empty,
        empty,
    )


def coordinate(runs: SectionRuns, k: int, d: float) -> float:
    return float(runs.values[0, k, BASE] + runs.values[0, k, SLOPE] * d)


def run_at(runs: SectionRuns, d: float) -> int:
    return int(np.searchsorted(runs.edges[0, : runs.count[0] + 1], d)) - 1


COUNTRY = sections(
    [-2.75, -1.75, 1.75, 5.25, 6.25], [Surface.SHOULDER, Surface.DRIVING, Surface.DRIVING, Surface.SHOULDER]
)
TOWN = sections([-4.0, -1.5, 1.5, 4.5, 7.0], [Surface.SIDEWALK, Surface.DRIVING, Surface.DRIVING, Surface.SIDEWALK])


def test_runs_follow_each_other_from_infinity_to_infinity() -> None:
    runs = section_runs(COUNTRY)
    count = int(runs.count[0])
    assert runs.edges[0, 0] == -FAR_EDGE
    assert runs.edges[0, count] == FAR_EDGE
    assert (np.diff(runs.edges[0, : count + 1]) > 0).all()


def test_asphalt_ends_at_the_textures_own_edge() -> None:
    """Where asphalt meets a verge, texture coordinates go through without a jump, along s too: it is filtered there."""
    runs = section_runs(COUNTRY)
    last = int(runs.count[0]) - 1
    for verge, rim, d in ((0, 1, -2.75), (last, last - 1, 6.25)):
        assert coordinate(runs, verge, d) == pytest.approx(Strip.VERGE)
        assert coordinate(runs, rim, d) == pytest.approx(Strip.VERGE)
        assert runs.values[0, verge, SHIFT] == runs.values[0, rim, SHIFT]
    assert coordinate(runs, 0, -4.75) == pytest.approx(Strip.VERGE + 2.0)
    assert coordinate(runs, last, 8.25) == pytest.approx(Strip.VERGE + 2.0)
    assert not runs.seam[0].any()


def test_a_lane_fills_its_strip_and_has_its_tracks_in_its_middle() -> None:
    runs = section_runs(COUNTRY)
    k = run_at(runs, 0.0)
    begin = min((Strip.LANE_A, Strip.LANE_B), key=lambda strip: abs(strip + 1.75 - coordinate(runs, k, 0.0)))
    assert [coordinate(runs, k, d) - begin for d in (-1.75, 0.0, 1.75)] == pytest.approx([0.0, 1.75, 3.5])
    alone = section_runs(sections([-1.5, 1.5], [Surface.DRIVING]))  # rims on both sides do not push it aside
    middle = coordinate(alone, run_at(alone, 0.0), 0.0)
    assert min(abs(middle - strip - 1.75) for strip in (Strip.LANE_A, Strip.LANE_B)) == pytest.approx(0.0, abs=1e-6)


def test_pavements_have_seams_no_gravel_and_their_class() -> None:
    runs = section_runs(TOWN)
    assert [int(runs.label[0, run_at(runs, d)]) for d in (-3.0, 0.0, 3.0, 6.0)] == [
        SemanticLabel.SIDEWALKS, SemanticLabel.ROADS, SemanticLabel.ROADS, SemanticLabel.SIDEWALKS,
    ]  # fmt: skip
    marked = runs.edges[0, :-1][runs.seam[0, : runs.edges.shape[1] - 1] == 1]
    assert {-4.0, -1.5, 4.5, 7.0} <= {round(float(d), 3) for d in marked}
    assert coordinate(runs, 0, -4.0) > Strip.VERGE + 1.0
    for d in (-3.0, 6.0):
        k = run_at(runs, d)
        assert Strip.PAVING <= coordinate(runs, k, d) <= Strip.PAVING + Strip.STRIP_WIDTH
        assert runs.values[0, k, PAVED] == runs.values[0, k, SOLID] == 1.0


def test_wide_asphalt_is_folded_to_and_fro() -> None:
    runs = section_runs(sections([-6.0, 8.0], [Surface.DRIVING]))
    inner = list(range(2, int(runs.count[0]) - 2))
    assert len(inner) >= 3
    for k in inner:
        for d in (runs.edges[0, k], runs.edges[0, k + 1]):
            assert Strip.ASPHALT - 1e-4 <= coordinate(runs, k, float(d)) <= Strip.ASPHALT + Strip.STRIP_WIDTH + 1e-4
    for a, b in itertools.pairwise(inner):
        d = float(runs.edges[0, b])
        assert coordinate(runs, a, d) == pytest.approx(coordinate(runs, b, d), abs=1e-4)


@pytest.mark.parametrize("gap", [3.0, 12.0, 40.0])
def test_terrain_between_carriageways_is_a_verge_from_either_side(gap: float) -> None:
    drive = Surface.DRIVING
    runs = section_runs(sections([-1.75, 1.75, 1.75 + gap, 5.25 + gap], [drive, Surface.TERRAIN, drive]))
    for d in np.linspace(1.8, 1.7 + gap, 60):
        k = run_at(runs, float(d))
        assert runs.values[0, k, SOLID] == 0.0
        assert runs.label[0, k] == SemanticLabel.TERRAIN
        assert Strip.VERGE - 1e-3 <= coordinate(runs, k, float(d)) <= Strip.VERGE_END + 1e-3
    assert coordinate(runs, run_at(runs, 2.75), 2.75) == pytest.approx(Strip.VERGE + 1.0)
    assert coordinate(runs, run_at(runs, 0.75 + gap), 0.75 + gap) == pytest.approx(Strip.VERGE + 1.0)
    assert runs.block[0].tolist() == [-1.75, 1.75]


def test_padding_and_outer_terrain_are_left_out() -> None:
    terrain = Surface.TERRAIN
    padded = sections([-9.0, -1.75, 1.75, 1.75, 1.75], [terrain, Surface.DRIVING, terrain, terrain])
    plain = sections([-1.75, 1.75], [Surface.DRIVING])
    for a, b in zip(section_runs(padded), section_runs(plain), strict=True):
        np.testing.assert_array_equal(a, b)
    nothing = section_runs(sections([0.0, 1.0], [terrain]))
    assert nothing.block[0].tolist() == [-1.75, 1.75]
