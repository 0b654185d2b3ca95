"""Replay: recorded drives in the cockpit, to be scrubbed through, in any season, one or two side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.dials import Dials
from wormdrive.envs.simulator import CameraConfig
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.scene import Scene
from wormdrive.envs.viewer.wishes import Wish
from wormdrive.scenarios.cockpit.fading import Fade
from wormdrive.scenarios.cockpit.loop import RATE, Loop
from wormdrive.scenarios.cockpit.mind import Onlooker
from wormdrive.scenarios.cockpit.pace import Pace
from wormdrive.scenarios.cockpit.painter import dissolved
from wormdrive.scenarios.cockpit.reel import Reel

__all__ = ["Replay"]


class Replay(Loop):
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
        fixed = not all(reel.redrawable for reel in reels)
        super().__init__(cockpit, Pace(reels[0].episode.camera, fixed=fixed), films, "replay")
        self.reels = reels
        self.index = 0
        self.dials = dials
        self.onlooker = onlooker
        self._fades = [Fade(self._wanted(reel)) for reel in reels]
        self.deeds |= {
            "step": lambda _: self._skip(1),
            "skip": lambda wish: self._skip(round(wish.value)),
            "seek": lambda wish: self._skip(round(wish.value * (len(self) - 1)) - self.index),
            "restart": lambda _: self._skip(-self.index, stop=False),
            "season": self._season,
            "dial": self._dial,
        }
        other = reels[1] if len(reels) > 1 and _same_road(reels[0], reels[1]) else None
        graph = None if onlooker is None else onlooker.mind.graph
        cockpit.prepare(reels[0].course, graph, None if other is None else other.trace)

    def __len__(self) -> int:
        """Return the number of frames, that of the first reel."""
        return len(self.reels[0])

    def advance(self) -> None:
        """Show the frame that it has come to, and go on to the next."""
        for fade, reel in zip(self._fades, self.reels, strict=True):
            fade.to(self._wanted(reel))
            if fade.advance(1.0 / RATE) and fade.over and self.onlooker is not None:
                self.onlooker.forget()
        self.cockpit.show(self._scene())
        if not self.paused:
            self.index = min(self.index + self.speed, len(self) - 1)
            self.paused = self.index == len(self) - 1

    def pause(self) -> None:
        """Stop time, or let it run on; at the end, from the start."""
        if self.paused and self.index == len(self) - 1:
            self.index = 0
        super().pause()

    @property
    def lit(self) -> set[str]:
        """Names of the buttons that are on."""
        return super().lit | (set() if self.paused else {"pause"})

    def _scene(self) -> Scene:
        first, dials = self.reels[0], self.dials
        conditions = self._fades[0].now
        camera = self.pace.camera if len(self.reels) == 1 else _half(self.pace.camera)
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
            lit=frozenset(self.lit),
            authority=float(first.trace["person"][self.index]),
            rate=self.rate,
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

    def _skip(self, frames: int, *, stop: bool = True) -> None:
        self.index = min(max(self.index + frames, 0), len(self) - 1)
        self.paused = self.paused or stop

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
