from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from wormdrive.envs.disturbances.lens_effects import PATCH, SPOT, blur, dirt, glare, occlusion
from wormdrive.envs.simulation.disturbances import Blur, Dirt, Glare, Occlusion

HEIGHT, WIDTH = 78, 200
PICTURE = np.random.default_rng(0).integers(60, 240, (HEIGHT, WIDTH, 3), np.uint8)
BEFORE = PICTURE.copy()


@pytest.fixture(autouse=True)
def _untouched() -> Iterator[None]:
    yield
    np.testing.assert_array_equal(PICTURE, BEFORE)


def patch(cover: float, step: int, seed: int = 1, speed: float = 0.25) -> np.ndarray:
    return (occlusion(PICTURE, Occlusion(cover=cover, speed=speed), seed, step) == PATCH).all(axis=2)


@pytest.mark.parametrize("cover", [0.0, 0.05, 0.3, 1.0])
@pytest.mark.parametrize("step", [0, 77])
def test_the_patch_covers_its_share(cover: float, step: int) -> None:
    assert patch(cover, step).mean() == pytest.approx(cover, abs=0.02)


def test_the_patch_moves_at_its_speed_and_comes_round_again() -> None:
    for speed in (0.25, -0.5):
        np.testing.assert_array_equal(patch(0.1, 60, speed=speed), np.roll(patch(0.1, 0), int(2.0 * speed * WIDTH), 1))
        np.testing.assert_array_equal(patch(0.1, round(30 / abs(speed)), speed=speed), patch(0.1, 0))
    assert (patch(0.1, 0, seed=1) != patch(0.1, 0, seed=2)).any()
    outside = ~patch(0.1, 0)
    np.testing.assert_array_equal(occlusion(PICTURE, Occlusion(cover=0.1), 1, 0)[outside], PICTURE[outside])


def spots(cover: float, seed: int = 1, step: int = 0) -> np.ndarray:
    return (dirt(PICTURE, Dirt(cover=cover), seed, step) == SPOT).all(axis=2)


def test_dirt_covers_its_share_stays_and_grows() -> None:
    for cover in (0.0, 0.1, 0.35, 1.0):
        assert spots(cover).mean() == pytest.approx(cover, abs=1e-4)
    np.testing.assert_array_equal(spots(0.2), spots(0.2, step=500))
    assert (spots(0.1) <= spots(0.2)).all()
    assert (spots(0.2) != spots(0.2, seed=2)).any()
    edges = (np.diff(spots(0.2).astype(int), axis=1) != 0).mean()
    assert edges < 0.05, "spots, not grains"


def test_glare_is_a_veil_of_white_that_drifts() -> None:
    kind = Glare(strength=0.8)
    veiled = glare(PICTURE, kind, 1, 0)
    share = (veiled.astype(float) - PICTURE) / (255.0 - PICTURE)
    assert share.min() > 0.8 * 0.4 - 0.05
    assert share.max() < 0.8 + 0.05
    assert share.max() > 0.6
    np.testing.assert_array_equal(glare(PICTURE, Glare(strength=0.0), 1, 0), PICTURE)
    assert (glare(PICTURE, Glare(strength=1.0), 1, 0) >= veiled).all()
    grey = np.full_like(PICTURE, 100)
    columns = [int(glare(grey, kind, 1, step)[..., 0].max(axis=0).argmax()) for step in range(0, 600, 30)]
    assert max(columns) - min(columns) > WIDTH // 4
    assert np.abs(np.diff([int(glare(grey, kind, 1, s)[..., 0].max(axis=0).argmax()) for s in (0, 1, 2)])).max() < 12


def test_blur_spreads_a_point_by_its_deviation() -> None:
    point = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    point[30:49, 90:110] = 250
    for sigma in (1.5, 4.0):
        spread = blur(point, Blur(sigma=sigma), 1, 0)[..., 0].astype(float)
        across = spread[39] / spread[39].sum()
        place = np.arange(WIDTH)
        variance = (across * place**2).sum() - (across * place).sum() ** 2
        box = (20**2 - 1) / 12
        assert variance == pytest.approx(box + sigma**2, rel=0.05)
    np.testing.assert_array_equal(blur(point, Blur(sigma=0.0), 1, 0), point)
    flat = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    np.testing.assert_array_equal(blur(flat, Blur(sigma=3.0), 1, 0), flat)
