"""Bird's view: a convoy on its road from above, the first car's heading up; plain shapes, no scenery."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.envs.simulation.vehicle import VehicleParameters

__all__ = ["bird_view"]

_GROUND: Final = (226, 228, 222)
_ROAD: Final = (120, 122, 126)
_MARK: Final = (245, 245, 245)
_LEADER: Final = (214, 122, 28)
_FOLLOWER: Final = (38, 98, 178)
_FAILED: Final = (190, 40, 40)
_SUB: Final = 4
"""Fractional bits of OpenCV's coordinates."""


def bird_view(
    route: Route,
    state: VehicleState,
    failed: NDArray[np.bool_],
    parameters: VehicleParameters,
    width: int,
    height: int,
    *,
    length_m: float = 90.0,
) -> NDArray[np.uint8]:
    """Draw one convoy from above, its first car near the right border and driving to the right.

    Parameters
    ----------
    route:
        The road.
    state:
        Of the convoy's cars, arrays (N,).
    failed:
        (N - 1,): followers that are to be shown as failed.
    width, height:
        Of the picture [pixels].
    length_m:
        How much road fits across [m].

    Returns
    -------
    NDArray
        (height, width, 3) uint8 RGB.
    """
    canvas = np.full((height, width, 3), _GROUND, np.uint8)
    scale = width / length_m
    # turned such that the way from the last car to the first runs to the right
    chord = np.array([state.x_m[0] - state.x_m[-1], state.y_m[0] - state.y_m[-1]])
    chord /= max(float(np.hypot(*chord)), 1e-9)
    middle = np.array([0.5 * (state.x_m[0] + state.x_m[-1]), 0.5 * (state.y_m[0] + state.y_m[-1])])

    def on_paper(points: NDArray[np.float64]) -> NDArray[np.int32]:
        """(..., 2) map coordinates [m] -> pixels in fixed point."""
        away = points - middle
        right = away @ chord
        up = away @ np.array([-chord[1], chord[0]])
        pixels = np.stack([0.5 * width + scale * right, 0.5 * height - scale * up], axis=-1)
        return np.asarray(np.clip(np.round(pixels * (1 << _SUB)), -(2**24), 2**24), np.int32)

    first = max(int((state.station_m.min() - length_m) / route.spacing_m), 0)
    part = slice(first, int((state.station_m.max() + length_m) / route.spacing_m) + 2)
    heading = route.heading_rad[part]
    left_normal = np.stack([-np.sin(heading), np.cos(heading)], axis=-1)
    line = np.stack([route.x[part], route.y[part]], axis=-1)
    left = line + route.left_m[part][:, None] * left_normal
    right = line - route.right_m[part][:, None] * left_normal
    cv2.fillPoly(canvas, [on_paper(np.concatenate([left, right[::-1]]))], _ROAD, cv2.LINE_AA, _SUB)
    for border in (left, right):
        cv2.polylines(canvas, [on_paper(border)], False, _MARK, 2, cv2.LINE_AA, _SUB)
    half_length, half_width = 0.5 * parameters.length_m, 0.5 * parameters.width_m
    outline = np.array([[1.0, 0.0], [0.7, 1.0], [-1.0, 1.0], [-1.0, -1.0], [0.7, -1.0]]) * (half_length, half_width)
    for car in range(len(state.x_m)):
        turn = float(state.heading_rad[car])
        ahead, aside = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        corners = np.array([state.x_m[car], state.y_m[car]]) + outline[:, :1] * ahead + outline[:, 1:] * aside
        colour = _LEADER if car == 0 else _FAILED if failed[car - 1] else _FOLLOWER
        cv2.fillPoly(canvas, [on_paper(corners)], colour, cv2.LINE_AA, _SUB)
    return canvas
