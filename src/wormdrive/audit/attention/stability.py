"""Stability: how like each other the maps of a clean and of a noisy picture are.

The test of Lechner, Hasani et al., *Neural circuit policies enabling auditable autonomy*, Nature Machine Intelligence
2, 642 (2020), there of VisualBackProp alone; by the structural similarity of Wang, Bovik, Sheikh, Simoncelli, *Image
quality assessment: from error visibility to structural similarity*, IEEE TIP 13, 600 (2004).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.attention.maps import Maps, attention, scaled
from wormdrive.audit.attention.seen_frames import SeenFrames

__all__ = ["NOISES", "Stability", "noisy", "stability", "structural_similarity"]

NOISES: Final = (0.1, 0.2, 0.3)
"""Standard deviations of the noise, on a scale on which black is 0 and white 1."""

_WINDOW: Final = 1.5
"""Spread of the window, and with it the radius, in pixels: it has 11 x 11, as in the paper."""

_RADIUS: Final = 5
_C1, _C2 = 0.01**2, 0.03**2


@dataclass(frozen=True)
class Stability:
    """Mean structural similarity, by method: to the map of the picture with noise, by noise; to that of another frame.

    The latter is what similarity is worth: maps of any two frames are alike by as much; ``None`` if there is but one.
    """

    noise: dict[str, dict[float, float]]
    another: dict[str, float | None]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"noise": self.noise, "another_frame": self.another}


def stability(policy: Policy, seen: SeenFrames, clean: dict[str, Maps], *, seed: int = 0) -> Stability:
    """Compare the maps of some frames, (M, h, w) by method, with those of the same frames under noise."""
    maps = {name: scaled(of) for name, of in clean.items()}
    noise: dict[str, dict[float, float]] = {name: {} for name in maps}
    for k, spread in enumerate(NOISES):
        rng = np.random.default_rng([seed, 0x5517, k])
        under = attention(policy, seen.with_frames(policy, noisy(seen.frames, spread, rng)))
        for name, of in under.maps.items():
            noise[name][spread] = float(structural_similarity(maps[name], scaled(of)).mean())
    apart = len(seen) // 2
    another = {
        name: float(structural_similarity(of, np.roll(of, apart, axis=0)).mean()) if apart else None
        for name, of in maps.items()
    }
    return Stability(noise, another)


def noisy(frames: NDArray[np.uint8], spread: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Add normal noise to every number of frames (M, H, W, 3), and cut off what lies beyond black and white."""
    return np.clip(np.rint(frames + rng.normal(0.0, 255.0 * spread, frames.shape)), 0, 255).astype(np.uint8)


def structural_similarity(a: Maps, b: Maps) -> NDArray[np.float64]:
    """Return the mean structural similarity of maps (M, h, w) in [0, 1], pair by pair: (M,), 1 if they are the same.

    Places whose window does not lie within the map are left out, as far as any others are left.
    """
    down, across = (min(_RADIUS, (size - 1) // 2) for size in a.shape[1:])

    def mean(maps: Maps) -> Maps:
        over = ndimage.gaussian_filter(maps, (0.0, _WINDOW, _WINDOW), radius=(0, _RADIUS, _RADIUS))
        return np.asarray(over[:, down : a.shape[1] - down, across : a.shape[2] - across], np.float64)

    mean_a, mean_b = mean(a), mean(b)
    variance_a, variance_b = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    together = mean(a * b) - mean_a * mean_b
    same = (2 * mean_a * mean_b + _C1) * (2 * together + _C2)
    return np.asarray((same / ((mean_a**2 + mean_b**2 + _C1) * (variance_a + variance_b + _C2))).mean((1, 2)))
