"""Pen: text, boxes and pictures on a surface, in the cockpit's style."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.display import load_pygame
from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.theme import EDGE, INK, MUTED, PANEL, Colour

__all__ = ["Pen"]

SMALL, NORMAL = 13, 16
_FINER = 4
"""So much larger letters, spots and corners are drawn, before they are made small and smooth."""

Shade = tuple[int, int, int, int]
"""Red, green, blue, opacity."""


class Pen:
    """Draws on ``surface``; lengths given as ``px`` are at scale 1.

    The font is the one that pygame brings along, so that a window looks the same everywhere.
    """

    def __init__(self, surface: Any, scale: float) -> None:
        self.pygame = load_pygame()
        self.surface = surface
        self.scale = scale
        self.pygame.font.init()
        self._fonts: dict[int, Any] = {}
        self._text = lru_cache(maxsize=512)(self._render)
        self._disc = lru_cache(maxsize=64)(self._spot)
        self._plate = lru_cache(maxsize=128)(self._cut)

    def px(self, length: float) -> int:
        """Scale a length, to one pixel at least."""
        return max(1, round(length * self.scale))

    def panel(self, box: PanelBox, colour: Colour = PANEL, edge: Colour = EDGE, radius: float = 8) -> None:
        """Draw a panel's ground with its edge."""
        self.surface.blit(self._plate(box.width, box.height, (*colour, 255), (*edge, 255), self.px(radius)), box)

    def title(self, box: PanelBox, text: str, note: str = "") -> PanelBox:
        """Draw a panel with a title and a note at its right; return the box that is left inside."""
        self.panel(box)
        pad, line = self.px(12), self.px(20)
        self.text(text.upper(), (box.x + pad, box.y + line), colour=MUTED, size=SMALL, anchor="left")
        if note:
            self.text(note, (box.x + box.width - pad, box.y + line), colour=MUTED, size=SMALL, anchor="right")
        return PanelBox(box.x + pad, box.y + self.px(34), box.width - 2 * pad, box.height - self.px(34) - pad)

    def text(
        self,
        text: str,
        at: tuple[float, float],
        *,
        colour: Colour = INK,
        size: float = NORMAL,
        anchor: str = "left",
        shadow: bool = False,
    ) -> int:
        """Write a line, its middle at the height of ``at`` and its left, right or middle there; return its width."""
        if not text:  # pygame cannot scale what has no width
            return 0
        drawn = self._text(text, self.px(size), colour)
        width, height = drawn.get_size()
        x = at[0] - {"left": 0.0, "right": width, "middle": width / 2}[anchor]
        y = at[1] - height / 2
        if shadow:
            self.surface.blit(self._text(text, self.px(size), (0, 0, 0)), (round(x) + 1, round(y) + 1))
        self.surface.blit(drawn, (round(x), round(y)))
        return int(width)

    def picture(self, picture: NDArray[np.uint8], box: PanelBox) -> None:
        """Show a picture (H, W, 3) uint8 RGB, enlarged or made smaller to fill ``box``."""
        height, width = picture.shape[:2]
        image = self.pygame.image.frombuffer(np.ascontiguousarray(picture).data, (width, height), "RGB")
        if (width, height) != (box.width, box.height):
            image = self.pygame.transform.smoothscale(image, (box.width, box.height))
        self.surface.blit(image, (box.x, box.y))

    def veil(self, box: PanelBox, colour: Colour, opacity: float, radius: float = 0) -> None:
        """Lay a translucent box over what is there."""
        shade = (*colour, round(255 * opacity))
        self.surface.blit(self._plate(box.width, box.height, shade, shade, self.px(radius)), box)

    def disc(self, at: tuple[float, float], radius: float, colour: Colour) -> None:
        """Draw a round spot with a soft edge; ``radius`` [px] at scale 1."""
        drawn = self._disc(self.px(2 * radius), colour)
        self.surface.blit(drawn, (round(at[0] - drawn.get_width() / 2), round(at[1] - drawn.get_height() / 2)))

    def _render(self, text: str, size: int, colour: Colour) -> Any:
        # Small letters of this font are spaced badly, being fitted to whole pixels: so they are made from large ones.
        large = self._font(_FINER * size).render(text, True, colour)
        width, height = large.get_size()
        return self.pygame.transform.smoothscale(large, (max(1, round(width / _FINER)), round(height / _FINER)))

    def _cut(self, width: int, height: int, colour: Shade, edge: Shade, radius: int) -> Any:
        large = self.pygame.Surface((_FINER * width, _FINER * height), self.pygame.SRCALPHA)
        large.fill((*edge[:3], 0))
        rect = self.pygame.Rect(0, 0, _FINER * width, _FINER * height)
        self.pygame.draw.rect(large, edge, rect, border_radius=_FINER * radius)
        if edge != colour:
            inner = rect.inflate(-2 * _FINER, -2 * _FINER)
            self.pygame.draw.rect(large, colour, inner, border_radius=_FINER * max(radius - 1, 0))
        return self.pygame.transform.smoothscale(large, (width, height))

    def _spot(self, size: int, colour: Colour) -> Any:
        large = self.pygame.Surface((_FINER * size, _FINER * size), self.pygame.SRCALPHA)
        large.fill((*colour, 0))
        middle = _FINER * size / 2
        self.pygame.draw.circle(large, colour, (middle, middle), middle)
        return self.pygame.transform.smoothscale(large, (size, size))

    def _font(self, size: int) -> Any:
        if size not in self._fonts:
            self._fonts[size] = self.pygame.font.Font(None, size)
        return self._fonts[size]
