from __future__ import annotations

import math
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.lens import make_lens
from wormdrive.envs.rendering.camera.postprocess import develop, noise_table
from wormdrive.envs.seasons.appearance import APPEARANCE_SIZE, EXPOSURE, NOISE, VIGNETTE
from wormdrive.envs.simulation.camera_config import CameraConfig

CONFIG: Final = CameraConfig(width=160, height=120, fov_deg=90.0)


def developed(light: float, seed: int = 1, **values: float) -> NDArray[np.uint8]:
    """Picture (H, W, 3) of even light."""
    vector = np.zeros(APPEARANCE_SIZE, np.float32)
    vector[EXPOSURE] = values.get("exposure", 1.0)
    vector[NOISE], vector[VIGNETTE] = values.get("noise", 0.0), values.get("vignette", 0.0)
    lens = make_lens(CONFIG, CONFIG.width, CONFIG.height)
    planes = [np.full(lens.height * lens.stride, light, np.float32) for _ in range(3)]
    out = np.zeros(lens.height * lens.width * 3, np.uint8)
    columns, rows = np.zeros(lens.stride, np.float32), np.zeros((3, lens.stride), np.uint8)
    develop(
        *planes, lens.stride, lens.width, 0, lens.height, vector, noise_table(lens.width), np.uint32(seed),
        lens.tangent, lens.focal, lens.centre_v, columns, *rows, 3, out,
    )  # fmt: skip
    return out.reshape(lens.height, lens.width, 3)


def shown(light: float) -> float:
    """Byte for linear light: gamma of 1/2, with a shoulder."""
    return 255.0 * math.sqrt(light * (1.0 + 0.12 * light) / (1.0 + 0.45 * light))


@pytest.mark.parametrize("light", [0.0, 0.02, 0.2, 0.7, 1.2])
@pytest.mark.parametrize("exposure", [0.5, 1.0])
def test_bytes_are_the_tone_curve_of_light_and_exposure(light: float, exposure: float) -> None:
    assert np.abs(developed(light, exposure=exposure).astype(float) - shown(light * exposure)).max() <= 1.0


def test_a_vignette_darkens_with_the_angle_from_the_middle_both_ways() -> None:
    """``vignette`` is what is lost 45 degrees off axis, to the left edge here: light over 1 + vignette."""
    picture = developed(0.6, vignette=0.5)[:, :, 1].astype(float)
    half = 0.5 * CONFIG.width  # the focal length, too
    for row, column in ((60, 80), (60, 0), (0, 80), (119, 80), (0, 0), (119, 159)):
        aside, down = (column + 0.5 - half) / half, (row + 0.5 - 0.5 * CONFIG.height) / half
        gain = 1.0 / ((1.0 + 0.5 * aside * aside) * (1.0 + 0.5 * down * down))
        assert picture[row, column] == pytest.approx(shown(0.6 * gain), abs=1.0)


def test_noise_has_the_standard_deviation_asked_for_and_is_new_in_every_frame() -> None:
    picture, other = (developed(0.3, seed, noise=0.04).astype(float) for seed in (1, 2))
    for k in range(3):
        assert picture[..., k].std() == pytest.approx(0.04 * 255.0, rel=0.05)
        assert picture[..., k].mean() == pytest.approx(shown(0.3), abs=0.5)
    assert abs(np.corrcoef(picture.ravel(), other.ravel())[0, 1]) < 0.05
    np.testing.assert_array_equal(picture, developed(0.3, 1, noise=0.04))
