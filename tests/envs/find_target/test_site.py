from __future__ import annotations

import numpy as np

from wormdrive.envs.find_target.picture.ground_patch import LEVELS, PATCH_M, TEXELS, level_offset
from wormdrive.envs.find_target.site import site_library
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

PAVED = (SemanticLabel.ROADS, SemanticLabel.SIDEWALKS, SemanticLabel.ROAD_LINES)


def test_a_site_lies_in_the_woods_beside_a_road() -> None:
    site = site_library().site("country_loop", 0)
    away = site.from_road(np.array([site.x]), np.array([site.y]))[0]
    assert 15.0 < away < 45.0
    assert np.isin(site.labels, PAVED).any()


def test_distance_to_the_road_is_none_on_it_and_grows_by_a_metre_a_metre() -> None:
    site = site_library().site("country_loop", 0)
    rows, columns = np.nonzero(site.labels == SemanticLabel.ROADS)
    x, y = site.west + (columns[:50] + 0.5) * PATCH_M / TEXELS, site.south + (rows[:50] + 0.5) * PATCH_M / TEXELS
    assert site.from_road(x, y).max() == 0.0
    assert np.abs(np.diff(site.free_m, axis=0)).max() <= 1.2 * PATCH_M / TEXELS


def test_a_site_is_the_same_one_for_everybody() -> None:
    library = site_library()
    assert library.site("country_loop", 0) is library.site("country_loop", 0)
    one, other = library.site("country_loop", 0), library.site("country_loop", 1)
    assert (one.x, one.y) != (other.x, other.y)


def test_heights_are_interpolated() -> None:
    site = site_library().site("country_loop", 0)
    x, y = site.heights_west + 100.0, site.heights_south + 90.0
    assert site.height(x, y) == float(site.heights[90, 100])
    middle = 0.25 * float(site.heights[90:92, 100:102].sum(dtype=np.float64))
    assert abs(site.height(x + 0.5, y + 0.5) - middle) < 1e-5


def test_the_ground_of_winter_and_summer_differ_and_mips_keep_the_mean() -> None:
    library = site_library()
    site = library.site("country_loop", 0)
    summer, winter = (library.colours(site, season, 0) for season in ("summer", "winter"))
    assert (summer != winter).mean() > 0.9
    first, second = int(level_offset(0)), int(level_offset(1))
    fine, coarse = summer[first:second] & 255, summer[second : int(level_offset(2))] & 255
    assert abs((fine**2.0).mean() - (coarse**2.0).mean()) < 0.02 * (fine**2.0).mean()
    assert len(summer) == int(level_offset(LEVELS)) + 1
