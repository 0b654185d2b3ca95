from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_rates_of_the_environments(bench_beside_idle: Callable[[str], dict[str, Any]]) -> None:
    assert bench_beside_idle("env")["state_steps_per_second_per_core"] > 50_000.0
