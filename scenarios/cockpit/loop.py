"""Loop: what all that is shown in the cockpit has in common: pausing, filming, ending, so many pictures a second."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.user_commands import UserCommand
from wormdrive.scenarios.cockpit.movie import Filming
from wormdrive.scenarios.cockpit.resolution_scaling import Scaling

__all__ = ["RATE", "Loop"]

RATE: Final = 30.0
"""Pictures a second of a drive, if the machine can."""
_SPEEDS: Final = (1, 2, 4)
_MEMORY: Final = 0.05


class Loop(ABC):
    """Heeds the person and shows scenes until the window is closed.

    Parameters
    ----------
    cockpit:
        Where they are shown.
    scaling:
        Chooses the size of the large picture.
    films, name:
        The folder for films, and what their names begin with.
    pictures_per_second:
        As many are shown, if the machine can.

    Attributes
    ----------
    paused, done, sight:
        Whether time stands still, the window was closed, and the network's gaze is shown.
    handlers:
        What to do for each of the person's commands, by name.
    """

    def __init__(
        self,
        cockpit: Cockpit,
        scaling: Scaling[Any],
        films: Path,
        name: str,
        *,
        pictures_per_second: float = RATE,
    ) -> None:
        self.cockpit, self.scaling, self.pictures_per_second = cockpit, scaling, pictures_per_second
        self.filming = Filming(cockpit.picture, films, name, pictures_per_second)
        self.paused = self.done = False
        self.sight = True
        self.rate = 0.0
        self._gear = 0
        self.handlers: dict[str, Callable[[UserCommand], None]] = {
            "quit": lambda _: self._quit(),
            "pause": lambda _: self.pause(),
            "fast": lambda _: self._shift(),
            "saliency": lambda _: self._look(),
            "film": lambda _: self.filming.toggle(),
        }

    @property
    def speed(self) -> int:
        """Steps of the drive from one picture to the next."""
        return _SPEEDS[self._gear]

    @property
    def lit(self) -> set[str]:
        """Names of the buttons that are on."""
        on = {"fast": self._gear > 0, "film": self.filming.on, "saliency": self.sight}
        return {name for name, is_on in on.items() if is_on}

    def run(self, frames: int | None = None) -> None:
        """Go on until the window is closed, or for so many pictures."""
        shown, before = 0, time.perf_counter()
        try:
            while not self.done and (frames is None or shown < frames):
                self.frame(self.pictures_per_second)
                shown += 1
                now = time.perf_counter()
                self.rate += (_MEMORY if self.rate else 1.0) * (1.0 / max(now - before, 1e-6) - self.rate)
                before = now
        finally:
            self.filming.end()

    def frame(self, rate: float | None = None) -> None:
        """One picture: heed the person, go on, show; wait for its turn if a rate is given."""
        began = time.perf_counter()
        for user_command in self.cockpit.user_commands():
            handler = self.handlers.get(user_command.what)
            if handler is not None:
                handler(user_command)
        if self.done:
            return
        self.advance()
        self.filming.take()
        self.scaling.took(time.perf_counter() - began)
        if rate is not None:
            self.cockpit.wait(rate)

    @abstractmethod
    def advance(self) -> None:
        """Go on to the next scene, and show it."""

    def pause(self) -> None:
        """Stop time, or let it run on."""
        self.paused = not self.paused

    def _quit(self) -> None:
        self.done = True

    def _shift(self) -> None:
        self._gear = (self._gear + 1) % len(_SPEEDS)

    def _look(self) -> None:
        self.sight = not self.sight
