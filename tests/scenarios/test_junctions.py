from __future__ import annotations

import numpy as np

from wormdrive.envs.roads import read_map
from wormdrive.scenarios.junctions import near_junction


def test_junctions_reach_15_m_beyond_the_roads_that_cross_them() -> None:
    crossings = [road for road in read_map("suburb").roads.values() if road.junction_id is not None]
    lines = [road.line.at(np.arange(0.0, road.length_m, 0.5)) for road in crossings]
    x, y = np.concatenate([line.x for line in lines]), np.concatenate([line.y for line in lines])
    east = int(np.argmax(x))  # nothing lies farther east, so the way back is the shortest
    assert near_junction("suburb", x[east], y[east])
    assert near_junction("suburb", x[east] + 14.0, y[east])
    assert not near_junction("suburb", x[east] + 15.5, y[east])
    assert not near_junction("country_loop", 0.0, 0.0)
