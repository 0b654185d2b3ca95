from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any


def test_the_parts_are_told_and_nothing_is_left_behind(bench: Callable[[str], dict[str, Any]]) -> None:
    before = os.environ.get("SDL_VIDEODRIVER")
    told = bench("cockpit")
    assert told["frames_per_second"] > 0.0
    assert told["wanted"] == 25.0
    assert all(rate > 0.0 for rate in told["details"].values())
    assert len(told["details"]) == 5
    assert os.environ.get("SDL_VIDEODRIVER") == before
