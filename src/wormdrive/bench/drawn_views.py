"""Drawn views: what a piece of work has the camera draw, to draw the same again by the camera alone."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.rendering.camera.views import Views
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.road_table import RoadTable

__all__ = ["DrawnViews"]


class DrawnViews:
    """Batches of views of the road, as some work drew them.

    ``with views.noted(every):`` keeps every so many-th batch, as long as it lasts, with a copy of its roads.
    """

    def __init__(self, camera: CameraConfig) -> None:
        self._camera = RoadCamera(camera)
        self._size = (camera.height, camera.width)
        self._batches: list[tuple[RoadTable, Views]] = []

    @contextmanager
    def noted(self, every: int = 1) -> Iterator[None]:
        """Note what cameras draw in the meantime; drawing takes longer by the copies."""
        render, calls = RoadCamera.render, 0

        def noting(camera: RoadCamera, roads: RoadTable, views: Views, **outputs: Any) -> None:
            nonlocal calls
            if calls % every == 0 and len(views.slot):
                self._batches.append((copy.deepcopy(roads), copy.deepcopy(views)))
            calls += 1
            render(camera, roads, views, **outputs)

        with patch.object(RoadCamera, "render", noting):
            yield

    def draw(self) -> list[NDArray[np.uint8]]:
        """Draw all that was noted, in one thread: RGB (M, H, W, 3) of each batch."""
        pictures = []
        for roads, views in self._batches:
            rgb = np.empty((len(views.slot), *self._size, 3), np.uint8)
            self._camera.render(roads, views, rgb=rgb, segmentation=None, depth=None)
            pictures.append(rgb)
        return pictures
