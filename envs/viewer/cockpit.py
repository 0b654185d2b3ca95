"""Cockpit: the window with all its panels. It shows scenes and returns the person's commands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.display import load_pygame, open_display
from wormdrive.envs.viewer.drawing.layout import Layout, PanelBox, arrange, window_size
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.theme import BACKGROUND, GREEN, INK, MUTED, ORANGE, RED
from wormdrive.envs.viewer.drawing.widgets import ButtonWidget, Slider
from wormdrive.envs.viewer.driver_input import DriverInput
from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.lane_view import LANE_VIEW
from wormdrive.envs.viewer.panels.charts import ChartsPanel
from wormdrive.envs.viewer.panels.conditions import ConditionsPanel, clock
from wormdrive.envs.viewer.panels.help import draw_help
from wormdrive.envs.viewer.panels.map import MapPanel
from wormdrive.envs.viewer.panels.network import NetworkPanel
from wormdrive.envs.viewer.panels.network_input import NetworkInputPanel
from wormdrive.envs.viewer.panels.road import RoadPanel
from wormdrive.envs.viewer.place import Place
from wormdrive.envs.viewer.scene import NetworkGraph, Scene
from wormdrive.envs.viewer.task_view import TaskView
from wormdrive.envs.viewer.user_commands import DRIVE, KEYS, Controls, DriverCommand, UserCommand

__all__ = ["Cockpit"]


class Cockpit:
    """A window.

    Parameters
    ----------
    controls:
        What can be asked for: ``user_commands.DRIVE``, ``REPLAY``, ``WATCH`` or others.
    title:
        Of the window.
    view:
        What is shown of the task.

    Raises
    ------
    DisplayError
        If pygame is missing, or there is no display and none was simulated.
    """

    def __init__(self, controls: Controls = DRIVE, title: str = "Wormdrive", view: TaskView = LANE_VIEW) -> None:
        self._surface = open_display(*window_size(), title)
        self._pygame = load_pygame()
        self._controls, self._view = controls, view
        self._place: Place | None = None
        self._graph: NetworkGraph | None = None
        self._ghost: History | None = None
        self._help = False
        self._clock = self._pygame.time.Clock()
        self.layout: Layout = arrange(*self._surface.get_size())
        self._driver_input = DriverInput(self._pygame, self.layout.road)
        self._build()

    @property
    def driver_command(self) -> DriverCommand:
        """What the person does with wheel and pedals."""
        return self._driver_input.driver_command

    def prepare(self, place: Place | None, graph: NetworkGraph | None, ghost: History | None = None) -> None:
        """Say what stays the same from scene to scene: place, wiring, and another drive to show faintly."""
        if graph is not self._graph:
            self._graph = graph
            self._build()
        self._place, self._ghost = place, ghost
        self._driver_input.let_go()

    def user_commands(self) -> list[UserCommand]:
        """Return what was asked for since the last call, in order."""
        pygame = self._pygame
        wanted: list[UserCommand] = []
        for event in pygame.event.get():
            self._driver_input.handle_event(event)
            if event.type == pygame.QUIT:
                wanted.append(UserCommand("quit"))
            elif event.type == pygame.VIDEORESIZE:
                self._resize()
            elif event.type == pygame.KEYDOWN:
                wanted += self._key(pygame.key.name(event.key))
            elif event.type in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEMOTION, pygame.MOUSEBUTTONUP):
                wanted += self._mouse(event)
        return [user_command for user_command in wanted if not self._own(user_command)]

    def show(self, scene: Scene) -> None:
        """Draw ``scene``."""
        mouse = self._pygame.mouse.get_pos()
        self._surface.fill(BACKGROUND)
        self._header(scene)
        self._road.draw(scene)
        self._charts.draw(scene, self._place, self._ghost)
        self._network_input.draw(scene)
        self._map.draw(scene, self._place)
        if self._network is not None:
            self._network.draw(scene)
        if self._controls.weather:
            self._conditions.draw(scene, mouse)
        for widget in self._button_widgets:
            colour = {"film": RED, "take": ORANGE}.get(widget.user_command.what, GREEN)
            widget.draw(self._pen, mouse, lit=widget.user_command.what in scene.lit, colour=colour)
        if self._seek is not None:
            self._seek.draw(self._pen, scene.cursor / max(len(scene.history) - 1, 1))
        if self._help:
            draw_help(self._pen, self._controls, self.layout.road)
        self._pygame.display.flip()

    def wait(self, frames_per_second: float) -> None:
        """Wait until it is time for the next scene."""
        self._clock.tick(frames_per_second)

    def picture(self) -> NDArray[np.uint8]:
        """Return what the window shows: (H, W, 3) uint8 RGB."""
        width, height = self._surface.get_size()
        data = self._pygame.image.tobytes(self._surface, "RGB")
        return np.frombuffer(data, np.uint8).reshape(height, width, 3)

    def close(self) -> None:
        """Close the window; a second call does nothing."""
        self._pygame.joystick.quit()
        self._pygame.display.quit()

    def _build(self) -> None:
        """Make the panels for the window's size."""
        layout, controls, view = self.layout, self._controls, self._view
        pen = self._pen = Pen(self._surface, layout.scale)
        self._road = RoadPanel(pen, layout.road, view)
        self._charts = ChartsPanel(pen, layout.charts, view, whole=controls.recorded)
        self._network_input = NetworkInputPanel(pen, layout.seen, view)
        network = None if self._graph is None else NetworkPanel(pen, layout.network, self._graph)
        self._network = network
        # without neurons to show, the map takes their place; in an environment, whose weather is its own, still more
        room = layout.large_map if not controls.weather else layout.map if network else layout.network
        self._map = MapPanel(pen, room)
        self._conditions = ConditionsPanel(pen, layout.conditions if network else layout.foot)
        bar, gap, count = layout.bar, pen.px(8), len(controls.buttons)
        width = round(0.5 * bar.width) if controls.recorded else bar.width + gap
        slots = controls.slots or count
        edges = [bar.x + round(k * width / slots) for k in range(count + 1)]
        self._button_widgets = [
            ButtonWidget(
                PanelBox(edge, bar.y, after - edge - gap, bar.height),
                button.label,
                button.key,
                UserCommand(button.user_command),
            )
            for edge, after, button in zip(edges[:-1], edges[1:], controls.buttons, strict=True)
        ]
        self._seek: Slider | None = None
        if controls.recorded:
            left = width + pen.px(4)
            part = PanelBox(bar.x + left, bar.y, bar.width - left, bar.height)
            self._seek = Slider(part, "", 0.0, 1.0, lambda share: UserCommand("seek", value=share))

    def _resize(self) -> None:
        self._surface = self._pygame.display.get_surface()
        self.layout = arrange(*self._surface.get_size())
        self._driver_input.road = self.layout.road
        self._build()

    def _header(self, scene: Scene) -> None:
        pen, box = self._pen, self.layout.header
        y = box.y + box.height / 2
        width = pen.text("WORMDRIVE", (box.x, y), size=20)
        pen.text(scene.driver, (box.x + width + pen.px(14), y), colour=MUTED, size=17)
        words = [scene.season.capitalize(), scene.weather, "" if scene.hour is None else clock(scene.hour)]
        state = ",  ".join(word for word in words if word)
        pen.text(state, (self.layout.road.x + self.layout.road.width, y), colour=INK, size=17, anchor="right")
        right = box.x + box.width
        if scene.rate:
            right -= pen.text(f"{scene.rate:.0f} pictures/s", (right, y), colour=MUTED, size=14, anchor="right")
            right -= pen.px(18)
        if "film" in scene.lit:
            width = pen.text("FILMING", (right, y), colour=RED, size=14, anchor="right")
            pen.disc((right - width - pen.px(10), y), 4, RED)

    def _key(self, name: str) -> list[UserCommand]:
        if name in KEYS:
            return [UserCommand(KEYS[name])]
        if self._controls.recorded:
            skip = {"left": -1.0, "right": 1.0, "down": -30.0, "up": 30.0}.get(name)
            if skip is not None:
                return [UserCommand("skip", value=skip)]
            if name == "0":
                return [UserCommand("season", "", -1.0)]
        if name in ("1", "2", "3", "4"):
            return [self._conditions.seasons[int(name) - 1].user_command]
        return []

    def _mouse(self, event: Any) -> list[UserCommand]:
        pygame = self._pygame
        sliders = [*self._conditions.sliders.values(), *([self._seek] if self._seek else [])]
        if event.type == pygame.MOUSEMOTION:
            found = [slider.drag(event.pos) for slider in sliders]
        elif event.button != 1:
            found = []
        elif event.type == pygame.MOUSEBUTTONUP:
            for slider in sliders:
                slider.release()
            found = []
        else:
            things: list[ButtonWidget | Slider] = [*self._button_widgets, *self._conditions.seasons, *sliders]
            found = [thing.press(event.pos) for thing in things]
        return [user_command for user_command in found if user_command is not None]

    def _own(self, user_command: UserCommand) -> bool:
        """See to what concerns the window alone."""
        if user_command.what != "help":
            return False
        self._help = not self._help
        return True
