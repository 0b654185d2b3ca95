"""Resolution scaling: how large the picture of the road may be, so that enough of them come in a second."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from wormdrive.envs.simulation.camera_config import CameraConfig

__all__ = ["ResolutionScaling"]

SIZES: Final = ((800, 450), (640, 360), (512, 288), (400, 224))
_BUDGET_S: Final = 1.0 / 27.0
"""The longest that a picture may take, window and all [s]."""
_ROOMY: Final = 0.6
"""A larger picture is tried when less than this share of the budget is used up."""
_PATIENCE: Final = 12
"""Pictures that are looked at before anything changes; more before it is enlarged again."""
_MEMORY: Final = 0.15


class ResolutionScaling:
    """Lowers the resolution when pictures come too slowly, and raises it again when there is room.

    ``camera`` is what the small picture is taken with; the large one is taken from the same place.
    """

    def __init__(self, camera: CameraConfig, *, fixed: bool = False) -> None:
        self._cameras = [replace(camera, width=width, height=height) for width, height in SIZES]
        self._fixed = fixed
        self._size = 0
        self._mean_s = 0.0
        self._looked = 0
        self._largest = 0

    @property
    def camera(self) -> CameraConfig:
        """The camera to use now."""
        return self._cameras[self._size]

    def took(self, seconds: float) -> None:
        """Tell how long a picture took, without any waiting."""
        if self._fixed:
            return
        self._looked += 1
        # the first of a size also pays for its tables
        if self._looked > 2:
            self._mean_s += (_MEMORY if self._mean_s else 1.0) * (seconds - self._mean_s)
        if self._looked < _PATIENCE:
            return
        if self._mean_s > _BUDGET_S and self._size < len(SIZES) - 1:
            # what was too slow once is not tried over and over
            self._largest = max(self._largest, self._size + 1) if self._looked < 20 * _PATIENCE else self._largest
            self._change(self._size + 1)
        elif self._mean_s < _ROOMY * _BUDGET_S and self._size > self._largest and self._looked > 10 * _PATIENCE:
            self._change(self._size - 1)

    def _change(self, size: int) -> None:
        self._size, self._mean_s, self._looked = size, 0.0, 0
