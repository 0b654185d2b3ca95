from __future__ import annotations

import base64

import cv2
import numpy as np

from tests.find_target.report.made_up import STEPS, episodes
from wormdrive.find_target.report.views import views_of


def opened(address: str) -> np.ndarray:
    kind, _, data = address.partition(",")
    assert kind == "data:image/webp;base64"
    return cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)


def test_ways_reach_to_the_end() -> None:
    found = views_of("autumn", episodes("autumn"))
    assert [way.found for way in found.ways] == [True, False, False, False]
    assert [way.colour for way in found.ways] == ["red", "blue", "red", "blue"]
    assert found.ways[0].to_target_m.shape == (STEPS + 1,)
    assert found.ways[0].to_target_m[-1] == 1.9


def test_a_start_and_two_that_failed_are_shown() -> None:
    found = views_of("autumn", episodes("autumn"))
    assert opened(found.start).shape == (96, 144, 3)
    first, second = found.failed
    assert first.words.startswith("flight 1, blue ")
    assert first.words.endswith(" m: lost it from view after 2.2 s, 1.9 m from it")
    assert second.words.startswith("flight 2, ")
    assert opened(first.strip).shape == (96, 5 * 144 + 4 * 3, 3)
    assert views_of("summer", episodes("summer")).failed == []
