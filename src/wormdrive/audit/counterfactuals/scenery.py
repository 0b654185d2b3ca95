"""Scenery: parts that can be drawn by themselves, and what is no scenery: which moment of what was recorded it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

__all__ = ["Choice", "Scenery"]

Choice = tuple[float | str, ...]


@dataclass(frozen=True)
class Scenery:
    """What can be drawn.

    Attributes
    ----------
    parts:
        By part, then by path: low and high of a number drawn evenly, or names of which one is drawn. Seeds are whole
        numbers.
    subject:
        What the moment is called, the part that is no scenery.
    """

    parts: Mapping[str, Mapping[str, Choice]]
    subject: str

    @classmethod
    def read(cls, file: Path, subject: str) -> Scenery:
        """Read parts from a file of ours."""
        read: dict[str, dict[str, list[float | str]]] = yaml.safe_load(file.read_text(encoding="utf-8"))
        return cls({name: {path: tuple(choice) for path, choice in of.items()} for name, of in read.items()}, subject)

    @cached_property
    def numbers(self) -> dict[str, slice]:
        """Which of a sample's numbers make each part: those of the scenery in order, then two of the subject."""
        ends = np.cumsum([0, *(len(paths) for paths in self.parts.values()), 2]).tolist()
        return {name: slice(*ends[k : k + 2]) for k, name in enumerate((*self.parts, self.subject))}

    def drawn(self, sample: NDArray[np.float64]) -> dict[str, float | str]:
        """Return by path the scenery that a sample, numbers in [0, 1), stands for."""
        paths = [(path, choice) for of in self.parts.values() for path, choice in of.items()]
        return {path: _drawn(path, choice, float(u)) for (path, choice), u in zip(paths, sample, strict=False)}

    def moment(self, sample: NDArray[np.float64], lengths: Sequence[int], run_up: int) -> tuple[int, int]:
        """Return which recording, of so many frames each, and which of its frames from ``run_up`` on it stands for."""
        which, when = sample[self.numbers[self.subject]]
        k = min(int(which * len(lengths)), len(lengths) - 1)
        return k, run_up + int(when * (lengths[k] - run_up))


def _drawn(path: str, choice: Choice, u: float) -> float | str:
    if isinstance(choice[0], str):
        return choice[min(int(u * len(choice)), len(choice) - 1)]
    low, high = float(choice[0]), float(choice[1])
    value = low + u * (high - low)
    return int(value) if path.endswith("seed") else value
