"""Lens effects: what comes between the world and the sensor: a moving patch, dirt, glare, and a blurred focus.

An effect takes a picture (H, W, 3) uint8, its disturbance, the scenario's seed, the number of the step in which the
picture was taken, and how long a step is [s]; it returns a new picture.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.counter_random import mixed, stream_number, uniform, wander
from wormdrive.envs.simulation.disturbances import Blur, Dirt, Glare, Occlusion
from wormdrive.envs.simulation.vehicle_batch import DT_S as CAR_DT_S

__all__ = ["PATCH", "SPOT", "blur", "dirt", "glare", "occlusion"]

PATCH: Final = 24
"""Grey of the patch that moves across the picture."""
SPOT: Final = (52, 46, 38)
"""Colour of dirt."""
_SPOTS_ACROSS: Final = 12
"""Random values from one side of the picture to the other of which dirt is made."""
_GLARE_S: Final = 2.0
"""From one random place of the glare to the next [s]."""
_GLARE_SIZE: Final = 0.35
"""Of the glare, as a standard deviation in picture widths."""
_VEIL: Final = 0.4
"""Share of the glare that lies over the whole picture."""


def occlusion(
    picture: NDArray[np.uint8], kind: Occlusion, seed: int, step: int, dt_s: float = CAR_DT_S
) -> NDArray[np.uint8]:
    """Cover the picture with a dark patch of its own shape, whose height and first place are the seed's."""
    height, width = picture.shape[:2]
    share = math.sqrt(kind.cover)
    rows, columns = round(share * height), round(share * width)
    across, down = uniform(seed, "occlusion", [0, 1])
    first = math.floor((across + kind.speed * step * dt_s) % 1.0 * width)
    top = round(down * (height - rows))
    covered = picture.copy()
    covered[top : top + rows, (first + np.arange(columns)) % width] = PATCH
    return covered


def dirt(picture: NDArray[np.uint8], kind: Dirt, seed: int, _step: int, _dt_s: float = CAR_DT_S) -> NDArray[np.uint8]:
    """Cover a share of the picture with spots; more of it with the same seed covers those and more."""
    height, width = picture.shape[:2]
    order = _dirty_first(seed, height, width)
    covered = picture.copy()
    covered.reshape(-1, 3)[order[: round(kind.cover * height * width)]] = SPOT
    return covered


def glare(picture: NDArray[np.uint8], kind: Glare, seed: int, step: int, dt_s: float = CAR_DT_S) -> NDArray[np.uint8]:
    """Lay a veil over the picture, brightest where the glare is, in its upper half or near it."""
    height, width = picture.shape[:2]
    time = step * dt_s / _GLARE_S
    u = 0.5 + 0.5 * float(wander(seed, "glare", time)[0])
    v = 0.25 + 0.25 * float(wander(seed, "glare down", time)[0])
    across = (np.arange(width) + 0.5) / width - u
    down = ((np.arange(height) + 0.5) / height - v) * height / width
    spot = np.outer(np.exp(-0.5 * (down / _GLARE_SIZE) ** 2), np.exp(-0.5 * (across / _GLARE_SIZE) ** 2))
    veil = (kind.strength * (_VEIL + (1.0 - _VEIL) * spot)).astype(np.float32)[..., None]
    lit = picture * (np.float32(1.0) - veil)
    lit += np.float32(255.0) * veil + np.float32(0.5)
    return np.asarray(lit.astype(np.uint8))


def blur(picture: NDArray[np.uint8], kind: Blur, _seed: int, _step: int, _dt_s: float = CAR_DT_S) -> NDArray[np.uint8]:
    """Blur the picture by a Gaussian."""
    if not kind.sigma:
        return picture
    import cv2  # who blurs nothing does not wait for it

    return np.asarray(cv2.GaussianBlur(picture, (0, 0), kind.sigma, borderType=cv2.BORDER_REPLICATE), np.uint8)


@lru_cache(maxsize=64)
def _dirty_first(seed: int, height: int, width: int) -> NDArray[np.int64]:
    """Order all pixels (H * W,) by how easily they get dirty: a random surface, smooth between random values."""
    size = width / _SPOTS_ACROSS
    rows, columns = (np.arange(n) / size for n in (height, width))
    index = np.arange(math.ceil(height / size) + 2)
    lines = mixed(np.asarray(index, np.uint64) + np.uint64(seed) ^ np.uint64(stream_number("dirt")))
    curves = np.stack([wander(line, "dirt", columns) for line in lines])
    before = rows.astype(np.int64)
    part = (rows - before)[:, None]
    eased = part * part * (3.0 - 2.0 * part)
    surface = curves[before] + (curves[before + 1] - curves[before]) * eased
    order = np.argsort(-surface, axis=None, kind="stable")
    order.setflags(write=False)
    return order
