"""Conditions: season, weather and time of day, shown and to be changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from wormdrive.envs.seasons.names import SEASONS
from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.theme import Colour
from wormdrive.envs.viewer.drawing.widgets import ButtonWidget, Slider
from wormdrive.envs.viewer.scene import Scene
from wormdrive.envs.viewer.user_commands import UserCommand

__all__ = ["ConditionsPanel", "clock"]

_COLOURS: Final[dict[str, Colour]] = {
    "summer": (110, 186, 92),
    "autumn": (226, 140, 62),
    "winter": (150, 196, 232),
    "spring": (226, 140, 178),
}


class ConditionsPanel:
    """Four seasons as buttons; precipitation, fog and the hour as sliders where they can be changed."""

    def __init__(self, pen: Pen, box: PanelBox) -> None:
        self._pen, self._box = pen, box
        pad, gap = pen.px(12), pen.px(6)
        width, height = (box.width - 2 * pad - gap) // 2, pen.px(27)
        top = box.y + pen.px(32)
        self.seasons = [
            ButtonWidget(
                PanelBox(box.x + pad + (k % 2) * (width + gap), top + (k // 2) * (height + gap), width, height),
                f"{k + 1}  {name.capitalize()}",
                "",
                UserCommand("season", name, float(k)),
            )
            for k, name in enumerate(SEASONS)
        ]
        self.sliders: dict[str, Slider] = {}
        top += 2 * (height + gap) + pen.px(5)
        for name, label, high, write in (
            ("precipitation", "Rain or snow", 1.0, _percent),
            ("fog", "Fog", 1.0, _percent),
            ("hour", "Time of day", 24.0, clock),
        ):
            part = PanelBox(box.x + pad, top, box.width - 2 * pad, pen.px(31))
            self.sliders[name] = Slider(part, label, 0.0, high, _control(name), write)
            top += pen.px(36)

    def draw(self, scene: Scene, mouse: tuple[int, int]) -> None:
        """Draw the panel."""
        pen = self._pen
        pen.title(self._box, "Season and weather")
        for season in self.seasons:
            season.draw(
                pen, mouse, lit=season.user_command.name == scene.season, colour=_COLOURS[season.user_command.name]
            )
        for name, slider in self.sliders.items():
            if name in scene.controls:
                slider.draw(pen, scene.controls[name])


def clock(hour: float) -> str:
    """Write an hour of the day: 13.5 is 13:30."""
    minutes = round(60 * hour) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _control(name: str) -> Callable[[float], UserCommand]:
    return lambda value: UserCommand("control", name, value)
