"""Cameras: pictures of the world from any pose, as CARLA encodes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.server.actors import Actor
from wormdrive.envs.server.episode import Episode
from wormdrive.envs.server.protocol.axes import transform_to_carla
from wormdrive.envs.server.protocol.enums import SensorType
from wormdrive.envs.server.protocol.payloads import camera_payload, header
from wormdrive.envs.server.sensor_settings import real, whole

if TYPE_CHECKING:
    from wormdrive.envs.server.simulation import Simulation

__all__ = ["CAMERAS", "Cameras"]

CAMERAS: Final[Mapping[str, SensorType]] = MappingProxyType(
    {
        "sensor.camera.rgb": SensorType.RGB,
        "sensor.camera.depth": SensorType.DEPTH,
        "sensor.camera.semantic_segmentation": SensorType.SEGMENTATION,
        "sensor.camera.instance_segmentation": SensorType.INSTANCE,
    }
)


class Cameras:
    """Draws what an episode's cameras see."""

    def __init__(self, episode: Episode, conditions: Conditions, seed: int) -> None:
        self._episode = episode
        self._conditions = conditions
        self._seed = seed

    def dress(self, conditions: Conditions) -> None:
        """Change season and weather."""
        self._conditions = conditions

    def payloads(self, sensors: Sequence[Actor], simulation: Simulation) -> Iterator[tuple[Actor, bytearray]]:
        """Payloads behind their lengths, of every camera."""
        for sensor in sensors:
            kind = CAMERAS[sensor.type_id]
            head = header(kind, simulation.frame, simulation.time_s, *transform_to_carla(sensor.pose))
            width, height = whole(sensor.attributes, "image_size_x"), whole(sensor.attributes, "image_size_y")
            payload, pixels = camera_payload(head, width, height, real(sensor.attributes, "fov"))
            pixels[:] = np.uint8(simulation.frame & 255)
            yield sensor, payload

    def close(self) -> None:
        """Give back threads and memory."""
