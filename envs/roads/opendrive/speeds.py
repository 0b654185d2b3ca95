"""Speed limits: of roads, by their ``<type>``, and of lanes."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.lanes import SpeedRecord

__all__ = ["read_lane_speeds", "read_road_speeds"]

_METRES_PER_SECOND: Final = {
    **dict.fromkeys(("", "m/s", "mps", "ms"), 1.0),
    **dict.fromkeys(("km/h", "kmh", "kph", "kmph"), 1.0 / 3.6),
    **dict.fromkeys(("mph", "mi/h"), 0.44704),
}
_STANDARD: Final = ("m/s", "km/h", "mph", "")
_UNLIMITED: Final = ("", "no limit", "undefined", "none", "unlimited", "nolimit")
_FREE: Final = float("inf")


def read_road_speeds(types: list[Element]) -> tuple[SpeedRecord, ...]:
    """Speed limits of a road's ``<type>`` elements; one without ``<speed>`` sets none."""
    return _ordered([_speed(kind, kind.child("speed"), "s") for kind in types])


def read_lane_speeds(lane: Element) -> tuple[SpeedRecord, ...]:
    """Speed limits of a lane's ``<speed>`` elements."""
    return _ordered([_speed(speed, speed, "sOffset") for speed in lane.children("speed")])


def _ordered(records: list[SpeedRecord]) -> tuple[SpeedRecord, ...]:
    return tuple(sorted(records, key=lambda record: record.start_m))


def _speed(place: Element, speed: Element | None, start: str) -> SpeedRecord:
    s = place.value(start, 0.0)
    return SpeedRecord(s, _FREE if speed is None else _limit(speed))


def _limit(speed: Element) -> float:
    """Speed limit [m/s]; what cannot be read is noted and sets none."""
    raw, unit = speed.text("max"), speed.text("unit", "m/s")
    if raw.lower() in _UNLIMITED:
        return _FREE
    factor = _METRES_PER_SECOND.get("".join(unit.lower().split()))
    if not speed.is_number("max") or float(raw) <= 0.0:
        speed.note(f"max={raw[:40]!r}: no limit is read from it")
        return _FREE
    if factor is None:
        speed.note(f"unit={unit[:40]!r}: allowed are m/s, km/h, mph; no limit is read")
        return _FREE
    if unit not in _STANDARD:
        speed.note(f"unit={unit[:40]!r}: allowed are m/s, km/h, mph; taken for one of them")
    return float(raw) * factor
