"""Layout: which part of the window belongs to which panel. All of it scales with the window and stays in its middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from wormdrive.envs.viewer.drawing.theme import HEIGHT

__all__ = ["Layout", "PanelBox", "arrange", "window_size"]

MARGIN, GAP, HEADER = 16, 12, 28
ROAD_WIDTH, ROAD_HEIGHT = 800, 450
SIDE = 436
SEEN, CHARTS, BAR = 207, 160, 46
MAP = 200
_LEAST_SCALE = 0.4
"""Windows smaller than that show a part: letters would be no letters any more."""


class PanelBox(NamedTuple):
    """A rectangle [px]."""

    x: int
    y: int
    width: int
    height: int

    def inside(self, by: int) -> PanelBox:
        """Shrink by so many pixels on each side."""
        return PanelBox(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)

    def below(self, top: int) -> PanelBox:
        """Leave out so many pixels at the top."""
        return PanelBox(self.x, self.y + top, self.width, self.height - top)

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether a point lies inside."""
        return self.x <= point[0] < self.x + self.width and self.y <= point[1] < self.y + self.height


@dataclass(frozen=True)
class Layout:
    """The panels' boxes in a window, and the scale of all lengths in them."""

    scale: float
    header: PanelBox
    road: PanelBox
    charts: PanelBox
    bar: PanelBox
    seen: PanelBox
    network: PanelBox
    map: PanelBox
    conditions: PanelBox
    foot: PanelBox

    @property
    def large_map(self) -> PanelBox:
        """Where the network and all below it give their room to the map."""
        network, below = self.network, self.foot
        return PanelBox(network.x, network.y, network.width, below.y + below.height - network.y)


def window_size() -> tuple[int, int]:
    """Width and height at scale 1 [px]."""
    return 2 * MARGIN + ROAD_WIDTH + GAP + SIDE, HEIGHT


def arrange(width: int, height: int) -> Layout:
    """Lay the panels out in a window of any size."""
    full_width, full_height = window_size()
    scale = max(min(width / full_width, height / full_height), _LEAST_SCALE)
    left, top = (width - scale * full_width) / 2, (height - scale * full_height) / 2

    def box(x: float, y: float, w: float, h: float) -> PanelBox:
        # edges, not sizes, are rounded: what is aligned at scale 1 is aligned at every scale
        x0, y0 = round(left + scale * x), round(top + scale * y)
        return PanelBox(x0, y0, round(left + scale * (x + w)) - x0, round(top + scale * (y + h)) - y0)

    first = MARGIN + HEADER + GAP
    second = first + ROAD_HEIGHT + GAP
    aside = MARGIN + ROAD_WIDTH + GAP
    foot = HEIGHT - MARGIN - second
    network = first + SEEN + GAP
    return Layout(
        scale=scale,
        header=box(MARGIN, MARGIN, full_width - 2 * MARGIN, HEADER),
        road=box(MARGIN, first, ROAD_WIDTH, ROAD_HEIGHT),
        charts=box(MARGIN, second, ROAD_WIDTH, CHARTS),
        bar=box(MARGIN, HEIGHT - MARGIN - BAR, ROAD_WIDTH, BAR),
        seen=box(aside, first, SIDE, SEEN),
        network=box(aside, network, SIDE, second - GAP - network),
        map=box(aside, second, MAP, foot),
        conditions=box(aside + MAP + GAP, second, SIDE - MAP - GAP, foot),
        foot=box(aside, second, SIDE, foot),
    )
