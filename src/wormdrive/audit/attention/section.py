"""Attention of one policy over its drives, as figures and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.attention.background import background
from wormdrive.audit.attention.deletion import Curves, deletion_curves
from wormdrive.audit.attention.maps import Attention, absent_methods, attention, scaled
from wormdrive.audit.attention.seen_frames import SeenFrames, sampled_frames
from wormdrive.audit.attention.shares import AttentionShares, attention_shares, parts_of
from wormdrive.audit.attention.stability import Stability, stability
from wormdrive.audit.traced_drive import TracedDrive

__all__ = ["ALL", "AttentionSection", "Checks", "LookedAt", "check_maps", "looked_at", "measure_attention"]

ALL: Final = "all"
"""Of all seasons together."""

_APART: Final = 2
"""Every so many frames noise is tried: maps of noisy pictures are most of the work."""


@dataclass(frozen=True, eq=False)
class LookedAt:
    """A frame (H, W, 3) with its maps (H, W) in [0, 1] by method, what is steered at it and at its background [1/m]."""

    name: str
    frame: NDArray[np.uint8]
    maps: dict[str, NDArray[np.float64]]
    curvature: float
    curvature_behind: float


@dataclass(frozen=True, eq=False)
class Checks:
    """Whether maps can be trusted.

    Attributes
    ----------
    curves:
        Deletion and insertion, by method and in random order.
    stability:
        Likeness of the maps under noise.
    moved:
        Mean distance of the steering at a picture from that at its background [1/m]: all that there is to explain.
    missed:
        By how far the sums of integrated gradients miss the differences of the steering, as a share of these; ``None``
        if nothing differs, or there are no gradients.
    absent:
        Methods that there is nothing for, and why.
    """

    curves: Curves
    stability: Stability
    moved: float
    missed: float | None
    absent: dict[str, str] = field(default_factory=dict)

    @property
    def methods(self) -> tuple[str, ...]:
        """What maps there are, those that say more of the steering first."""
        return tuple(self.stability.noise)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "curves": self.curves.to_json(),
            "structural_similarity": self.stability.to_json(),
            "moved_by_blurring_all": self.moved,
            "integrated_gradients_miss": self.missed,
            "absent": self.absent,
        }


@dataclass(frozen=True, eq=False)
class AttentionSection:
    """What ``measure_attention`` found.

    Attributes
    ----------
    frames:
        By season, how many were looked at.
    shares:
        By method, then by season, and of ``ALL``.
    checks:
        Whether the maps can be trusted.
    shown:
        The first frame of each season.
    """

    frames: dict[str, int]
    shares: dict[str, dict[str, AttentionShares]]
    checks: Checks
    shown: tuple[LookedAt, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data, without the pictures."""
        return {
            "frames": self.frames,
            "shares": {
                method: {season: shares.to_json() for season, shares in of.items()}
                for method, of in self.shares.items()
            },
            "on_road": {
                method: {season: _on_road(shares) for season, shares in of.items()}
                for method, of in self.shares.items()
            },
            **self.checks.to_json(),
        }


def measure_attention(
    policy: Policy, drives: Sequence[TracedDrive], *, per_season: int = 8, seed: int = 0, threads: int = 1
) -> AttentionSection | None:
    """Look where a policy looks at frames of some of its drives; ``None`` if it has no eyes."""
    if not policy.needs_camera:
        return None
    sample = sampled_frames(policy.eval(), drives, per_season=per_season, seed=seed, threads=threads)
    found = attention(policy, sample.seen)
    parts = parts_of(sample.labels, policy.window)
    of_season = {season: np.flatnonzero(np.array(sample.seasons) == season) for season in dict.fromkeys(sample.seasons)}
    groups = of_season | {ALL: np.arange(len(sample.seen))}
    pictures = looked_at(policy, sample.seen, found, sample.seasons)
    return AttentionSection(
        {season: len(index) for season, index in of_season.items()},
        {
            method: {
                group: attention_shares(
                    maps[index], parts[index], sample.drives[index], [sample.seasons[k] for k in index]
                )
                for group, index in groups.items()
            }
            for method, maps in found.maps.items()
        },
        check_maps(policy, sample.seen, found, seed=seed),
        tuple(pictures[int(index[0])] for index in of_season.values()),
    )


def _on_road(shares: AttentionShares) -> dict[str, Any]:
    attention, pixels = shares.on_road()
    return {"attention": attention, "attention_ci95": shares.on_road_ci95, "pixels": pixels}


def check_maps(policy: Policy, seen: SeenFrames, found: Attention, *, seed: int = 0) -> Checks:
    """Check what was found at some frames: delete, insert, add noise, and add up."""
    behind = background(seen.images)
    differ = found.curvature - found.curvature_behind
    whole = float(np.abs(differ).mean())
    few = np.arange(0, len(seen), _APART)
    return Checks(
        deletion_curves(seen.steering(policy), seen.images, behind, found.maps, seed=seed),
        stability(policy, seen.some(few), {name: maps[few] for name, maps in found.maps.items()}, seed=seed),
        whole,
        float(np.abs(found.added - differ).mean()) / whole if whole and found.added is not None else None,
        absent_methods(policy),
    )


def looked_at(policy: Policy, seen: SeenFrames, found: Attention, names: Sequence[str]) -> list[LookedAt]:
    """Return each frame with its maps, for a page."""
    large = {method: policy.window.enlarged(scaled(maps)) for method, maps in found.maps.items()}
    return [
        LookedAt(
            name,
            seen.frames[k],
            {method: maps[k] for method, maps in large.items()},
            float(found.curvature[k]),
            float(found.curvature_behind[k]),
        )
        for k, name in enumerate(names)
    ]
