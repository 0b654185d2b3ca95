"""Cameras: pictures of the world from any pose, as CARLA encodes them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.server.actors import Actor
from wormdrive.envs.server.episode import Episode
from wormdrive.envs.server.protocol.axes import transform_to_carla
from wormdrive.envs.server.protocol.enums import SensorType
from wormdrive.envs.server.protocol.payloads import camera_payload, header
from wormdrive.envs.server.protocol.pictures import write_depth, write_instances, write_rgb, write_tags
from wormdrive.envs.server.sensor_settings import real, whole
from wormdrive.envs.server.sensors.figures import Figures

if TYPE_CHECKING:
    from wormdrive.envs.embedded.scene import Cars, SceneCamera, SceneFrames
    from wormdrive.envs.embedded.scene.land import Land
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
_THREADS: Final = min(4, os.cpu_count() or 1)
_WIDEST_DEG: Final = 170.0
_TRIAL: Final = (32, 24)
"""Size of the picture that is drawn when a camera is spawned."""


@dataclass(eq=False)
class _Rig:
    """Sensors that see the same: of one size and field of view, in one place."""

    wants: frozenset[SensorType]
    camera: SceneCamera
    members: set[int] = field(default_factory=set)
    shots: int = 0


class Cameras:
    """Draws what an episode's cameras see.

    Cameras in the same place with the same lens, such as a colour camera and the depth camera beside it, are drawn at
    once. The noise of a picture depends on how many its camera has taken, so that a script sees the same on every run.
    """

    def __init__(self, episode: Episode, conditions: Conditions, seed: int) -> None:
        self._episode = episode
        self._figures = Figures(episode.actors)
        self._seed = seed
        self._rigs: dict[tuple[object, ...], _Rig] = {}
        self._land: Land | None = None
        self.dress(conditions)

    def dress(self, conditions: Conditions) -> None:
        """Change season and weather."""
        self._conditions = conditions
        self._look: object = None

    def prepare(self, sensor: Actor) -> None:
        """Draw a small picture from a new camera, and drop it.

        It loads kernels and art and bakes the land around, which takes longer than all else about a first picture:
        scripts give their first tick no longer than the others.
        """
        with contextlib.closing(self._camera(sensor, frozenset({SensorType.RGB}), _TRIAL)) as camera:
            self._draw(camera, sensor, self._figures.now(), 0)

    def payloads(self, sensors: Sequence[Actor], simulation: Simulation) -> Iterator[tuple[Actor, bytearray]]:
        """Payloads behind their lengths, of every camera."""
        cars = self._figures.now()
        together: dict[tuple[object, ...], list[Actor]] = {}
        for sensor in sensors:
            together.setdefault(_place(sensor), []).append(sensor)
        for place, members in together.items():
            frames = self._drawn(place, members, cars)
            for sensor in members:
                yield sensor, _payload(sensor, frames, simulation)

    def forget(self, sensor: Actor) -> None:
        """Drop what is kept of a camera that is gone."""
        for place, rig in tuple(self._rigs.items()):
            rig.members.discard(sensor.id)
            if not rig.members:
                rig.camera.close()
                del self._rigs[place]

    def close(self) -> None:
        """Give back threads and memory."""
        for rig in self._rigs.values():
            rig.camera.close()
        self._rigs.clear()

    def _drawn(self, place: tuple[object, ...], members: list[Actor], cars: Cars) -> SceneFrames:
        wants = frozenset(CAMERAS[sensor.type_id] for sensor in members)
        rig = self._rigs.get(place)
        if rig is None or not wants <= rig.wants:
            shots = 0
            if rig is not None:
                wants, shots = wants | rig.wants, rig.shots
                rig.camera.close()
            rig = self._rigs[place] = _Rig(wants, self._camera(members[0], wants, _size(members[0])), shots=shots)
        rig.members.update(sensor.id for sensor in members)
        rig.shots += 1
        return self._draw(rig.camera, members[0], cars, rig.shots)

    def _draw(self, camera: SceneCamera, sensor: Actor, cars: Cars, shot: int) -> SceneFrames:
        from wormdrive.envs.embedded.scene import Look

        if self._look is None:
            self._look = Look.of(self._conditions, self._seed)
        pose = sensor.pose
        at = (pose.x, pose.y, pose.z, pose.heading, pose.pitch, pose.roll)
        assert isinstance(self._look, Look)  # noqa: S101  (made above)
        return camera.draw(at, self._look, cars, shot)

    def _camera(self, sensor: Actor, wants: frozenset[SensorType], size: tuple[int, int]) -> SceneCamera:
        from wormdrive.envs.embedded.scene import SceneCamera
        from wormdrive.envs.embedded.scene.land import Land
        from wormdrive.envs.embedded.scene.road_strips import RoadStrips

        if self._land is None:
            self._land = Land(RoadStrips(self._episode.road_map))
        return SceneCamera(
            self._episode.road_map,
            *size,
            min(real(sensor.attributes, "fov"), _WIDEST_DEG),
            rgb=SensorType.RGB in wants,
            segmentation=SensorType.SEGMENTATION in wants or SensorType.INSTANCE in wants,
            depth=SensorType.DEPTH in wants,
            instance=SensorType.INSTANCE in wants,
            threads=_THREADS,
            follow_lanes=True,
            land=self._land,
        )


def _size(sensor: Actor) -> tuple[int, int]:
    """Width and height of a camera's pictures."""
    return whole(sensor.attributes, "image_size_x"), whole(sensor.attributes, "image_size_y")


def _place(sensor: Actor) -> tuple[object, ...]:
    """Give what sensors that see the same have in common."""
    lens = (sensor.attributes["image_size_x"], sensor.attributes["image_size_y"], sensor.attributes["fov"])
    if sensor.parent is not None:
        return (sensor.parent.id, sensor.mount, *lens)
    return (sensor.id, *lens)


def _payload(sensor: Actor, frames: SceneFrames, simulation: Simulation) -> bytearray:
    kind = CAMERAS[sensor.type_id]
    head = header(kind, simulation.frame, simulation.time_s, *transform_to_carla(sensor.pose))
    width, height = _size(sensor)
    payload, pixels = camera_payload(head, width, height, real(sensor.attributes, "fov"))
    if kind is SensorType.RGB:
        write_rgb(pixels, _there(frames.rgb))
    elif kind is SensorType.DEPTH:
        write_depth(pixels, _there(frames.depth))
    elif kind is SensorType.SEGMENTATION:
        write_tags(pixels, _there(frames.segmentation))
    else:
        write_instances(pixels, _there(frames.segmentation), _there(frames.instance))
    return payload


def _there(picture: NDArray[np.generic] | None) -> NDArray[np.generic]:
    if picture is None:
        raise TypeError("the camera has not drawn what it was made for")
    return picture
