"""Help: what each key does, over everything else."""

from __future__ import annotations

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.theme import INK, MUTED, PANEL
from wormdrive.envs.viewer.user_commands import Controls

__all__ = ["draw_help"]


def draw_help(pen: Pen, controls: Controls, road: PanelBox) -> None:
    """Draw a sheet over the road that lists what can be done."""
    rows = [*controls.help_rows, *((button.key, button.help_text) for button in controls.buttons)]
    rows.append(("Q", "close (Escape, too)"))
    line = pen.px(24)
    width, height = pen.px(640), line * len(rows) + pen.px(64)
    box = PanelBox(road.x + (road.width - width) // 2, road.y + (road.height - height) // 2, width, height)
    pen.veil(box, PANEL, 0.93, radius=10)
    pen.text("What you can do", (box.x + pen.px(28), box.y + pen.px(28)), size=20)
    for k, (key, help_text) in enumerate(rows):
        y = box.y + pen.px(62) + k * line
        pen.text(key, (box.x + pen.px(28), y), colour=INK, size=16)
        pen.text(help_text, (box.x + pen.px(118), y), colour=MUTED, size=16)
