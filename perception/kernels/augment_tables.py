"""Tables of augmentation: what is drawn for windows and frames and known of pixels, as its kernel takes it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["FAMILIES", "Floats", "FrameDraws", "PixelTables", "WindowDraws"]

Floats = NDArray[np.float32]


def _numbers(*names: str) -> list[tuple[str, Any]]:
    return [(name, np.float32) for name in names]


LINES = np.dtype(_numbers("amplitude", "shift_m", "half_gauge_m", "width_m", "patch_gain", "patch_level"))
"""Lines along the road, a pair in every lane."""

SECTION = np.dtype(_numbers("amplitude", "steepness", "threshold", "patch_gain", "patch_level"))
"""The asphalt's own cross-section."""

FAMILIES = np.dtype([
    *_numbers("fade_amount", "exaggerate", "rebrighten", "dust_amount", "dust_level"),
    ("tracks", LINES), ("seams", LINES), ("section", SECTION),
    *_numbers("fog_per_m", "fog_beyond_m", "fog_grey"),
    *_numbers("light_field"),
    *_numbers("shadow_cos", "shadow_sin", "shadow_shift", "shadow_light"),
    *_numbers("contrast_gain", "contrast_lift", "contrast_gamma"),
    *_numbers("negative", "blank_from", "blank_to", "blank_grey", "noise"),
])  # fmt: skip
"""One number of each a window; a family whose first number is 0 is left out."""


class WindowDraws(NamedTuple):
    """What is drawn once a window.

    ``families`` (B,) of ``FAMILIES``; ``lift`` and ``gain`` (B, groups) by the group of a pixel's class; ``light``
    (B, 3, 6): logarithms of a coarse field of light.
    """

    families: NDArray[Any]
    lift: Floats
    gain: Floats
    light: Floats


class FrameDraws(NamedTuple):
    """What belongs to single frames.

    ``pose`` (M, 5): offset [m], cosine and sine of the heading error, curvature [1/m], lane width [m]; ``patches``
    (M, 10, 12) in [0, 1); ``noise_at`` (M, 2): stretches of the table of normals.
    """

    pose: Floats
    patches: Floats
    noise_at: NDArray[np.int64]


class PixelTables(NamedTuple):
    """What is known of each pixel beforehand; all (h * w,), filled up to whole vectors.

    ``forward_m``, ``left_m``, ``distance_m``, ``ground`` (0 or 1) and ``blur_m2`` as ``GroundRays`` has them; ``row``
    and ``column`` from -1 to 1. ``group``, ``on_road`` and ``on_ground`` (256,) by class; ``normals``: a table of
    normal numbers; ``section`` (levels, parts): the asphalt's cross-section, ever more blurred (``BLUR_STEP_M``).
    """

    forward_m: Floats
    left_m: Floats
    distance_m: Floats
    ground: Floats
    blur_m2: Floats
    row: Floats
    column: Floats
    group: NDArray[np.uint8]
    on_road: Floats
    on_ground: Floats
    normals: Floats
    section: Floats
