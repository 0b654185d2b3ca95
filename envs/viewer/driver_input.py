"""Driver input: keys, gamepad and mouse made into what the person does with wheel and pedals."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.user_commands import DriverCommand

__all__ = ["DriverInput"]

_DEAD: Final = 0.12
"""A stick that stands this near its middle is let go of."""
_ARROWS: Final = ("left", "right", "up", "down")


class DriverInput:
    """Follows events; of keyboard, gamepad and mouse, the one that does most counts."""

    def __init__(self, pygame: Any, road: PanelBox) -> None:
        self._pygame = pygame
        self.road = road
        self._down: set[str] = set()
        self._axes: dict[int, float] = {}
        self._mouse: tuple[int, int] | None = None
        pygame.joystick.init()
        self._pads = [pygame.joystick.Joystick(k) for k in range(pygame.joystick.get_count())]

    @property
    def driver_command(self) -> DriverCommand:
        """What the person does now."""
        keys = float("right" in self._down) - float("left" in self._down)
        pedal = float("up" in self._down) - float("down" in self._down)
        stick = self._axes.get(0, 0.0)
        gas, brake = ((self._axes.get(axis, -1.0) + 1.0) / 2.0 for axis in (5, 2))
        if self._mouse is not None:
            middle = self.road.x + self.road.width / 2
            share = float(np.clip((self._mouse[0] - middle) / (0.4 * self.road.width), -1.0, 1.0))
            return DriverCommand(share, pedal, on=True)
        if abs(stick) > _DEAD or max(gas, brake) > _DEAD:
            beyond = np.sign(stick) * max(abs(stick) - _DEAD, 0.0) / (1.0 - _DEAD)
            return DriverCommand(float(beyond), gas - brake, on=True)
        return DriverCommand(keys, pedal, on=bool(self._down), keys=True)

    def handle_event(self, event: Any) -> None:
        """Take an event in."""
        pygame = self._pygame
        if event.type in (pygame.KEYDOWN, pygame.KEYUP):
            name = pygame.key.name(event.key)
            if name in _ARROWS:
                (self._down.add if event.type == pygame.KEYDOWN else self._down.discard)(name)
        elif event.type == pygame.JOYAXISMOTION:
            self._axes[event.axis] = float(event.value)
        elif event.type == pygame.JOYDEVICEADDED:
            self._pads = [pygame.joystick.Joystick(k) for k in range(pygame.joystick.get_count())]
        elif event.type == pygame.JOYDEVICEREMOVED:
            self._axes.clear()
        elif event.type == pygame.WINDOWFOCUSLOST:  # keys that come up elsewhere send no event
            self._down.clear()
            self._mouse = None
        elif event.type == pygame.MOUSEBUTTONDOWN:
            self._mouse = event.pos if event.button == 1 and self.road.holds(event.pos) else self._mouse
        elif event.type == pygame.MOUSEMOTION:
            self._mouse = event.pos if self._mouse is not None else None
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            self._mouse = None

    def let_go(self) -> None:
        """Forget what is held."""
        self._down.clear()
        self._mouse = None
