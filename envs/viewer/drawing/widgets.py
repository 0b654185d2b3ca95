"""Widgets: buttons and sliders for the mouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.theme import BLUE, EDGE, INK, MUTED, PANEL, SUNKEN, Colour
from wormdrive.envs.viewer.user_commands import UserCommand

__all__ = ["ButtonWidget", "Slider"]


@dataclass
class ButtonWidget:
    """A button: pressed, it returns its user command."""

    box: PanelBox
    label: str
    key: str
    user_command: UserCommand

    def draw(self, pen: Pen, mouse: tuple[int, int], *, lit: bool, colour: Colour = BLUE) -> None:
        """Draw it, brighter under the mouse, and filled while it is on."""
        box = self.box
        under = box.holds(mouse)
        ground = tuple(round(0.28 * c + 0.72 * p) for c, p in zip(colour, PANEL, strict=True)) if lit else PANEL
        edge = colour if lit else MUTED if under else EDGE
        pen.panel(box, (ground[0], ground[1], ground[2]), edge, radius=6)
        middle = box.y + box.height / 2
        if not self.key:
            pen.text(self.label, (box.x + box.width / 2, middle), size=15, anchor="middle")
            return
        pen.text(self.label, (box.x + box.width / 2, middle - pen.px(7)), size=15, anchor="middle")
        pen.text(self.key, (box.x + box.width / 2, middle + pen.px(9)), colour=MUTED, size=13, anchor="middle")

    def press(self, point: tuple[int, int]) -> UserCommand | None:
        """Return the user command if ``point`` lies on it."""
        return self.user_command if self.box.holds(point) else None


class Slider:
    """A slider over ``low`` to ``high``: pressed or dragged, it returns the user command ``make(value)``."""

    def __init__(
        self,
        box: PanelBox,
        label: str,
        low: float,
        high: float,
        make: Callable[[float], UserCommand],
        write: Callable[[float], str] = "{:.0f}".format,
    ) -> None:
        self.box, self.label = box, label
        self._low, self._high, self._make, self._write = low, high, make, write
        self._held: float | None = None

    def draw(self, pen: Pen, value: float) -> None:
        """Draw it at ``value``, or where the mouse holds it."""
        box, value = self.box, value if self._held is None else self._held
        rail = self._rail(pen.px(6))
        if self.label:
            pen.text(self.label, (box.x, box.y + pen.px(8)), colour=MUTED, size=14)
            pen.text(self._write(value), (box.x + box.width, box.y + pen.px(8)), size=14, anchor="right")
        share = min(max((value - self._low) / (self._high - self._low), 0.0), 1.0)
        x = rail.x + share * rail.width
        y = rail.y
        thick = pen.px(4)
        pen.pygame.draw.line(pen.surface, SUNKEN, (rail.x, y), (rail.x + rail.width, y), thick)
        pen.pygame.draw.line(pen.surface, EDGE, (rail.x, y), (rail.x + rail.width, y), thick)
        pen.pygame.draw.line(pen.surface, BLUE, (rail.x, y), (x, y), thick)
        pen.disc((x, y), 8, PANEL)
        pen.disc((x, y), 6, INK)

    def press(self, point: tuple[int, int]) -> UserCommand | None:
        """Take hold of it, if ``point`` lies on it."""
        return self.drag(point, taken=True) if self.box.holds(point) else None

    def drag(self, point: tuple[int, int], *, taken: bool = False) -> UserCommand | None:
        """Move it with the mouse that holds it."""
        if self._held is None and not taken:
            return None
        rail = self._rail(6)
        share = min(max((point[0] - rail.x) / max(rail.width, 1), 0.0), 1.0)
        self._held = self._low + share * (self._high - self._low)
        return self._make(self._held)

    def release(self) -> None:
        """Let go of it."""
        self._held = None

    def _rail(self, pad: int) -> PanelBox:
        box = self.box
        y = box.y + (round(0.72 * box.height) if self.label else box.height // 2)
        return PanelBox(box.x + pad, y, box.width - 2 * pad, 1)
