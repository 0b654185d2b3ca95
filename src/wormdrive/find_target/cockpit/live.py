"""Live: flights in the cockpit's window, until the person closes it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wormdrive.envs.find_target.dynamics import DT_S
from wormdrive.envs.find_target.targets import COLOURS
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.place import Marker
from wormdrive.envs.viewer.scene import Scene
from wormdrive.find_target.cockpit.session import FlightSession
from wormdrive.scenarios.cockpit.live_loop import LiveLoop
from wormdrive.scenarios.cockpit.resolution_scaling import SIZES, Scaling
from wormdrive.scenarios.cockpit.scene_builder import weather_of

__all__ = ["FlightLive"]

ENDINGS: Final = {
    "": "",
    "found": "Found it",
    "collision": "Hit a tree",
    "lost": "Lost sight of it",
    "time_limit": "Out of time",
}
"""End reasons, for people."""
_MULTIPLE: Final = 8


class FlightLive(LiveLoop):
    """The loop of flights.

    Parameters
    ----------
    session, cockpit:
        What is flown, and where it is shown.
    films:
        The folder for films.
    fixed:
        The large picture keeps its size, however slow it is.
    """

    def __init__(
        self, session: FlightSession, cockpit: Cockpit, films: Path = Path("runs/films"), *, fixed: bool = False
    ) -> None:
        # no lower than is shown, so that what is too much is cut off and nothing enlarged
        cameras = [WoodCamera(width, -(-height // _MULTIPLE) * _MULTIPLE) for width, height in SIZES]
        rate = 1.0 / DT_S
        scaling = Scaling(cameras, fixed=fixed, pictures_per_second=rate)
        super().__init__(session, cockpit, scaling, films, "flight", pictures_per_second=rate)
        self.session = session
        self.handlers |= {
            "restart": self.then_prepare(session.restart),
            "next": self.then_prepare(session.next),
        }
        self.prepare()

    def scene(self) -> Scene:
        """Build the scene now."""
        session, scenario = self.session, self.session.scenario
        monitor, seen, history = session.monitor, session.seen.camera[0], session.history
        by_hand = float(history["person"][-1]) if len(history) else 0.0
        camera = self.scaling.camera
        target = Marker(*session.worlds.target_place(0), COLOURS[scenario.colour])
        return Scene(
            roads=(session.drawn(lambda conditions: session.worlds.render(camera, conditions=conditions)[0]),),
            history=history,
            cursor=max(len(history) - 1, 0),
            markers=(target,),
            seen=seen,
            saliency=monitor.gaze(seen) if self.sight and monitor is not None else None,
            blind=monitor is None,
            neural=None if monitor is None else monitor.read(),
            driver=f"{session.name}, to the {scenario.colour} {scenario.target}",
            steers="You fly" if by_hand else f"{session.name} flies",
            lit=frozenset(self.lit),
            authority=by_hand,
            notice=self._notice(),
            rate=self.rate,
            **weather_of(session.controls),
        )

    def prepare(self) -> None:
        """Tell the cockpit the wood and the wiring."""
        monitor = self.session.monitor
        self.cockpit.prepare(self.session.woods, None if monitor is None else monitor.graph)

    def _notice(self) -> str:
        ending = ENDINGS[self.session.end_reason]
        return f"{ending}:  R again,  N another flight" if ending else ""
