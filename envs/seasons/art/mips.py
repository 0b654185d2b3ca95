"""Mips: averaged copies of a texture, packed one behind the other, so that far-off texels do not flicker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # noise is made with OpenCV, which who only reads levels does without
    from wormdrive.envs.seasons.art.noise import Image

__all__ = ["RIPMAP_LEVELS_D", "RIPMAP_LEVELS_S", "halve", "mip_chain", "pack", "ripmap"]

RIPMAP_LEVELS_S: Final = 10
RIPMAP_LEVELS_D: Final = 7


def pack(image: Image) -> NDArray[np.uint32]:
    """Pack (..., 4) in [0, 1] into R | G << 8 | B << 16 | A << 24."""
    b = np.clip(image * 255.0 + 0.5, 0.0, 255.0).astype(np.uint32)
    packed: NDArray[np.uint32] = b[..., 0] | b[..., 1] << 8 | b[..., 2] << 16 | b[..., 3] << 24
    return packed


def ripmap(image: Image) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Average a ground texture separately along s and across.

    Parameters
    ----------
    image:
        (512, 512, 4): rows along s, columns across; colours as square roots of linear reflectance.

    Returns
    -------
    texels, offsets:
        Flat, and (RIPMAP_LEVELS_S, RIPMAP_LEVELS_D): where level (i, j), of 512 >> i rows and 512 >> j columns, begins.
    """
    linear = image.copy()
    linear[..., :3] **= 2  # light is averaged, not its square root
    offsets = np.zeros((RIPMAP_LEVELS_S, RIPMAP_LEVELS_D), np.int32)
    parts: list[NDArray[np.uint32]] = []
    start = 0
    across = linear
    for j in range(RIPMAP_LEVELS_D):
        both = across
        for i in range(RIPMAP_LEVELS_S):
            offsets[i, j] = start
            parts.append(_packed_roots(both))
            start += parts[-1].size
            both = 0.5 * (both[0::2] + both[1::2]) if both.shape[0] > 1 else both
        across = 0.5 * (across[:, 0::2] + across[:, 1::2])
    return np.concatenate(parts), offsets


def halve(image: Image) -> Image:
    """Average 2 x 2 blocks."""
    quarter = image[0::2, 0::2] + image[1::2, 0::2] + image[0::2, 1::2] + image[1::2, 1::2]
    return (0.25 * quarter).astype(np.float32)


def mip_chain(image: Image) -> list[Image]:
    """Halve until one texel is left; the image itself comes first."""
    chain = [image]
    while chain[-1].shape[0] > 1:
        chain.append(halve(chain[-1]))
    return chain


def _packed_roots(linear: Image) -> NDArray[np.uint32]:
    roots = linear.copy()
    roots[..., :3] = np.sqrt(roots[..., :3])
    return pack(roots).ravel()
