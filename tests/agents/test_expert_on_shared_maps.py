"""The expert on maps of other people, where there are any beside the repository."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from wormdrive.agents.expert import Expert
from wormdrive.envs.common.errors import MapError, RouteError
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.observation import END_REASONS
from wormdrive.envs.simulation.scenario import Scenario

SHARED = Path(os.environ.get("WORMDRIVE_SHARED", Path(__file__).parents[2].parent / "shared"))
FOLDERS = sorted(path for path in (SHARED / "maps").glob("*") if path.is_dir())


@pytest.mark.skipif(not FOLDERS, reason="there are no shared maps beside the repository (WORMDRIVE_SHARED)")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_drives_every_map_that_holds_a_route(folder: Path) -> None:
    """Other people's maps, with kinks, gaps and walls for slopes: the lane is kept on all of them."""
    scenarios, routeless = [], 0
    for file in sorted(folder.glob("*.xodr")):
        found = [Scenario(map=str(file), route_seed=k, seed=k, route_length_m=150.0) for k in range(2)]
        try:
            EmbeddedSimulator(2, camera=None).reset(found)
        except (MapError, RouteError):
            routeless += 1
            continue
        scenarios += found
    assert len(scenarios) > 2 * routeless
    sim = EmbeddedSimulator(len(scenarios), camera=None)
    expert = Expert(sim)
    seen = sim.reset(scenarios)
    worst = np.abs(seen.state.lateral_offset_m)
    while not seen.end_reason.all():
        seen = sim.step(expert.act(seen))
        worst = np.maximum(worst, np.abs(seen.state.lateral_offset_m))
    failed = {
        scenario.map: END_REASONS[reason]
        for scenario, reason in zip(scenarios, seen.end_reason, strict=True)
        if END_REASONS[reason] != "route_done"
    }
    assert failed == {}
    assert worst.max() < 0.6
