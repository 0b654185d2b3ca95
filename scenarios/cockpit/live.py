"""Live: a session in the cockpit's window, until the person closes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulator import CameraConfig
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.wishes import Wish
from wormdrive.scenarios.cockpit.movie import Filming
from wormdrive.scenarios.cockpit.pace import Pace
from wormdrive.scenarios.cockpit.painter import paint
from wormdrive.scenarios.cockpit.session import Session

__all__ = ["Live"]

_RATE: Final = 30.0
_SPEEDS: Final = (1, 2, 4)


class Live:
    """The loop of the cockpit.

    Parameters
    ----------
    session, cockpit:
        What is driven, and where it is shown.
    films:
        The folder for films.
    pace:
        Chooses the size of the large picture.
    """

    def __init__(
        self, session: Session, cockpit: Cockpit, films: Path = Path("runs/films"), pace: Pace | None = None
    ) -> None:
        self.session, self.cockpit = session, cockpit
        self.paused = self.done = False
        self.sight = True
        # a CARLA server would have to be given a new camera for every size
        self.pace = pace or Pace(CameraConfig(), fixed=not isinstance(session.simulator, EmbeddedSimulator))
        self.frames = 0
        self.filming = Filming(cockpit.picture, films, "drive", _RATE)
        self._speed = 0
        self._stepping = False
        self._rate = 0.0
        self._deeds: dict[str, Callable[[Wish], None]] = {
            "quit": lambda _: self._set_done(),
            "pause": lambda _: self._pause(),
            "step": lambda _: self._step(),
            "fast": lambda _: self._fast(),
            "restart": lambda _: self.session.restart(),
            "next": lambda _: self._next(),
            "take": lambda _: self.session.handover.keep(),
            "saliency": lambda _: self._look(),
            "film": lambda _: self.filming.toggle(),
            "season": lambda wish: self.session.season(wish.name),
            "dial": self._dial,
        }
        self._prepare()

    def run(self, frames: int | None = None) -> None:
        """Drive and show until the window is closed, or for so many pictures."""
        before = time.perf_counter()
        try:
            while not self.done and (frames is None or self.frames < frames):
                self.frame(_RATE)
                now = time.perf_counter()
                self._rate += (0.05 if self._rate else 1.0) * (1.0 / max(now - before, 1e-6) - self._rate)
                before = now
        finally:
            self.filming.end()

    def frame(self, rate: float | None = None) -> None:
        """One picture: heed the person, drive, show; wait for its turn if a rate is given."""
        began = time.perf_counter()
        for wish in self.cockpit.wishes():
            deed = self._deeds.get(wish.what)
            if deed is not None:
                deed(wish)
        if self.done:
            return
        if self._stepping or not self.paused:
            self._drive(1 if self._stepping else _SPEEDS[self._speed])
        else:
            self.session.rest(1.0 / _RATE)
        self._stepping = False
        scene = paint(self.session, self.pace.camera, sight=self.sight, lit=self._lit(), rate=self._rate)
        self.cockpit.show(scene)
        self.filming.take()
        self.pace.took(time.perf_counter() - began)
        self.frames += 1
        if rate is not None:
            self.cockpit.wait(rate)

    def _drive(self, steps: int) -> None:
        hands = self.cockpit.hands
        for _ in range(steps):
            if not self.session.advance(hands):
                self.session.rest(1.0 / _RATE)

    def _lit(self) -> frozenset[str]:
        on = {
            "pause": self.paused,
            "fast": self._speed > 0,
            "film": self.filming.on,
            "saliency": self.sight,
            "take": self.session.handover.kept,
        }
        return frozenset(name for name, is_on in on.items() if is_on)

    def _prepare(self) -> None:
        mind = self.session.mind
        self.cockpit.prepare(self.session.course, None if mind is None else mind.graph, self.session.ghost)

    def _set_done(self) -> None:
        self.done = True

    def _pause(self) -> None:
        self.paused = not self.paused

    def _step(self) -> None:
        self.paused = self._stepping = True

    def _fast(self) -> None:
        self._speed = (self._speed + 1) % len(_SPEEDS)

    def _next(self) -> None:
        self.session.next()
        self._prepare()

    def _look(self) -> None:
        self.sight = not self.sight

    def _dial(self, wish: Wish) -> None:
        turned: dict[str, Any] = {wish.name: wish.value}
        self.session.turn(replace(self.session.dials, **turned))
