"""Sensors on the ego vehicle: cameras, awaited frame by frame, and those that report events.

Their callbacks run on the client's threads and only put what came into a queue.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from numpy.typing import NDArray

from wormdrive.envs.carla.axes import ActorPose, camera_mount, pose_transform
from wormdrive.envs.carla.connection.server_client import ServerClient
from wormdrive.envs.carla.ego_actors.image_decoding import classes_of, colours_of, depth_of
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.camera_mount import knocked
from wormdrive.envs.simulation.disturbances import Mount

__all__ = ["CAMERA", "DEPTH", "SEGMENTATION", "CameraSensor", "EventSensor"]

CAMERA: Final = "sensor.camera.rgb"
SEGMENTATION: Final = "sensor.camera.semantic_segmentation"
DEPTH: Final = "sensor.camera.depth"

_DECODERS: Final[dict[str, Callable[[Any], NDArray[Any]]]] = {
    CAMERA: colours_of,
    SEGMENTATION: classes_of,
    DEPTH: depth_of,
}


class _Sensor:
    def __init__(self, server: ServerClient, kind: str, attributes: dict[str, str], mount: Any, ego: Any) -> None:
        self.kind = kind
        self._server = server
        with server.trying(f"spawning {kind}"):
            blueprint = server.world.get_blueprint_library().find(kind)
            for name, value in attributes.items():
                if blueprint.has_attribute(name):
                    blueprint.set_attribute(name, value)
            self.actor = server.world.spawn_actor(blueprint, mount, attach_to=ego)
        self._came: queue.SimpleQueue[Any] = queue.SimpleQueue()
        with server.trying(f"listening to {kind}"):
            self.actor.listen(self._came.put)

    def stop(self) -> None:
        """End the stream; the actor is still there."""
        if self.actor.is_listening():
            self.actor.stop()

    def forget(self) -> None:
        """Drop what came so far."""
        while not self._came.empty():
            self._came.get()


class CameraSensor(_Sensor):
    """A camera on the ego vehicle.

    Attributes
    ----------
    kind:
        ``CAMERA``, ``SEGMENTATION`` or ``DEPTH``.
    awake:
        Whether it has shown anything yet.
    frame, picture:
        The latest picture that was looked at, and its frame.
    """

    def __init__(self, server: ServerClient, kind: str, camera: CameraConfig, ego: Any, tag: str) -> None:
        attributes = {
            "image_size_x": str(camera.width),
            "image_size_y": str(camera.height),
            "fov": str(camera.fov_deg),
            "sensor_tick": "0.0",
            "motion_blur_intensity": "0.0",
            "role_name": tag,
        }
        super().__init__(server, kind, attributes, camera_mount(camera), ego)
        self.awake = False
        self.frame = 0
        self.picture: NDArray[Any] | None = None
        self._camera = camera
        self._decode = _DECODERS[kind]
        self._shape = camera.height, camera.width

    def knock(self, mount: Mount | None) -> None:
        """Sit and look as after a knock from the next tick on; without one, as at first.

        A transform is relative to the parent where there is one, by CARLA's ``FCarlaActor::SetActorGlobalTransform``.
        """
        with self._server.trying(f"turning {self.kind}"):
            self.actor.set_transform(camera_mount(knocked(self._camera, mount)))

    def wakes(self, patience_s: float) -> bool:
        """Whether any picture comes within some time: a new stream misses the first ticks. The picture is dropped."""
        with suppress(queue.Empty):
            self._came.get(timeout=patience_s)
            self.awake = True
        return self.awake

    def await_picture(self, frame: int, deadline: float) -> NDArray[Any]:
        """Wait for the picture of a frame: see ``image_decoding`` for the arrays; it stays in ``picture``.

        Raises
        ------
        SimulatorError
            If it does not come before ``deadline`` (of ``time.monotonic``), or in another size.
        """
        image = self._get(frame, deadline)
        if image is None:
            raise self._server.error(f"waiting for {self.kind}", f"no picture of frame {frame} came")
        if (image.height, image.width) != self._shape:
            size, wanted = f"{image.width}x{image.height}", f"{self._shape[1]}x{self._shape[0]}"
            raise self._server.error(f"waiting for {self.kind}", f"{size} pixels came, where {wanted} were asked for")
        self.frame, self.picture = frame, self._decode(image)
        return self.picture

    def _get(self, frame: int, deadline: float) -> Any:
        while True:
            try:
                image = self._came.get(timeout=max(deadline - time.monotonic(), 1e-3))
            except queue.Empty:
                return None
            if image.frame >= frame:
                return image if image.frame == frame else None


class EventSensor(_Sensor):
    """A sensor that reports events: ``sensor.other.collision`` or ``sensor.other.lane_invasion``."""

    def __init__(self, server: ServerClient, kind: str, ego: Any, tag: str) -> None:
        super().__init__(server, kind, {"role_name": tag}, pose_transform(ActorPose(0.0, 0.0, 0.0, 0.0)), ego)

    def take_events(self) -> list[Any]:
        """Return the events since the last call."""
        events = []
        while not self._came.empty():
            events.append(self._came.get())
        return events
