"""Network input: the small picture that the network is given, and where it looks in it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.theme import FAINT, SUNKEN
from wormdrive.envs.viewer.scene import Scene
from wormdrive.envs.viewer.task_view import TaskView

__all__ = ["NetworkInputPanel", "with_saliency"]

_BLUR: Final = 1.5 / 200
"""Spread of the blur over saliency, by the picture's width: it hides the checkerboard of strided convolutions."""


class NetworkInputPanel:
    """The small picture, enlarged with its pixels left to be seen."""

    def __init__(self, pen: Pen, box: PanelBox, view: TaskView) -> None:
        self._pen, self._box, self._driver = pen, box, view.driver

    def draw(self, scene: Scene) -> None:
        """Draw what is seen, with the saliency over it if the scene holds one."""
        pen = self._pen
        note = ""
        if scene.seen is not None:
            used = f", not used by this {self._driver}" if scene.blind else ""
            use = ", bright where it looks" if scene.saliency is not None else used
            note = f"{scene.seen.shape[1]} x {scene.seen.shape[0]} pixels{use}"
        inner = pen.title(self._box, f"What the {self._driver} sees", note)
        if scene.seen is None:
            pen.panel(inner, SUNKEN, SUNKEN, radius=4)
            at = (inner.x + inner.width / 2, inner.y + inner.height / 2)
            pen.text(f"This {self._driver} has no eyes", at, colour=FAINT, size=15, anchor="middle")
            return
        picture = scene.seen if scene.saliency is None else with_saliency(scene.seen, scene.saliency)
        height, width = picture.shape[:2]
        times = min(inner.width / width, inner.height / height)
        w, h = round(times * width), round(times * height)
        enlarged = cv2.resize(picture, (w, h), interpolation=cv2.INTER_NEAREST)
        middle = PanelBox(inner.x + (inner.width - w) // 2, inner.y + (inner.height - h) // 2, w, h)
        pen.picture(np.asarray(enlarged, np.uint8), middle)


def with_saliency(picture: NDArray[np.uint8], saliency: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Lay saliency (h, w) in [0, 1] over a picture (H, W, 3): dimmed where nothing matters, glowing where it does."""
    height, width = picture.shape[:2]
    heat = cv2.resize(saliency.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    heat = np.clip(cv2.GaussianBlur(heat, (0, 0), max(0.5, _BLUR * width)) / 0.6, 0.0, 1.0)
    colour = cv2.applyColorMap((255.0 * heat).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None]
    share = 0.85 * heat[..., None]
    return np.asarray(np.clip(0.55 * grey * (1.0 - share) + colour * share, 0.0, 255.0), np.uint8)
