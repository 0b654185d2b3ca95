"""Resolution scaling: how large the large picture may be, so that enough of them come in a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Generic, TypeVar

from wormdrive.envs.simulation.camera_config import CameraConfig

__all__ = ["SIZES", "ResolutionScaling", "Scaling"]

Camera = TypeVar("Camera")

SIZES: Final = ((800, 450), (640, 360), (512, 288), (400, 224))
"""Width and height of the large picture [px]."""
_IN_TIME: Final = 0.9
"""Of so many pictures a second as are wanted, this share must come."""
_ROOMY: Final = 0.6
"""A larger picture is tried when less than this share of the budget is used up."""
_PATIENCE: Final = 12
"""Pictures that are looked at before anything changes; more before it is enlarged again."""
_MEMORY: Final = 0.15


class Scaling(Generic[Camera]):
    """Takes a smaller camera when pictures come too slowly, and a larger one again when there is room.

    Parameters
    ----------
    cameras:
        From the largest picture to the smallest.
    fixed:
        Stay with the first.
    pictures_per_second:
        As many are wanted.
    """

    def __init__(self, cameras: Sequence[Camera], *, fixed: bool = False, pictures_per_second: float = 30.0) -> None:
        self._cameras = cameras
        self._fixed = fixed
        self._budget_s = 1.0 / (_IN_TIME * pictures_per_second)  # the longest that one may take, window and all
        self._size = 0
        self._mean_s = 0.0
        self._looked = 0
        self._largest = 0

    @property
    def camera(self) -> Camera:
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
        if self._mean_s > self._budget_s and self._size < len(self._cameras) - 1:
            # what was too slow once is not tried over and over
            self._largest = max(self._largest, self._size + 1) if self._looked < 20 * _PATIENCE else self._largest
            self._change(self._size + 1)
        elif self._mean_s < _ROOMY * self._budget_s and self._size > self._largest and self._looked > 10 * _PATIENCE:
            self._change(self._size - 1)

    def _change(self, size: int) -> None:
        self._size, self._mean_s, self._looked = size, 0.0, 0


class ResolutionScaling(Scaling[CameraConfig]):
    """Of the road: ``camera`` is what the small picture is taken with; the large one is taken from the same place."""

    def __init__(self, camera: CameraConfig, *, fixed: bool = False, pictures_per_second: float = 30.0) -> None:
        cameras = [replace(camera, width=width, height=height) for width, height in SIZES]
        super().__init__(cameras, fixed=fixed, pictures_per_second=pictures_per_second)
