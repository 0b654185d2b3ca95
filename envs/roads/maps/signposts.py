"""Signposts: lights, stop and yield signs, speed limits and crosswalks at the ends of a grid's streets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from wormdrive.envs.roads.maps.grid import KERB_M, LANE_M, Arm
from wormdrive.envs.roads.maps.road_specs import ControllerSpec, ObjectSpec, RoadSpec, SignalSpec

__all__ = ["STOP_M", "put_crosswalk", "put_light", "put_limit", "put_sign", "turns_of"]

STOP_M: Final = 4.6
"""From the end of a street back to where vehicles stop."""
_CROSSWALK_M: Final = (0.8, 3.8)
"""From and to, before the end of a street."""
_POST_M: Final = 0.55
"""From the kerb to what stands on the pavement."""
_LIMIT_M: Final = 14.0
_SIGNS: Final = {"206": "stop", "205": "yield"}


def put_light(road: RoadSpec, arm: Arm, signal_id: str) -> RoadSpec:
    """Put a traffic light at the stop of an arm, for all lanes that come in."""
    lanes = (-arm.lanes, -1) if arm.side < 0 else (1, arm.lanes)
    signal = SignalSpec(
        id=signal_id,
        name="traffic light",
        kind="1000001",
        s=_station(road, arm, STOP_M),
        t=arm.side * _post_m(arm),
        orientation="+" if arm.side < 0 else "-",
        lanes=lanes,
        z_m=2.6,
        width_m=0.36,
        height_m=0.9,
        dynamic=True,
    )
    return replace(road, signals=(*road.signals, signal))


def put_sign(road: RoadSpec, arm: Arm, signal_id: str, kind: str) -> RoadSpec:
    """Put a stop sign (kind 206) or a yield sign (205) at the stop of an arm."""
    lanes = (-arm.lanes, -1) if arm.side < 0 else (1, arm.lanes)
    signal = SignalSpec(
        signal_id, _SIGNS[kind], kind, _station(road, arm, STOP_M), arm.side * _post_m(arm),
        "+" if arm.side < 0 else "-", lanes, 2.0, 0.75, 0.75,
    )  # fmt: skip
    return replace(road, signals=(*road.signals, signal))


def put_limit(road: RoadSpec, arm: Arm, signal_id: str) -> RoadSpec:
    """Put the sign of a street's speed limit where one turns into it, for who drives away from an arm."""
    side = -arm.side
    lanes = (-arm.lanes, -1) if side < 0 else (1, arm.lanes)
    signal = SignalSpec(
        signal_id, f"{road.limit_kmh:.0f} km/h", "274", _station(road, arm, _LIMIT_M), side * _post_m(arm),
        "+" if side < 0 else "-", lanes, 2.0, 0.65, 0.65, value=f"{road.limit_kmh:.0f}",
    )  # fmt: skip
    return replace(road, signals=(*road.signals, signal))


def put_crosswalk(road: RoadSpec, arm: Arm, object_id: str) -> RoadSpec:
    """Lead pedestrians over an arm, from kerb to kerb."""
    near, far = _CROSSWALK_M
    u, v = 0.5 * (far - near), arm.lanes * LANE_M
    thing = ObjectSpec(
        id=object_id,
        name="crosswalk",
        kind="crosswalk",
        s=_station(road, arm, 0.5 * (near + far)),
        t=0.0,
        heading_rad=0.0,
        length_m=2.0 * u,
        width_m=2.0 * v,
        height_m=0.0,
        outline=((-u, -v), (u, -v), (u, v), (-u, v), (-u, -v)),
    )
    return replace(road, objects=(*road.objects, thing))


def turns_of(junction: str, arms: Sequence[Arm], signals: Sequence[str], first_id: int) -> list[ControllerSpec]:
    """Let opposite arms have the same turn: one controller for each of two directions."""
    along: dict[bool, list[str]] = {}
    for arm, signal in zip(arms, signals, strict=True):
        same = abs(math.cos(arm.pose.heading_rad - arms[0].pose.heading_rad)) > 0.7
        along.setdefault(same, []).append(signal)
    return [ControllerSpec(str(first_id + k), junction, k, tuple(members)) for k, members in enumerate(along.values())]


def _station(road: RoadSpec, arm: Arm, before_m: float) -> float:
    return road.length_m - before_m if arm.contact == "end" else before_m


def _post_m(arm: Arm) -> float:
    """Return the distance of posts from the middle of the street."""
    return arm.lanes * LANE_M + KERB_M + _POST_M
