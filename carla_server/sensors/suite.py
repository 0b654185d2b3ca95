"""SensorSuite: all sensors of an episode, and when each of them is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from wormdrive.carla_server.actors.actors import Actor
from wormdrive.carla_server.actors.sensor_settings import real
from wormdrive.carla_server.common.stream_sink import StreamSink
from wormdrive.carla_server.common.tick import Tick
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.axes import transform_to_carla
from wormdrive.carla_server.protocol.enums import SensorType
from wormdrive.carla_server.protocol.payloads import header
from wormdrive.carla_server.sensors.cameras import CAMERAS, Cameras
from wormdrive.carla_server.sensors.collision_sensor import collision_payloads
from wormdrive.carla_server.sensors.measurement_payloads import MEASURING, Measure, new_measure
from wormdrive.carla_server.world import Collision
from wormdrive.envs.seasons.conditions import Conditions

__all__ = ["SensorSuite"]

_SLACK_S: Final = 1e-6


class SensorSuite:
    """Makes payloads of those sensors that somebody listens to and that are due."""

    def __init__(self, episode: CarlaEpisode, conditions: Conditions, seed: int) -> None:
        self._episode = episode
        self._cameras = Cameras(episode, conditions, seed)
        self._measures: dict[int, Measure] = {}
        self._seed = seed
        self._due: dict[int, float] = {}

    def publish(self, tick: Tick, collisions: Sequence[Collision], sink: StreamSink) -> list[Actor]:
        """Send what a tick brought, but for pictures; returns the cameras that have to be drawn."""
        episode = self._episode
        listened = [sensor for sensor in episode.actors.sensors if sink.heard(sensor.stream)]
        for sensor, body in collision_payloads(listened, episode, collisions, tick.stream_port):
            sink.publish(sensor.stream, _head(SensorType.COLLISION, sensor, tick) + body, blocking=True)
        due = [sensor for sensor in listened if self._is_due(sensor, tick.time_s)]
        for sensor in due:
            if sensor.type_id in MEASURING:
                measured = self._measures[sensor.id](tick)
                if measured is not None:
                    head = _head(MEASURING[sensor.type_id], sensor, tick)
                    sink.publish(sensor.stream, head + measured, blocking=tick.blocking)
        if not tick.rendering:
            return []
        return [sensor for sensor in due if sensor.type_id in CAMERAS]

    def begin_pictures(self, cameras: Sequence[Actor], tick: Tick) -> Iterator[tuple[Actor, bytearray]]:
        """Begin a tick's pictures; returns their payloads behind their lengths, see ``Cameras.begin``."""
        return self._cameras.begin(cameras, tick)

    def prepare(self, sensor: Actor, *, rendering: bool) -> None:
        """Make ready for a sensor that has just been spawned; without ``rendering`` cameras need nothing.

        Raises
        ------
        ArgumentError
            Its attributes describe none that could measure.
        """
        if sensor.type_id in MEASURING:
            self._measures[sensor.id] = new_measure(sensor, self._episode, self._seed)
        elif sensor.type_id in CAMERAS and rendering:
            self._cameras.prepare(sensor)

    def set_conditions(self, conditions: Conditions) -> None:
        """Change season and weather of the pictures."""
        self._cameras.set_conditions(conditions)

    def forget(self, sensor: Actor) -> None:
        """Drop what is kept of a sensor that is gone."""
        self._due.pop(sensor.id, None)
        self._measures.pop(sensor.id, None)
        self._cameras.forget(sensor)

    def close(self) -> None:
        """Release threads and memory."""
        self._cameras.close()

    def _is_due(self, sensor: Actor, time_s: float) -> bool:
        tick = real(sensor.attributes, "sensor_tick") if "sensor_tick" in sensor.attributes else 0.0
        if tick <= 0.0:
            return True
        due = self._due.get(sensor.id, time_s)
        if time_s < due - _SLACK_S:
            return False
        self._due[sensor.id] = max(due + tick, time_s + _SLACK_S)
        return True


def _head(kind: SensorType, sensor: Actor, tick: Tick) -> bytes:
    return header(kind, tick.frame, tick.time_s, *transform_to_carla(sensor.pose))
