from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.rendering.camera.ground.litter import lay_litter
from wormdrive.envs.rendering.camera.ground.rows import FOOT_D, FOOT_S, ROW_FIELDS
from wormdrive.envs.seasons.art.litter import LITTER_TEXELS
from wormdrive.envs.seasons.art.mips import RIPMAP_LEVELS_D, RIPMAP_LEVELS_S

LEAF = 200
"""Byte of a leaf's colours: roots of reflectance."""


def covered(amount: float, bareness: float, earliness: float, *, foot_m: float = 0.01, fine: bool = False) -> float:
    """Share of black ground that leaves cover where all of them fall as early as each other."""
    rows = np.zeros((1, ROW_FIELDS), np.float32)
    rows[0, FOOT_D] = rows[0, FOOT_S] = foot_m
    alpha = round(earliness * 255)
    texture = np.full(LITTER_TEXELS * LITTER_TEXELS, LEAF | LEAF << 8 | LEAF << 16 | alpha << 24, np.uint32)
    offsets = np.zeros((RIPMAP_LEVELS_S, RIPMAP_LEVELS_D), np.int32)
    place, ground = np.full((2, 8), 1.3, np.float32), np.zeros((3, 8), np.float32)
    bare = np.full(8, bareness, np.float32)
    lay_litter(rows, 0, texture, offsets, np.float32(amount), np.float32(0), fine, *place, 0, 8, bare, *ground)
    np.testing.assert_array_equal(ground, ground[0, 0])
    return float(ground[0, 0]) / (LEAF / 255.0) ** 2


@pytest.mark.parametrize("bareness", [0.0, 0.25, 0.75])
def test_near_by_a_leaf_lies_where_it_falls_early_enough(bareness: float) -> None:
    """An amount t lets those lie that are earlier than 1 - t; where wheels run it counts for 1.25 - bareness."""
    amount = 0.4
    t = min(amount * (1.25 - bareness), 1.0)
    for earliness in (0.2, 0.4, 0.55, 0.7, 0.9):
        edge = round(earliness * 255) / 255 - 1.0 + t
        assert covered(amount, bareness, earliness) == pytest.approx(min(max(8.0 * edge, 0.0), 1.0), abs=1e-3)
        assert covered(amount, bareness, earliness, fine=True) == pytest.approx(
            min(max(3.0 * (min(max(8.0 * edge, 0.0), 1.0) - 0.5) + 0.5, 0.0), 1.0), abs=1e-3
        )


@pytest.mark.parametrize("bareness", [0.25, 0.75])
def test_far_off_leaves_cover_their_mean_share(bareness: float) -> None:
    for earliness in (0.2, 0.6):
        want = 2.0 * round(earliness * 255) / 255 * 0.3 * (1.25 - bareness)
        assert covered(0.3, bareness, earliness, foot_m=2.0) == pytest.approx(want, abs=1e-3)


def test_without_leaves_the_ground_stays() -> None:
    assert covered(0.0, 0.0, 0.9) == 0.0
