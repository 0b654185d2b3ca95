from __future__ import annotations

from typing import Any

import pytest

from wormdrive.bench import driving_rate, learning

BOUNDED = {
    "train": ("train", "head, forward and backward"),
    "head": ("head, forward and backward", "head, forward and backward, plain torch"),
    "draw": ("draw", "camera while drawing"),
    "draw_afresh": ("draw, routes unknown", "camera while drawing"),
    "drive": ("drive", "camera and act"),
}


@pytest.mark.slow
def test_ratios_are_those_of_the_rates_in_the_same_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in (
        (learning, "_RECORDED", 8),
        (learning, "_TRAINED_ON", 4),
        (learning, "_DRAWN_TOGETHER", 2),
        (driving_rate, "_EPISODES", 1),
        (driving_rate, "_LENGTH_M", 20.0),
    ):
        monkeypatch.setattr(module, name, value)
    lines: list[str] = []
    told: dict[str, Any] = learning.bench_learning(seconds=0.01, rounds=1, progress=lines.append)
    rates = told["frames_per_second"]
    assert set(told["ratio"]) == set(BOUNDED)
    assert set(learning.BARS["ratio"]) == set(BOUNDED) - {"draw_afresh"}
    for name, (part, bound) in BOUNDED.items():
        assert told["ratio"][name] == pytest.approx(rates[part] / rates[bound])
    # not how quick they are, but that each does less than what it is made of
    assert rates["train"] < rates["head, forward and backward"] < rates["head, forward"]
    assert rates["camera and act"] < min(rates["camera while driving"], rates["act"])
    assert "train: round 1 of 1" in lines
