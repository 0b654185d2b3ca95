"""Road: the large picture of what is ahead, with speed, steering and who steers laid over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.theme import BLUE, EDGE, INK, MUTED, ORANGE
from wormdrive.envs.viewer.scene import Scene
from wormdrive.envs.viewer.task_view import TaskView

__all__ = ["RoadPanel"]

_DARK = (8, 10, 14)


class RoadPanel:
    """One road, or two side by side."""

    def __init__(self, pen: Pen, box: PanelBox, view: TaskView) -> None:
        self._pen, self.box, self._view = pen, box, view

    def draw(self, scene: Scene) -> None:
        """Draw the pictures and what lies over them."""
        pen, box = self._pen, self.box
        gap = pen.px(4)
        width = (box.width - gap * (len(scene.roads) - 1)) // len(scene.roads)
        for k, road in enumerate(scene.roads):
            part = PanelBox(box.x + k * (width + gap), box.y, width, box.height)
            pen.picture(_filling(road, part), part)
            if k < len(scene.captions) and scene.captions[k]:
                self._badge(scene.captions[k], (part.x + pen.px(12), part.y + pen.px(22)), INK)
        pen.pygame.draw.rect(pen.surface, EDGE, box, width=1)
        if len(scene.history):
            self._speed(scene)
            self._steering(scene)
        if scene.notice:
            self._notice(scene.notice)

    def _speed(self, scene: Scene) -> None:
        pen, box = self._pen, self.box
        speed, unit = self._view.speed(float(scene.history["speed_mps"][scene.cursor]))
        foot = box.y + box.height
        part = PanelBox(box.x + pen.px(12), foot - pen.px(56), pen.px(104), pen.px(44))
        pen.veil(part, _DARK, 0.62, radius=8)
        pen.text(speed, (part.x + pen.px(58), part.y + part.height / 2), size=38, anchor="right")
        pen.text(unit, (part.x + pen.px(64), part.y + part.height / 2 + pen.px(6)), colour=MUTED, size=14)

    def _steering(self, scene: Scene) -> None:
        """Draw a bar from the middle to where the wheel stands, and who turns it."""
        pen, box = self._pen, self.box
        part = PanelBox(
            box.x + box.width - pen.px(12) - pen.px(250), box.y + box.height - pen.px(56), pen.px(250), pen.px(44)
        )
        pen.veil(part, _DARK, 0.62, radius=8)
        colour = _mix(BLUE, ORANGE, scene.authority)
        pen.disc((part.x + pen.px(16), part.y + pen.px(15)), 4, colour)
        pen.text(scene.steers[:32], (part.x + pen.px(28), part.y + pen.px(15)), size=16)
        x0, x1, y = part.x + pen.px(12), part.x + part.width - pen.px(12), part.y + pen.px(32)
        middle, thick = (x0 + x1) / 2, pen.px(4)
        line = pen.pygame.draw.line
        line(pen.surface, (70, 78, 90), (x0, y), (x1, y), thick)
        steer = float(np.clip(self._view.wheel(scene.history, scene.cursor), -1.0, 1.0))
        line(pen.surface, colour, (middle, y), (middle + steer * (x1 - x0) / 2, y), thick)
        line(pen.surface, INK, (middle, y - pen.px(5)), (middle, y + pen.px(5)), 1)

    def _notice(self, text: str) -> None:
        pen, box = self._pen, self.box
        width = pen.px(9.0 * len(text) + 40)
        part = PanelBox(box.x + (box.width - width) // 2, box.y + pen.px(52), width, pen.px(40))
        pen.veil(part, _DARK, 0.78, radius=10)
        pen.text(text, (part.x + part.width / 2, part.y + part.height / 2), size=19, anchor="middle")

    def _badge(self, text: str, at: tuple[float, float], colour: tuple[int, int, int]) -> None:
        pen = self._pen
        width = pen.px(7.4 * len(text) + 22)
        pen.veil(PanelBox(round(at[0]), round(at[1]) - pen.px(12), width, pen.px(24)), _DARK, 0.62, radius=6)
        pen.text(text, (at[0] + width / 2, at[1]), colour=colour, size=16, anchor="middle")


def _filling(picture: NDArray[np.uint8], box: PanelBox) -> NDArray[np.uint8]:
    """Cut a picture to a box's proportions, about its middle, so that nothing in it is stretched."""
    height, width = picture.shape[:2]
    wanted = width * box.height / box.width
    if wanted <= height:
        top = int((height - wanted) / 2)
        return picture[top : top + max(1, round(wanted))]
    narrow = height * box.width / box.height
    left = int((width - narrow) / 2)
    return picture[:, left : left + max(1, round(narrow))]


def _mix(a: tuple[int, int, int], b: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(x + share * (y - x)) for x, y in zip(a, b, strict=True))
    return red, green, blue
