"""Interpolation: where everybody is at any time of a recording, between its frames, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol.axes import angular_from_carla, mirrored
from wormdrive.carla_server.recorder.format import Packet
from wormdrive.carla_server.recorder.reader import Frame, RecordingFile

__all__ = ["InterpolatedFrame", "Interpolator", "Placed", "pose_of"]

Array = NDArray[np.float64]
Triple = tuple[float, float, float]
_SLACK_S: Final = 1e-6
_COARSE: Final = 2.0
"""From this factor on time goes by in whole frames, as on CARLA."""
_KEPT: Final = 3


@dataclass(frozen=True)
class Placed:
    """Where an actor is and how it moves, in our axes: pose, velocity [m/s], angular velocity [rad/s]."""

    pose: Pose
    velocity: Triple
    angular: Triple


@dataclass(frozen=True)
class InterpolatedFrame:
    """A time of a recording: the frame at or before it, its index, and who is where, by the recording's ids."""

    index: int
    frame: Frame
    placed: dict[int, Placed]


@dataclass(frozen=True)
class _Still:
    """A frame with its positions as arrays: ids (N,), poses (N, 6) as in ``Pose``."""

    frame: Frame
    ids: NDArray[np.uint32]
    poses: Array


class Interpolator:
    """Interpolates a recording; going forward, each frame is read once."""

    def __init__(self, recording: RecordingFile) -> None:
        self.recording = recording
        self._stills: dict[int, _Still] = {}

    def index(self, time_s: float) -> int:
        """Frame at or before a time; the first one for all that is before it."""
        found = int(np.searchsorted(self.recording.elapsed_s, time_s + _SLACK_S, "right")) - 1
        return max(found, 0)

    def at(self, time_s: float, factor: float = 1.0) -> InterpolatedFrame:
        """Say who is where at a time.

        Raises
        ------
        RequestError
            The recording is damaged there.
        """
        index = self.index(time_s)
        here = self._still(index)
        last = len(self.recording) - 1
        ahead = self._still(index + 1) if index < last else here
        motion = np.zeros_like(here.poses)
        if index > 0:  # for those that are not in the next frame
            behind = self._still(index - 1)
            rows, change = _change(here, behind)
            since_s = here.frame.elapsed_s - behind.frame.elapsed_s
            motion[rows] = -change / since_s if since_s > 0.0 else 0.0
        rows, change = _change(here, ahead)
        lasts_s = ahead.frame.elapsed_s - here.frame.elapsed_s
        past_s = time_s - here.frame.elapsed_s
        poses = here.poses.copy()
        if lasts_s > 0.0:
            motion[rows] = change / lasts_s
            if past_s > _SLACK_S and factor < _COARSE:
                poses[rows] += change * min(past_s / lasts_s, 1.0)
        placed = {
            actor: Placed(Pose(*row), (vx, vy, vz), (0.0, 0.0, turn))
            for actor, row, (vx, vy, vz, turn, _, _) in zip(
                here.ids.tolist(), poses.tolist(), motion.tolist(), strict=True
            )
        }
        for actor, velocity, angular in here.frame.table(Packet.KINEMATICS).tolist():
            if actor in placed:
                moving = mirrored(velocity), angular_from_carla(angular)
                placed[actor] = Placed(placed[actor].pose, *moving)
        return InterpolatedFrame(index, here.frame, placed)

    def _still(self, index: int) -> _Still:
        if index not in self._stills:
            frame = self.recording.frame(index)
            rows = frame.table(Packet.POSITIONS)
            place = rows["location"].astype(np.float64) / 100.0
            roll, pitch, yaw = np.radians(rows["rotation"].astype(np.float64)).T
            poses = np.stack([place[:, 0], -place[:, 1], place[:, 2], -yaw, -pitch, roll], axis=1)
            while len(self._stills) >= _KEPT:
                del self._stills[next(iter(self._stills))]
            self._stills[index] = _Still(frame, rows["actor"].copy(), poses)
        return self._stills[index]


def _change(first: _Still, second: _Still) -> tuple[NDArray[np.intp], Array]:
    """Rows of the first frame whose actors are in the second, too, and by how much they have moved then."""
    _, before, after = np.intersect1d(first.ids, second.ids, return_indices=True)
    change = second.poses[after] - first.poses[before]
    change[:, 3:] = (change[:, 3:] + np.pi) % (2.0 * np.pi) - np.pi
    return before, change


def pose_of(location: Triple, rotation: Triple) -> Pose:
    """Pose of a location [cm] and a rotation (roll, pitch, yaw) [deg] of a recording."""
    x, y, z = (value / 100.0 for value in location)
    roll, pitch, yaw = np.radians(rotation).tolist()
    return Pose(x, -y, z, -yaw, -pitch, roll)
