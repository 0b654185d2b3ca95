"""Scene model: what a scene camera is told about a world, and what it gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.rendering.scene.meshes.shapes import SHAPES, shapes_of
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.appearance import appearance
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["Cars", "Look", "Pin", "SceneFrames"]


@dataclass(frozen=True, eq=False)
class Look:
    """How a world looks.

    Attributes
    ----------
    appearance:
        (APPEARANCE_SIZE,) float32: see ``seasons/appearance.py``.
    art:
        Index into ``SEASONS``.
    scenery_seed:
        Places trees and litter; 0 to 2**32 - 1.
    left_out:
        (H, 2) float64: x, y [m] of trees, bushes and posts that do not show.
    """

    appearance: NDArray[np.float32]
    art: int
    scenery_seed: int = 0
    left_out: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))

    @classmethod
    def of(cls, conditions: Conditions, scenery_seed: int = 0) -> Look:
        """Return how season, weather and lens look."""
        return cls(appearance(conditions), conditions.art_index, scenery_seed)


@dataclass(frozen=True, eq=False)
class Cars:
    """C vehicles, people and things.

    Attributes
    ----------
    pose:
        (C, 6) float64: x, y, z [m] of the point on the ground under the middle, heading, pitch, roll [rad].
    size:
        (C, 3) float64: length, width, height [m].
    colour:
        (C, 3) uint8: RGB of the paint, as a picture shows it.
    label:
        (C,) uint8: ``SemanticLabel`` of the class: a vehicle's, PEDESTRIANS, STATIC, DYNAMIC or OTHER.
    actor:
        (C,) uint32: what ``SceneFrames.instance`` holds where the vehicle shows; 0 is nobody.
    brakes:
        (C,) bool: brake lights are on.
    shape:
        (C,) uint8: ``Shape``, which ``shapes_of`` gives for classes; 0 to ``SHAPES`` - 1.
    lamps:
        (C,) float32: 1 for vehicles whose lamps are on when it is dark, and light the road; less for parking lamps,
        which do not; 0 for none.
    """

    pose: NDArray[np.float64]
    size: NDArray[np.float64]
    colour: NDArray[np.uint8]
    label: NDArray[np.uint8]
    actor: NDArray[np.uint32]
    brakes: NDArray[np.bool_]
    shape: NDArray[np.uint8]
    lamps: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        pose: ArrayLike,
        size: ArrayLike | None = None,
        colour: ArrayLike | None = None,
        label: ArrayLike | None = None,
        actor: ArrayLike | None = None,
        brakes: ArrayLike | None = None,
        shape: ArrayLike | None = None,
        lamps: ArrayLike | None = None,
    ) -> Cars:
        """Fill in what is not given.

        Grey cars of common size, numbered from 1, no brakes, lamps on, the shape of their class.

        Raises
        ------
        ArgumentError
            If the shape of an array is wrong, or there is no such ``Shape``.
        """
        poses = np.asarray(pose, np.float64).reshape(-1, 6)
        count = len(poses)
        labels = _filled("label", label, (count,), np.uint8, int(SemanticLabel.CAR))
        shapes = shapes_of(labels) if shape is None else _filled("shape", shape, (count,), np.uint8, 0)
        if shape is not None and (shapes >= SHAPES).any():
            raise ArgumentError(f"shape={shapes.max()}: allowed are 0 to {SHAPES - 1}")
        return cls(
            poses,
            _filled("size", size, (count, 3), np.float64, (4.5, 1.85, 1.48)),
            _filled("colour", colour, (count, 3), np.uint8, (150, 155, 160)),
            labels,
            _filled("actor", np.arange(1, count + 1) if actor is None else actor, (count,), np.uint32, 0),
            _filled("brakes", brakes, (count,), np.bool_, False),
            shapes,
            _filled("lamps", lamps, (count,), np.float32, 1.0),
        )

    @classmethod
    def none(cls) -> Cars:
        """Return nothing at all."""
        return cls.of(np.zeros((0, 6)))

    def chosen(self, rows: NDArray[np.int64]) -> Cars:
        """Return some of them."""
        return Cars(*(getattr(self, name)[rows] for name in _COLUMNS))

    def joined(self, other: Cars) -> Cars:
        """Return these and others behind them."""
        if not len(self.pose):
            return other
        return Cars(*(np.concatenate((getattr(self, name), getattr(other, name))) for name in _COLUMNS))


_COLUMNS: Final = ("pose", "size", "colour", "label", "actor", "brakes", "shape", "lamps")


def _filled(  # type: ignore[no-untyped-def]
    name: str, given: ArrayLike | None, shape: tuple[int, ...], dtype, default: ArrayLike
):
    array = np.broadcast_to(np.asarray(default, dtype), shape) if given is None else np.asarray(given, dtype)
    if array.shape != shape:
        raise ArgumentError(f"{name}: shape {array.shape}, allowed is {shape}")
    return array


@dataclass(frozen=True, eq=False)
class Pin:
    """A vehicle on its route that carries the camera: such a camera shows what the simulator's own camera shows.

    Attributes
    ----------
    route:
        The route that is driven.
    station_m:
        Of the vehicle's reference point [m].
    body:
        x, y, z [m], heading of that point, then the body's pitch and roll [rad] against the road; see ``Views.pose``.
    mount:
        Where the camera sits on the vehicle; its size and field of view are those of the scene camera.
    """

    route: Route
    station_m: float
    body: tuple[float, float, float, float, float, float]
    mount: CameraConfig


@dataclass(frozen=True, eq=False)
class SceneFrames:
    """One picture: ``None`` for what the camera does not draw.

    ``rgb`` (H, W, 3) uint8; ``segmentation`` (H, W) uint8, CARLA's class numbers; ``depth`` (H, W) float32 [m] along
    the optical axis, 1000 in the sky; ``instance`` (H, W) uint32: actor ids, 0 where there is no actor.
    """

    rgb: NDArray[np.uint8] | None
    segmentation: NDArray[np.uint8] | None
    depth: NDArray[np.float32] | None
    instance: NDArray[np.uint32] | None


def check_pose(pose: ArrayLike) -> tuple[float, ...]:
    """Six finite numbers, or an error."""
    values = tuple(float(value) for value in np.asarray(pose, np.float64).ravel())
    if len(values) != 6 or not all(math.isfinite(value) for value in values):
        raise ArgumentError(f"pose={values}: allowed are six finite numbers: x, y, z, heading, pitch, roll")
    return values
