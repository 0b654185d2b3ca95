"""Views: what the camera needs to know about N worlds in order to draw them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Views"]


@dataclass(eq=False)
class Views:
    """N worlds as arrays.

    Attributes
    ----------
    slot:
        (N,) int32: the world's slot in the road table.
    pose:
        (N, 6) float64: x, y, z [m] and heading [rad] of the vehicle's reference point in the map's axes, then the
        body's pitch and roll [rad] against the road (ISO 8855).
    station_m:
        (N,) float64: station of the reference point [m].
    appearance:
        (N, APPEARANCE_SIZE) float32: see ``seasons/appearance.py``.
    art:
        (N,) int32: index into ``SEASONS`` of the baked art to use.
    scenery_seed:
        (N,) uint32: places trees, posts, tracks and litter.
    frame_seed:
        (N,) uint32: sensor noise and falling rain or snow of this one frame.
    cars:
        (N, C, 4) float32: station [m], lateral position [m] from the route's line, sprite row, and 0/1 for
        'brake lights on'; rows from ``car_count`` on are ignored.
    car_count:
        (N,) int32.
    """

    slot: NDArray[np.int32]
    pose: NDArray[np.float64]
    station_m: NDArray[np.float64]
    appearance: NDArray[np.float32]
    art: NDArray[np.int32]
    scenery_seed: NDArray[np.uint32]
    frame_seed: NDArray[np.uint32]
    cars: NDArray[np.float32]
    car_count: NDArray[np.int32]
