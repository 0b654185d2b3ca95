"""Replayer: plays a recording again, tick by tick."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from wormdrive.carla_server.actors.actors import Vehicle, Walker
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.recorder.actor_mapping import ActorMapping, Ignored
from wormdrive.carla_server.recorder.interpolation import Interpolator
from wormdrive.carla_server.recorder.reader import RecordingFile
from wormdrive.carla_server.recorder.recorded_simulation import RecordedSimulation
from wormdrive.carla_server.recorder.state_restorer import place, recorded_collisions, show
from wormdrive.carla_server.world import Collision
from wormdrive.envs.common.errors import WormdriveError

__all__ = ["Replayer"]

_SLACK_S: Final = 1e-6
_log = logging.getLogger(__name__)


class Replayer:
    """A replay of a recording in the running episode: the first tick shows its start, the last one its end.

    Vehicles have no physics meanwhile, and everybody does what the recording says, whatever clients ask for.

    Parameters
    ----------
    start_s, stop_s:
        What is played, as times of the recording.
    follow:
        Whom the spectator follows, by the recording's ids; 0 for nobody.
    mount:
        Where the spectator is from whom it follows, in its axes.

    Raises
    ------
    RequestError
        The recording is damaged where it starts, or before.
    """

    def __init__(
        self,
        simulation: RecordedSimulation,
        recording: RecordingFile,
        start_s: float,
        stop_s: float,
        *,
        ignored: Ignored,
        follow: int,
        mount: Pose,
    ) -> None:
        self.episode = simulation.episode
        self.mapping = ActorMapping(simulation, ignored)
        self._recording = recording
        self._interpolator = Interpolator(recording)
        self._simulation = simulation
        self._time_s, self._stop_s = start_s, stop_s
        self._shown_s = -1.0
        self._follow, self._mount = follow, mount
        self._taken = 0
        self._shown = self._interpolator.at(start_s)
        self._told = self._shown.index
        try:
            self._take_until(self._shown.index)
            place(self.episode, self.mapping.present(), self._shown)
            self.episode.settle()
            self._show(0.0)
        except BaseException:
            self.mapping.release()
            raise

    def before_step(self, factor: float) -> None:
        """Put everybody where the recording has them.

        Raises
        ------
        RequestError
            The recording is damaged here.
        """
        self._shown_s = min(self._time_s, self._stop_s)
        self._shown = self._interpolator.at(self._shown_s, factor)
        self._take_until(self._shown.index)
        place(self.episode, self.mapping.present(), self._shown)

    def after_step(self, delta_s: float, collisions: Sequence[Collision]) -> list[Collision]:
        """Set what a step changes, and move on by ``delta_s`` [s]; returns the collisions that are to be felt.

        Those among the replay's own are the recorded ones; they touch whoever is not in it as ever.
        """
        self._show(delta_s)
        bodies = {actor.body for actor in self.mapping.present().values() if isinstance(actor, (Vehicle, Walker))}
        felt = [one for one in collisions if one.vehicle not in bodies or one.other not in {None, *bodies}]
        felt += self._collisions()
        self._time_s += delta_s
        return felt

    @property
    def over(self) -> bool:
        """Whether the end has been shown: the next tick belongs to nobody's recording."""
        return self._shown_s >= self._stop_s - _SLACK_S

    def close(self, keep: bool) -> None:
        """End the replay: vehicles stand, and have their physics again.

        Without ``keep`` all that is still recorded happens at once: whoever is destroyed in the recording is gone then,
        as on CARLA, and the others stay.
        """
        self._finish(keep)
        self._recording.close()

    def _finish(self, keep: bool) -> None:
        if self._simulation.episode is not self.episode:
            return
        if not keep:
            try:
                self._take_until(len(self._recording) - 1)
            except WormdriveError as error:
                _log.warning("the rest of the replay: %s", error)
        self.mapping.release()
        self.episode.settle()

    def _take_until(self, index: int) -> None:
        """Let come and go who does so up to a frame."""
        eventful = self._recording.eventful
        for number in range(self._taken, index + 1):
            if eventful[number]:
                self.mapping.take(self._recording.frame(number))
        self._taken = max(self._taken, index + 1)

    def _show(self, delta_s: float) -> None:
        playing = self.mapping.present()
        show(self.episode, playing, self._shown, delta_s)
        followed = playing.get(self._follow) if self._follow else None
        if followed is not None and followed is not self.episode.spectator:
            self.episode.move(self.episode.spectator, followed.pose.carrying(self._mount))

    def _collisions(self) -> list[Collision]:
        """Collisions of the frames that came up since the tick before."""
        playing = self.mapping.present()
        found: list[Collision] = []
        for number in range(self._told, self._shown.index + 1):
            frame = self._shown.frame if number == self._shown.index else self._recording.frame(number)
            found += recorded_collisions(frame, playing)
        self._told = self._shown.index + 1
        return found
