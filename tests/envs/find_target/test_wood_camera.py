from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.envs.find_target.flights import SCENARIO, in_season
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.targets import TARGETS
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightObservation, FlightWorlds
from wormdrive.envs.simulation.semantic_labels import SemanticLabel


def seen(*scenarios: Any, threads: int = 1) -> FlightObservation:
    worlds = FlightWorlds(len(scenarios), WoodCamera(threads=threads), segmentation=True)
    found = worlds.reset(list(scenarios))
    worlds.close()
    return found


def test_the_target_is_drawn_where_it_is_segmented() -> None:
    found = seen(SCENARIO)
    assert found.segmentation is not None
    mask = found.segmentation[0] == TARGETS["box"].label
    assert 0.5 * mask.sum() <= found.visible[0] <= mask.sum() + 1.0
    assert mask.sum() > 20
    red, green, blue = found.camera[0][mask].mean(axis=0)
    assert red > 1.5 * max(green, blue)
    v, u = np.argwhere(mask).mean(axis=0)
    ahead, left, _ = found.target[0]
    focal = 72.0 / np.tan(np.radians(40.0))
    assert abs(u - (72.0 - focal * left / ahead)) < 4.0
    assert 30.0 < v < 70.0


def test_classes_are_those_of_a_wood() -> None:
    found = seen(SCENARIO)
    assert found.segmentation is not None
    share = {label: (found.segmentation == label).mean() for label in SemanticLabel}
    assert share[SemanticLabel.VEGETATION] > 0.1
    assert share[SemanticLabel.TERRAIN] > 0.3


@pytest.mark.slow
def test_seasons_differ_and_what_stands_there_does_not() -> None:
    found = seen(*(in_season(season) for season in ("summer", "autumn", "winter", "spring")))
    means = found.camera.reshape(4, -1, 3).mean(axis=1)
    assert means[2].min() > means[0].max()  # snow
    assert means[1, 0] - means[1, 1] > means[0, 0] - means[0, 1] + 10.0  # leaves turn red
    assert (found.target == found.target[0]).all()


def test_threads_and_company_do_not_change_a_bit() -> None:
    scenarios = [SCENARIO, in_season("winter"), in_season("summer", "rain")]
    together, threaded = seen(*scenarios), seen(*scenarios, threads=3)
    assert (together.camera == threaded.camera).all()
    assert (seen(scenarios[1]).camera[0] == together.camera[1]).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [("width", 100), ("height", 90), ("width", 0), ("fov_deg", 5.0), ("threads", 0), ("threads", 1.5)],
)
def test_what_is_not_allowed_is_named(name: str, value: Any) -> None:
    with pytest.raises(ArgumentError, match=f"{name}=.*allowed"):
        WoodCamera(**{name: value})
