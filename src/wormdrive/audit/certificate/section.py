"""Certificate of one policy: proved bounds of its steering on a straight road, beside what noise really does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.certificate.controller_bounds import bounds_of
from wormdrive.audit.certificate.head_bounds import feature_bounds
from wormdrive.audit.certificate.interval import Interval, around
from wormdrive.audit.certificate.steering_bounds import greatest_offset, largest_noise, steering_bounds
from wormdrive.audit.certificate.worst_noise import worst_curvature
from wormdrive.audit.traced_drive import TracedDrive
from wormdrive.envs.embedded.episode_renderer import render_episode

__all__ = ["MOST_NOISE", "CertificateSection", "measure_certificate"]

MOST_NOISE: Final = 4.0
"""More noise on the features than this is not tried."""

_AFTER: Final = (1, 10, 100)
_NOISES: Final = (0.0001, 0.001, 0.01, 0.1)
_GREY_LEVELS: Final = 2
_MARGIN_M: Final = 0.8
"""From the middle of the lane until a wheel is over its border, of a usual lane and car [m]."""


@dataclass(frozen=True, eq=False)
class CertificateSection:
    """What ``measure_certificate`` found; see ``to_json``.

    Attributes
    ----------
    first_frame:
        Of the straightest hundred frames of the drive.
    by_features:
        For each noise on the features, the width of the curvature's interval after 1, 10, 100 frames [1/m].
    by_pixels:
        The same for two grey levels on every pixel of every frame.
    proved, measured:
        For 1, 10, 100 frames, the largest noise on the features with which the car provably stays in its lane, and the
        smallest that a gradient was seen to drive it out with; ``None`` if none did.
    """

    first_frame: int
    by_features: dict[float, dict[int, float]]
    by_pixels: dict[int, float] | None
    proved: dict[int, float]
    measured: dict[int, float | None]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return vars(self)


def measure_certificate(policy: Policy, drives: Sequence[TracedDrive]) -> CertificateSection | None:
    """Certify a policy on the straightest hundred frames of some drives; ``None`` if nothing bounds its controller."""
    if bounds_of(policy) is None:
        return None
    drive, first = _straightest(drives)
    frames = slice(first, first + _AFTER[-1])
    features = drive.features[frames].astype(np.float64)
    state = drive.state[first - 1].astype(np.float64)
    elapsed = drive.episode.dt_s / policy.config.sample_period_s
    meant = drive.curvature[frames].astype(np.float64)
    speed, dt_s = float(drive.episode.state.speed_mps[frames].mean()), drive.episode.dt_s

    def bounds(noise: float, count: int = _AFTER[-1]) -> Interval:
        return steering_bounds(policy, around(features[:count], noise), state, elapsed=elapsed)

    def proved(count: int) -> float:
        return largest_noise(
            lambda noise: greatest_offset(bounds(noise, count), meant[:count], speed, dt_s) < _MARGIN_M, most=MOST_NOISE
        )

    def measured(count: int) -> float | None:
        def stays(noise: float) -> bool:
            seen = worst_curvature(policy, features[:count], state, noise, elapsed)
            return greatest_offset(Interval(seen, seen), meant[:count], speed, dt_s) < _MARGIN_M

        return None if stays(MOST_NOISE) else largest_noise(stays, most=MOST_NOISE)

    return CertificateSection(
        first,
        {noise: _widths(bounds(noise)) for noise in _NOISES},
        _widths(_by_pixels(policy, drive, frames, state, elapsed)) if policy.needs_camera else None,
        {count: proved(count) for count in _AFTER},
        {count: measured(count) for count in _AFTER},
    )


def _straightest(drives: Sequence[TracedDrive]) -> tuple[TracedDrive, int]:
    """Return a drive and the first of its hundred frames with the least bend; not its very first."""
    bend = [
        (float(np.abs(drive.episode.state.curvature[first : first + _AFTER[-1]]).max()), k, first)
        for k, drive in enumerate(drives)
        for first in range(1, len(drive) - _AFTER[-1] + 1, 10)
    ]
    _, k, first = min(bend)
    return drives[k], first


def _by_pixels(
    policy: Policy, drive: TracedDrive, frames: slice, state: NDArray[np.float64], elapsed: float
) -> Interval:
    preprocessor, _ = policy.eyes
    pictures = render_episode(drive.episode, frames=frames).camera
    images = preprocessor.reduce(torch.from_numpy(np.ascontiguousarray(pictures)))
    seen = [feature_bounds(policy, image, _GREY_LEVELS / 255) for image in images]
    low, high = (np.stack(end) for end in zip(*seen, strict=True))
    return steering_bounds(policy, Interval(low, high), state, elapsed=elapsed)


def _widths(bounds: Interval) -> dict[int, float]:
    return {count: float(bounds.width[count - 1]) for count in _AFTER}
