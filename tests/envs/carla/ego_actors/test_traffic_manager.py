from __future__ import annotations

import numpy as np

from tests.support.fake_carla import transform
from wormdrive.envs.carla.axes import ActorPose
from wormdrive.envs.carla.ego_actors.traffic_manager import NEAR_M, NEAREST_M, _places

EGO = ActorPose(100.0, 50.0, 0.0, 0.0)


def test_places_near_the_ego_vehicle_come_first_and_none_at_its_bumper() -> None:
    """Points every 5 m along a line through it; CARLA's y is the other way round."""
    points = [transform(100.0 + away, -50.0) for away in np.arange(-400.0, 401.0, 5.0)]
    found = [abs(place.location.x - 100.0) for place in _places(points, EGO, np.random.default_rng(0))]
    near = [away for away in found if away <= NEAR_M]
    assert found[: len(near)] == near
    assert min(found) == NEAREST_M + 5.0
    assert sorted(found) == sorted(abs(away) for away in np.arange(-400.0, 401.0, 5.0) if abs(away) > NEAREST_M)
    assert near != sorted(near), "drawn, not in order"


def test_the_seed_decides() -> None:
    points = [transform(float(x), -50.0) for x in range(130, 200)]
    one, again, other = (
        [place.location.x for place in _places(points, EGO, np.random.default_rng(seed))] for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other
