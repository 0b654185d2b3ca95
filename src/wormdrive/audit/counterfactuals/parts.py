"""Parts: what a scenery is made of, so that each can be changed while all else stays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.shift import changed

__all__ = ["ROAD", "numbers_of", "parts", "under"]

ROAD = "road"
"""The part that is no scenery: which moment of which drive it is."""

Choice = tuple[float | str, ...]


@cache
def parts() -> Mapping[str, Mapping[str, Choice]]:
    """Return each part of the scenery, with what can be drawn at each of its paths."""
    text = Path(__file__).with_name("parts.yaml").read_text(encoding="utf-8")
    read: dict[str, dict[str, list[float | str]]] = yaml.safe_load(text)
    return {name: {path: tuple(choice) for path, choice in paths.items()} for name, paths in read.items()}


@cache
def numbers_of() -> dict[str, slice]:
    """Return which of a sample's numbers make each part: those of the scenery in order, then two of the road."""
    ends = np.cumsum([0, *(len(paths) for paths in parts().values()), 2]).tolist()
    return {name: slice(*ends[k : k + 2]) for k, name in enumerate((*parts(), ROAD))}


def under(scenario: Scenario, sample: NDArray[np.float64]) -> Scenario:
    """Return a scenario under the scenery that a sample, numbers in [0, 1), stands for."""
    paths = [(path, choice) for one in parts().values() for path, choice in one.items()]
    return changed(
        scenario, {path: _drawn(path, choice, float(u)) for (path, choice), u in zip(paths, sample, strict=False)}
    )


def _drawn(path: str, choice: Choice, u: float) -> float | str:
    if isinstance(choice[0], str):
        return choice[min(int(u * len(choice)), len(choice) - 1)]
    low, high = float(choice[0]), float(choice[1])
    value = low + u * (high - low)
    return int(value) if path == "seed" else value
