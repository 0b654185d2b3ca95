"""Draw who is connected to whom: what the named kinds of wiring are made of.

Every drawing gives signs by connection, ``{(source, target): +1 or -1}``, of neurons by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

__all__ = ["NcpDraw", "Signs", "draw_all", "draw_some"]

Signs = dict[tuple[str, str], int]


class NcpDraw:
    """The published drawing of a neural circuit policy, in the published order of random numbers."""

    def __init__(self, random: np.random.RandomState) -> None:
        self.random = random
        self.polarity: Signs = {}

    def _connect(self, source: str, target: str) -> None:
        self.polarity[source, target] = int(self.random.choice([-1, 1]))

    def _pick(self, among: Sequence[str], size: int) -> list[str]:
        return [among[i] for i in self.random.choice(len(among), size=size, replace=False)]

    def fan_out(self, sources: Sequence[str], targets: Sequence[str], size: int) -> None:
        """Let every source reach ``size`` targets, and join the targets that were left out."""
        left_out = list(targets)
        for source in sources:
            for target in self._pick(targets, size):
                left_out = [t for t in left_out if t != target]
                self._connect(source, target)
        mean_fan_in = min(max(len(sources) * size // len(targets), 1), len(sources))
        for target in left_out:
            for source in self._pick(sources, mean_fan_in):
                self._connect(source, target)

    def recurrent(self, group: Sequence[str], count: int) -> None:
        """Draw ``count`` pairs out of one group; a pair drawn twice counts once."""
        for _ in range(count):
            source = group[self.random.choice(len(group))]
            target = group[self.random.choice(len(group))]
            self._connect(source, target)

    def fan_in(self, sources: Sequence[str], targets: Sequence[str], size: int) -> None:
        """Let every target hear ``size`` sources, and join the sources that were left out."""
        left_out = list(sources)
        for target in targets:
            for source in self._pick(sources, size):
                left_out = [s for s in left_out if s != source]
                self._connect(source, target)
        mean_fan_out = min(max(len(targets) * size // len(sources), 1), len(targets))
        for source in left_out:
            for target in self._pick(targets, mean_fan_out):
                self._connect(source, target)


def draw_all(
    random: np.random.Generator, sources: Sequence[str], targets: Sequence[str], *, self_connections: bool = True
) -> Signs:
    """Connect everyone with everyone; two in three excite, as in ``ncps.wirings.FullyConnected``."""
    pairs = [pair for pair in product(sources, targets) if self_connections or pair[0] != pair[1]]
    return {pair: int(random.choice([-1, 1, 1])) for pair in pairs}


def draw_some(random: np.random.Generator, sources: Sequence[str], targets: Sequence[str], count: int) -> Signs:
    """Draw ``count`` different connections, each as likely as any other, signs with equal odds."""
    chosen = np.sort(random.choice(len(sources) * len(targets), size=count, replace=False))
    signs = random.choice([-1, 1], size=count)
    return {
        (sources[pair // len(targets)], targets[pair % len(targets)]): int(sign)
        for pair, sign in zip(chosen.tolist(), signs.tolist(), strict=True)
    }
