"""Live: a convoy in the cockpit's window, until the person closes it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from wormdrive.convoy.cockpit.session import ConvoySession
from wormdrive.convoy.config import CAMERA
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.drawing.theme import MUTED, ORANGE, RED
from wormdrive.envs.viewer.place import Marker
from wormdrive.envs.viewer.scene import Scene
from wormdrive.scenarios.cockpit.live_loop import LiveLoop
from wormdrive.scenarios.cockpit.resolution_scaling import ResolutionScaling
from wormdrive.scenarios.cockpit.scene_builder import weather_of

__all__ = ["ConvoyLive"]

ENDINGS: Final = {
    "": "",
    "lane_departure": "left the lane",
    "collision": "hit the car ahead",
    "lost": "lost the car ahead",
    "time_limit": "All of the time",
    "route_done": "The whole route",
    "leader_departure": "The first car left its lane",
}
"""End reasons, for people; in small letters what a car did."""


class ConvoyLive(LiveLoop):
    """The loop of convoys.

    Parameters
    ----------
    session, cockpit:
        What is driven, and where it is shown.
    films:
        The folder for films.
    fixed:
        The large picture keeps its size, however slow it is.
    """

    def __init__(
        self, session: ConvoySession, cockpit: Cockpit, films: Path = Path("runs/films"), *, fixed: bool = False
    ) -> None:
        rate = 1.0 / session.simulator.dt_s
        scaling = ResolutionScaling(CAMERA, fixed=fixed, pictures_per_second=rate)
        super().__init__(session, cockpit, scaling, films, "convoy", pictures_per_second=rate)
        self.session = session
        self.handlers |= {
            "restart": self.then_prepare(session.restart),
            "next": self.then_prepare(session.next),
            "follow": self.then_prepare(lambda: session.follow(1)),
            "follow_back": self.then_prepare(lambda: session.follow(-1)),
        }
        self.prepare()

    def scene(self) -> Scene:
        """Build the scene now."""
        session, car = self.session, self.session.followed
        monitor, seen, camera = session.monitor, session.seen, self.scaling.camera
        embedded = session.simulator.embedded
        return Scene(
            roads=(session.drawn(lambda conditions: embedded.render(camera, [car], conditions=conditions)[0]),),
            captions=(f"Follower {car} of {session.simulator.cars - 1}" if car else "The first car",),
            history=session.history,
            cursor=max(len(session.history) - 1, 0),
            markers=self._others(),
            seen=seen,
            saliency=monitor.gaze(seen) if self.sight and monitor is not None and seen is not None else None,
            blind=monitor is None,
            neural=None if monitor is None else monitor.read(),
            driver=f"{session.name}, {session.scenario.profile.replace('_', ' ')}",
            steers=f"{session.name} drives" if car else "Its profile drives",
            lit=frozenset(self.lit),
            notice=self._notice(),
            rate=self.rate,
            **weather_of(session.controls),
        )

    def _others(self) -> tuple[Marker, ...]:
        """Return all cars but the one that is watched."""
        session, state = self.session, self.session.shown.state_of(0)
        failed = np.concatenate([[False], session.shown.failed[0]])
        parameters = session.simulator.embedded.parameters
        size = parameters.length_m, parameters.width_m
        return tuple(
            Marker(
                float(state.x_m[car]),
                float(state.y_m[car]),
                RED if failed[car] else MUTED if car else ORANGE,
                float(state.heading_rad[car]),
                size,
            )
            for car in range(session.simulator.cars)
            if car != session.followed
        )

    def _notice(self) -> str:
        ending = ENDINGS[self.session.end_reason]
        failed = np.flatnonzero(self.session.shown.failed[0])
        who = f"Follower {failed[0] + 1} " if len(failed) else ""
        return f"{who}{ending}:  R again,  N another road" if ending else ""

    def prepare(self) -> None:
        """Tell the cockpit the road and the wiring of the car that is watched."""
        monitor = self.session.monitor
        self.cockpit.prepare(self.session.course, None if monitor is None else monitor.graph)
