from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.envs.find_target.flights import SCENARIO, in_season
from wormdrive.envs.find_target.layout import CIRCLE_M, lay_out
from wormdrive.envs.find_target.site import site_library
from wormdrive.envs.find_target.wood import paint_plants
from wormdrive.envs.seasons.appearance import appearance

SITE = "country_loop", 0


def test_the_start_is_as_far_as_asked_and_looks_at_the_target() -> None:
    site = site_library().site(*SITE)
    for seed in range(20):
        layout = lay_out(replace(SCENARIO, seed=seed), site)
        way = layout.middle - layout.start[:2]
        assert np.hypot(*way) == pytest.approx(SCENARIO.distance_m)
        askew = np.arctan2(way[1], way[0]) - layout.start[3]
        assert np.cos(askew) > np.cos(0.36)
        assert 2.0 <= layout.start[2] - site.height(*layout.start[:2]) <= 6.0


def test_trees_depend_on_the_seed_and_not_on_the_season() -> None:
    site = site_library().site(*SITE)
    summer, winter = (lay_out(in_season(season), site) for season in ("summer", "winter"))
    assert (summer.wood.trunks == winter.wood.trunks).all()
    assert (summer.start == winter.start).all()
    other = lay_out(replace(SCENARIO, seed=5), site)
    assert len(other.wood.trunks) != len(summer.wood.trunks) or (other.wood.trunks != summer.wood.trunks).any()
    painted = [paint_plants(summer.wood, appearance(in_season(season).conditions)) for season in ("summer", "winter")]
    assert (painted[0][:, :3] == painted[1][:, :3]).all()
    assert (painted[0] != painted[1]).any()


def test_no_trunk_stands_in_the_line_unless_it_is_put_there() -> None:
    site = site_library().site(*SITE)
    layout = lay_out(SCENARIO, site)
    way = layout.start[:2] - layout.middle
    along = way / np.hypot(*way)

    def in_line(trunks: np.ndarray) -> int:
        from_target = trunks - layout.middle
        part, aside = from_target @ along, from_target @ np.array([-along[1], along[0]])
        return int(((part > 0.0) & (part < SCENARIO.distance_m) & (np.abs(aside) < 1.3)).sum())

    assert in_line(layout.wood.trunks) == 0
    occluded = lay_out(replace(SCENARIO, occluders=4), site)
    assert in_line(occluded.wood.trunks) == 2
    assert len(occluded.wood.plants) == len(layout.wood.plants) + 4


def test_a_moving_target_goes_round_its_circle() -> None:
    site = site_library().site(*SITE)
    layout = lay_out(SCENARIO, site)
    still, begins = layout.target_pose(site, 0.0, 3.0), layout.target_pose(site, 0.8, 0.0)
    assert begins[:2] == pytest.approx(still[:2])
    whole = 2.0 * np.pi * CIRCLE_M / 0.8
    assert layout.target_pose(site, 0.8, whole)[:2] == pytest.approx(begins[:2])
    step = np.subtract(layout.target_pose(site, 0.8, 0.1)[:2], begins[:2])
    assert np.hypot(*step) == pytest.approx(0.08, rel=1e-3)
    heading = begins[3]
    assert step / np.hypot(*step) == pytest.approx([np.cos(heading), np.sin(heading)], abs=0.03)
