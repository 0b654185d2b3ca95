"""Replay: recorded drives in the cockpit, to be scrubbed through, in any season, one or two side by side."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.dials import Dials
from wormdrive.envs.simulator import CameraConfig
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.scene import Scene
from wormdrive.envs.viewer.wishes import Wish
from wormdrive.scenarios.cockpit.fading import Fade
from wormdrive.scenarios.cockpit.mind import Onlooker
from wormdrive.scenarios.cockpit.movie import Filming
from wormdrive.scenarios.cockpit.pace import Pace
from wormdrive.scenarios.cockpit.painter import dissolved
from wormdrive.scenarios.cockpit.reel import Reel

__all__ = ["Replay"]

_RATE: Final = 30.0
_SPEEDS: Final = (1, 2, 4)


class Replay:
    """The loop of a replay.

    Parameters
    ----------
    reels:
        One drive, or two of which the second is shown beside the first, frame by frame from their starts.
    cockpit:
        Where to show them.
    dials:
        Season and weather to show them in; ``None`` for their own.
    onlooker:
        A policy that looks at the first drive's frames as they are shown.
    films:
        The folder for films.
    """

    def __init__(
        self,
        reels: Sequence[Reel],
        cockpit: Cockpit,
        *,
        dials: Dials | None = None,
        onlooker: Onlooker | None = None,
        films: Path = Path("runs/films"),
    ) -> None:
        self.reels, self.cockpit = reels, cockpit
        self.index = 0
        self.paused = self.done = False
        self.sight = True
        self.dials = dials
        self.onlooker = onlooker
        self.filming = Filming(cockpit.picture, films, "replay", _RATE)
        self._pace = Pace(reels[0].episode.camera, fixed=not all(reel.redrawable for reel in reels))
        self._fades = [Fade(self._wanted(reel)) for reel in reels]
        self._speed = 0
        self._rate = 0.0
        self._deeds: dict[str, Callable[[Wish], None]] = {
            "quit": lambda _: self._quit(),
            "pause": lambda _: self._pause(),
            "step": lambda _: self._skip(1),
            "skip": lambda wish: self._skip(round(wish.value)),
            "seek": lambda wish: self._skip(round(wish.value * (len(self) - 1)) - self.index),
            "fast": lambda _: self._fast(),
            "restart": lambda _: self._skip(-self.index, stop=False),
            "saliency": lambda _: self._look(),
            "film": lambda _: self.filming.toggle(),
            "season": self._season,
            "dial": self._dial,
        }
        other = reels[1] if len(reels) > 1 and _same_road(reels[0], reels[1]) else None
        graph = None if onlooker is None else onlooker.mind.graph
        cockpit.prepare(reels[0].course, graph, None if other is None else other.trace)

    def __len__(self) -> int:
        """Return the number of frames, that of the first reel."""
        return len(self.reels[0])

    def run(self, frames: int | None = None) -> None:
        """Show until the window is closed, or for so many pictures."""
        shown, before = 0, time.perf_counter()
        try:
            while not self.done and (frames is None or shown < frames):
                self.frame(_RATE)
                shown += 1
                now = time.perf_counter()
                self._rate += (0.05 if self._rate else 1.0) * (1.0 / max(now - before, 1e-6) - self._rate)
                before = now
        finally:
            self.filming.end()

    def frame(self, rate: float | None = None) -> None:
        """One picture: heed the person, go on, show; wait for its turn if a rate is given."""
        began = time.perf_counter()
        for wish in self.cockpit.wishes():
            deed = self._deeds.get(wish.what)
            if deed is not None:
                deed(wish)
        if self.done:
            return
        for fade, reel in zip(self._fades, self.reels, strict=True):
            fade.to(self._wanted(reel))
            if fade.advance(1.0 / _RATE) and fade.over and self.onlooker is not None:
                self.onlooker.forget()
        self.cockpit.show(self._scene())
        self.filming.take()
        self._pace.took(time.perf_counter() - began)
        if not self.paused:
            self.index = min(self.index + _SPEEDS[self._speed], len(self) - 1)
            self.paused = self.index == len(self) - 1
        if rate is not None:
            self.cockpit.wait(rate)

    def _scene(self) -> Scene:
        first, dials = self.reels[0], self.dials
        conditions = self._fades[0].now
        camera = self._pace.camera if len(self.reels) == 1 else _half(self._pace.camera)
        lit = {"pause": not self.paused, "fast": self._speed > 0, "film": self.filming.on, "saliency": self.sight}
        seen = first.seen(self.index, conditions)
        mind = None if self.onlooker is None else self.onlooker.mind
        if self.onlooker is not None:
            self.onlooker.look(self.index, lambda index: first.seen(index, conditions))
        redrawable = all(reel.redrawable for reel in self.reels)
        return Scene(
            roads=tuple(self._road(reel, fade, camera) for reel, fade in zip(self.reels, self._fades, strict=True)),
            captions=tuple(reel.name for reel in self.reels) if len(self.reels) > 1 else (),
            trace=first.trace,
            cursor=self.index,
            seen=seen,
            saliency=mind.gaze(seen) if mind is not None and self.sight else None,
            neural=None if mind is None else mind.read(),
            driver=first.name,
            steers="Taken over" if first.trace["person"][self.index] else "The driver steers",
            season=conditions.season.name,
            weather="as recorded" if dials is None else dials.words,
            hour=None if dials is None else dials.hour,
            dials=_positions(dials or Dials(conditions.season.name)) if redrawable else {},
            lit=frozenset(name for name, on in lit.items() if on),
            authority=float(first.trace["person"][self.index]),
            rate=self._rate,
        )

    def _road(self, reel: Reel, fade: Fade, camera: CameraConfig) -> NDArray[np.uint8]:
        index = min(self.index, len(reel) - 1)
        if fade.ends is None:
            return reel.road(index, camera, fade.now)
        old, new = (reel.road(index, camera, one) for one in fade.ends[:2])
        return dissolved(old, new, fade.ends[2])

    def _wanted(self, reel: Reel) -> Conditions:
        if self.dials is None or not reel.redrawable:
            return reel.episode.scenario.conditions
        return self.dials.conditions

    def _quit(self) -> None:
        self.done = True

    def _pause(self) -> None:
        if self.paused and self.index == len(self) - 1:
            self.index = 0
        self.paused = not self.paused

    def _skip(self, frames: int, *, stop: bool = True) -> None:
        self.index = min(max(self.index + frames, 0), len(self) - 1)
        self.paused = self.paused or stop

    def _fast(self) -> None:
        self._speed = (self._speed + 1) % len(_SPEEDS)

    def _look(self) -> None:
        self.sight = not self.sight

    def _season(self, wish: Wish) -> None:
        """Show another season, or, without a name, the recorded one."""
        if not wish.name:
            self.dials = None
        else:
            self.dials = replace(self.dials or Dials(), season=wish.name, snow=wish.name == "winter")

    def _dial(self, wish: Wish) -> None:
        turned: dict[str, Any] = {wish.name: wish.value}
        season = self.reels[0].episode.scenario.conditions.season.name
        self.dials = replace(self.dials or Dials.preset(season), **turned)


def _positions(dials: Dials) -> dict[str, float]:
    return {"precipitation": dials.precipitation, "fog": dials.fog, "hour": dials.hour}


def _half(camera: CameraConfig) -> CameraConfig:
    """Give the middle half of a camera's picture."""
    width = camera.width // 2
    fov = 2.0 * math.degrees(math.atan(0.5 * math.tan(math.radians(camera.fov_deg) / 2.0)))
    return replace(camera, width=width, fov_deg=fov)


def _same_road(a: Reel, b: Reel) -> bool:
    one, other = a.episode.scenario, b.episode.scenario
    return (one.map, one.route_seed) == (other.map, other.route_seed)
