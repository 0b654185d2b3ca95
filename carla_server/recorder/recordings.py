"""Recordings: the recorder and the replayer of a server, as one object that ticks call while either runs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.common.tick import Tick
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.recorder.actor_mapping import Ignored
from wormdrive.carla_server.recorder.folder import RecordingsFolder
from wormdrive.carla_server.recorder.frame_encoder import FrameEncoder
from wormdrive.carla_server.recorder.reader import RecordingFile
from wormdrive.carla_server.recorder.recorded_simulation import RecordedSimulation
from wormdrive.carla_server.recorder.replayer import Replayer
from wormdrive.carla_server.recorder.writer import FullError, RecordingWriter
from wormdrive.carla_server.world import Collision
from wormdrive.envs.common.errors import WormdriveError

__all__ = ["Recordings"]

_BEHIND: Final = Pose(-10.0, 0.0, 5.0, 0.0, 0.4363323129985824)
"""Where CARLA's spectator follows from: 10 m behind, 5 m above, looking down by 25 degrees."""
_log = logging.getLogger(__name__)


class Recordings:
    """Records a simulation, or replays into it; one of both at a time, as on CARLA.

    While neither runs ``simulation.recordings`` is None, and ticks know nothing of it.

    Attributes
    ----------
    folder:
        Where recordings lie.
    time_factor:
        How much faster replays run; 1 again in a new episode, as on CARLA.
    ignore_heroes, ignore_spectator:
        Whom replays leave out.
    """

    def __init__(self, simulation: RecordedSimulation, folder: RecordingsFolder | None = None) -> None:
        self.folder = folder or RecordingsFolder()
        self._pace = 0, 1.0
        self.ignore_heroes = False
        self.ignore_spectator = True
        self._simulation = simulation
        self._encoder: tuple[FrameEncoder, RecordingWriter, CarlaEpisode] | None = None
        self._replayer: Replayer | None = None

    @property
    def time_factor(self) -> float:
        """How much faster replays run, if that was said in this episode."""
        episode, factor = self._pace
        return factor if episode == self._simulation.episode.number else 1.0

    @time_factor.setter
    def time_factor(self, factor: float) -> None:
        self._pace = self._simulation.episode.number, factor

    def start(self, name: str, more: bool = False) -> str:
        """Begin to record; returns the path. What was recorded or replayed before ends.

        Raises
        ------
        RequestError
            There may be no such file, there is no room for it, or another server records under that name.
        """
        self.stop_replayer(keep=False)
        self.stop()
        path, limit = self.folder.for_writing(name)
        episode = self._simulation.episode
        try:
            writer = RecordingWriter(path, episode.map_name, limit)
        except OSError as error:
            raise RequestError(f"{path}: cannot be written: {error.strerror}") from None
        self._encoder = FrameEncoder(episode, more), writer, episode
        self._hook()
        return str(path)

    def stop(self) -> None:
        """End the recording, if there is one: it has its name now.

        Raises
        ------
        RequestError
            It could not be written to its end.
        """
        if self._encoder is None:
            return
        path = self._encoder[1].path
        failure = self._finish()
        if failure is not None:
            raise RequestError(f"{path}: not written to its end: {failure.strerror}")

    def replay(
        self,
        recording: RecordingFile,
        start_s: float,
        stop_s: float,
        *,
        follow: int = 0,
        sensors: bool = False,
        mount: Pose = _BEHIND,
    ) -> dict[str, int]:
        """Begin to replay in the running episode; returns how many of which blueprint are left out.

        Raises
        ------
        RequestError
            The recording is damaged where it starts, or before.
        """
        try:
            self.stop_replayer(keep=False)
            self.stop()
            ignored = Ignored(heroes=self.ignore_heroes, spectator=self.ignore_spectator, sensors=not sensors)
            self._replayer = Replayer(
                self._simulation, recording, start_s, stop_s, ignored=ignored, follow=follow, mount=mount
            )
        except BaseException:
            recording.close()
            raise
        self._hook()
        return dict(self._replayer.mapping.missing)

    def stop_replayer(self, keep: bool) -> None:
        """End the replay, if there is one; see ``Replayer.close``."""
        if self._replayer is not None:
            replayer, self._replayer = self._replayer, None
            self._hook()
            replayer.close(keep)

    def close(self) -> None:
        """End everything, as the server ends."""
        self.stop_replayer(keep=True)
        try:
            self.stop()
        except RequestError as error:
            _log.warning("recording: %s", error)

    def before_step(self) -> None:
        """Do what has to be done before the world steps; no error leaves here."""
        if self._encoder is not None and self._encoder[2] is not self._simulation.episode:
            self._give_up("the episode has ended")
        replayer = self._replayer
        if replayer is None:
            return
        if replayer.episode is not self._simulation.episode or replayer.over:
            self.stop_replayer(keep=True)
            return
        try:
            replayer.before_step(self.time_factor)
        except Exception as error:
            self._abandon(error)

    def after_step(self, tick: Tick, collisions: Sequence[Collision]) -> Sequence[Collision]:
        """Do what has to be done after a step; returns all collisions of it. No error leaves here."""
        if self._replayer is not None:
            try:
                collisions = self._replayer.after_step(tick.delta_s * self.time_factor, collisions)
            except Exception as error:
                self._abandon(error)
        if self._encoder is not None:
            encoder, writer, _ = self._encoder
            try:
                writer.frame(tick.delta_s, encoder.frame(tick, collisions))
            except FullError:
                self._give_up("it is as large as it may be")
            except OSError as error:
                self._give_up(str(error.strerror))
            except Exception as error:
                self._give_up(repr(error), error)
        return collisions

    def _hook(self) -> None:
        busy = self._encoder is not None or self._replayer is not None
        self._simulation.recordings = self if busy else None

    def _finish(self) -> OSError | None:
        """Let the recording have its name; returns why it could not be written to its end."""
        if self._encoder is not None:
            writer, self._encoder = self._encoder[1], None
            self._hook()
            try:
                writer.finish()
            except OSError as error:
                return error
        return None

    def _give_up(self, reason: str, error: Exception | None = None) -> None:
        """End the recording in the middle of a tick, with one line; an error of ours is told with its place."""
        if self._encoder is None:
            return
        path = self._encoder[1].path
        failure = self._finish()
        if failure is not None and failure.strerror != reason:
            reason += f"; not written to its end: {failure.strerror}"
        _log.warning("recording %s ends: %s", path, reason, exc_info=error)

    def _abandon(self, error: Exception) -> None:
        """End the replay in the middle of a tick."""
        if isinstance(error, WormdriveError):
            _log.warning("the replay ends: %s", error)
        else:
            _log.error("the replay ends", exc_info=error)
        self.stop_replayer(keep=True)
