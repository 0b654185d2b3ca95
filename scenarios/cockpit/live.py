"""Live: a drive in the cockpit's window, until the person closes it."""

from __future__ import annotations

from pathlib import Path

from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.scene import Scene
from wormdrive.scenarios.cockpit.live_loop import LiveLoop
from wormdrive.scenarios.cockpit.resolution_scaling import ResolutionScaling
from wormdrive.scenarios.cockpit.scene_builder import build_scene
from wormdrive.scenarios.cockpit.session import Session

__all__ = ["Live"]


class Live(LiveLoop):
    """The loop of a drive.

    Parameters
    ----------
    session, cockpit:
        What is driven, and where it is shown.
    films:
        The folder for films.
    scaling:
        Chooses the size of the large picture.
    camera:
        What the driver sees through: the large picture is taken from the same place.
    """

    def __init__(
        self,
        session: Session,
        cockpit: Cockpit,
        films: Path = Path("runs/films"),
        scaling: ResolutionScaling | None = None,
        camera: CameraConfig = CameraConfig(),  # noqa: B008  (frozen)
    ) -> None:
        # a CARLA server would have to be given a new camera for every size
        own = ResolutionScaling(camera, fixed=not isinstance(session.simulator.unwrapped, EmbeddedSimulator))
        super().__init__(session, cockpit, scaling or own, films, "drive")
        self.session = session
        self.handlers |= {"next": self.then_prepare(session.next), "take": lambda _: session.takeover.keep()}
        self.prepare()

    def scene(self) -> Scene:
        """Build the scene now."""
        return build_scene(self.session, self.scaling.camera, sight=self.sight, lit=frozenset(self.lit), rate=self.rate)

    @property
    def lit(self) -> set[str]:
        """Names of the buttons that are on."""
        return super().lit | ({"take"} if self.session.takeover.kept else set())

    def prepare(self) -> None:
        """Tell the cockpit the road, the wiring and the drive to beat."""
        monitor = self.session.monitor
        self.cockpit.prepare(self.session.course, None if monitor is None else monitor.graph, self.session.ghost)
