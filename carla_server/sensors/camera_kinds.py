"""Camera kinds: which cameras there are, what each needs to be drawn, and what their attributes say of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from wormdrive.carla_server.actors.actors import Actor
from wormdrive.carla_server.actors.sensor_settings import real, whole
from wormdrive.carla_server.protocol.enums import SensorType

__all__ = ["CAMERAS", "Six", "drawn_fov_deg", "eye_of", "needs", "place_of", "sees_noise", "size_of"]

Six = tuple[float, float, float, float, float, float]

CAMERAS: Final[Mapping[str, SensorType]] = MappingProxyType(
    {
        "sensor.camera.rgb": SensorType.RGB,
        "sensor.camera.depth": SensorType.DEPTH,
        "sensor.camera.semantic_segmentation": SensorType.SEGMENTATION,
        "sensor.camera.instance_segmentation": SensorType.INSTANCE,
        "sensor.camera.normals": SensorType.NORMALS,
        "sensor.camera.optical_flow": SensorType.OPTICAL_FLOW,
        "sensor.camera.dvs": SensorType.DVS,
        "sensor.camera.cosmos_visualization": SensorType.COSMOS,
    }
)
_LABELLED: Final = frozenset({"segmentation", "depth"})
_NEEDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "sensor.camera.rgb": frozenset({"rgb"}),
        "sensor.camera.depth": frozenset({"depth"}),
        "sensor.camera.semantic_segmentation": frozenset({"segmentation"}),
        "sensor.camera.instance_segmentation": frozenset({"segmentation", "instance"}),
        "sensor.camera.normals": _LABELLED,
        "sensor.camera.optical_flow": _LABELLED | {"instance"},
        "sensor.camera.dvs": frozenset({"rgb"}),
        "sensor.camera.cosmos_visualization": frozenset({"segmentation"}),
    }
)
_WIDEST_DEG: Final = 170.0


def needs(sensor: Actor) -> frozenset[str]:
    """Parts of ``SceneFrames`` that a sensor's payload is made of."""
    return _NEEDS[sensor.type_id]


def size_of(sensor: Actor) -> tuple[int, int]:
    """Width and height of a camera's pictures."""
    return whole(sensor.attributes, "image_size_x"), whole(sensor.attributes, "image_size_y")


def drawn_fov_deg(sensor: Actor) -> float:
    """Field of view that is drawn [deg]: the widest there is for those that ask for more."""
    return min(real(sensor.attributes, "fov"), _WIDEST_DEG)


def eye_of(sensor: Actor) -> Six:
    """Return x, y, z [m], heading, pitch, roll [rad] of a camera."""
    pose = sensor.pose
    return pose.x, pose.y, pose.z, pose.heading, pose.pitch, pose.roll


def sees_noise(sensor: Actor) -> bool:
    """Whether pictures are drawn with a colour camera's noise: to a dynamic vision sensor it would be all events."""
    return sensor.type_id != "sensor.camera.dvs"


def place_of(sensor: Actor) -> tuple[object, ...]:
    """Return what sensors that see the same have in common."""
    values = sensor.attributes
    lens = (values["image_size_x"], values["image_size_y"], values["fov"], sees_noise(sensor))
    if sensor.parent is not None:
        return (sensor.parent.id, sensor.mount, *lens)
    return (sensor.id, *lens)
