from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.seasons.conditions import SEASONS
from wormdrive.find_target.audit.looks import measure_looks
from wormdrive.find_target.audit.parts import PARTS
from wormdrive.find_target.audit.stage import Stage
from wormdrive.find_target.policy import FlightPolicy


@pytest.mark.slow
def test_shares_add_up_and_gradients_to_the_yaw(stage: Stage, policies: dict[str, FlightPolicy]) -> None:
    found = measure_looks(stage, policies, per_season=2)
    for name in policies:
        of = found[name]
        assert list(of.seasons) == list(SEASONS)
        for season in of.seasons.values():
            assert list(season) == list(PARTS)
            np.testing.assert_allclose(sum(part.attention for part in season.values()), 1.0)
            np.testing.assert_allclose(sum(part.pixels for part in season.values()), 1.0)
            assert all(part.hidden > 0.0 for part in season.values() if part.pixels > 0.0)
            assert season["target"].attention_ci95 is not None
        assert of.missed is not None
        assert of.missed < 0.5
        assert [one.season for one in of.shown] == list(SEASONS)
        assert all(one.map.shape == one.frame.shape[:2] and one.map.max() == 1.0 for one in of.shown)
