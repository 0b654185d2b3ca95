"""Camera payloads: what is sent of a picture, for each kind of camera; some remember the picture before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.actors.actors import Actor
from wormdrive.carla_server.actors.sensor_settings import real
from wormdrive.carla_server.protocol.enums import SensorType
from wormdrive.carla_server.protocol.payloads import camera_payload, event_payload, flow_payload
from wormdrive.carla_server.protocol.pictures import (
    write_classes,
    write_depth,
    write_flow,
    write_instances,
    write_normals,
    write_tags,
)
from wormdrive.carla_server.sensors.camera_kinds import CAMERAS, drawn_fov_deg, eye_of, size_of
from wormdrive.carla_server.sensors.event_camera import EventCamera, EventSettings

if TYPE_CHECKING:
    from wormdrive.envs.rendering.scene import Cars, FlowFrame, SceneCamera, SceneFrames

__all__ = ["CameraPayloads", "Shot"]

T = TypeVar("T")

_NS: Final = 1e9


class Shot(NamedTuple):
    """A picture, what took it, and what stood there; ``bgra``: the colours as they are sent, if not in ``frames``."""

    camera: SceneCamera
    frames: SceneFrames
    cars: Cars
    bgra: NDArray[np.uint8] | None = None


class CameraPayloads:
    """Makes payloads of pictures, and keeps of each sensor's last one what the next is compared with."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._flow_frames: dict[int, FlowFrame] = {}
        self._events: dict[int, EventCamera] = {}

    def payload(self, sensor: Actor, shot: Shot, head: bytes, time_s: float) -> bytearray | None:
        """Payload behind its length, or None where there is nothing to tell: a sensor of events has seen none."""
        frames = shot.frames
        width, height = size_of(sensor)
        fov_deg = real(sensor.attributes, "fov")
        kind = CAMERAS[sensor.type_id]
        if kind is SensorType.DVS:
            events = self._events_of(sensor).see(_there(frames.rgb), int(time_s * _NS))
            return event_payload(head, width, height, fov_deg, events) if len(events) else None
        if kind is SensorType.OPTICAL_FLOW:
            payload, flow = flow_payload(head, width, height, fov_deg)
            write_flow(flow, self._flow(sensor, shot))
            return payload
        payload, pixels = camera_payload(head, width, height, fov_deg)
        if kind is SensorType.RGB:
            pixels[...] = _there(shot.bgra)
        elif kind is SensorType.DEPTH:
            write_depth(pixels, _there(frames.depth))
        elif kind is SensorType.NORMALS:
            write_normals(pixels, shot.camera.normals(eye_of(sensor), frames, shot.cars))
        elif kind is SensorType.COSMOS:
            write_classes(pixels, _there(frames.segmentation))
        elif kind is SensorType.SEGMENTATION:
            write_tags(pixels, _there(frames.segmentation))
        else:
            write_instances(pixels, _there(frames.segmentation), _there(frames.instance))
        return payload

    def rehearse(self, sensor: Actor, shot: Shot) -> None:
        """Load what a new sensor's first payloads take, and keep nothing."""
        if CAMERAS[sensor.type_id] is SensorType.NORMALS:
            shot.camera.normals(eye_of(sensor), shot.frames, shot.cars)
        elif CAMERAS[sensor.type_id] is SensorType.OPTICAL_FLOW:
            self._flow(sensor, shot)
        self.forget(sensor)

    def forget(self, sensor: Actor) -> None:
        """Drop what is kept of a camera that is gone."""
        self._flow_frames.pop(sensor.id, None)
        self._events.pop(sensor.id, None)

    def _flow(self, sensor: Actor, shot: Shot) -> NDArray[np.float32]:
        """Flow (H, W, 2) [pixel] since the sensor's last picture; none in its first."""
        from wormdrive.envs.rendering.scene import FlowFrame, make_camera_pose, optical_flow

        depth, instance = _there(shot.frames.depth), _there(shot.frames.instance)
        height, width = depth.shape
        now = FlowFrame.of(make_camera_pose(eye_of(sensor), width, height, drawn_fov_deg(sensor)), shot.cars)
        before = self._flow_frames.get(sensor.id, now)
        self._flow_frames[sensor.id] = now
        return optical_flow(depth, instance, now, before)

    def _events_of(self, sensor: Actor) -> EventCamera:
        found = self._events.get(sensor.id)
        if found is None:
            found = self._events[sensor.id] = EventCamera(EventSettings.of(sensor.attributes), abs(self._seed))
        return found


def _there(picture: T | None) -> T:
    if picture is None:
        raise TypeError("the camera has not drawn what it was made for")
    return picture
