"""Signals of a map, where they hold, and what controls them.

Source: ASAM OpenDRIVE 1.8, section 14 (signals), 12.9 (controllers of junctions). They are read apart from the roads:
who only drives needs none, and a map whose signals are no good can still be driven on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wormdrive.envs.roads.opendrive.document import Element, parse_xml
from wormdrive.envs.roads.opendrive.limits import MAX_LANES_PER_SECTION
from wormdrive.envs.roads.opendrive.once_per_map import once_per_map
from wormdrive.envs.roads.opendrive.road_map import RoadMap

__all__ = ["Controller", "Signal", "SignalPlace", "Signals", "read_signals"]

MAX_SIGNALS: Final = 100_000
"""Signals, references and controls that a map may hold, of each."""
MAX_SIZE_M: Final = 1_000.0
"""Magnitude of offsets and sizes."""
_ORIENTATIONS: Final = ("+", "-", "none")


@dataclass(frozen=True)
class SignalPlace:
    """Where a signal holds: the road on which it stands, or one that refers to it.

    Attributes
    ----------
    signal, road:
        Ids.
    s_m, t_m:
        Station, within the road, and lateral coordinate [m].
    orientation:
        ``+`` for traffic along s, ``-`` against it, ``none`` for both.
    lanes:
        Pairs of lane ids from and to which it holds, first the smaller; empty: all lanes.
    """

    signal: str
    road: str
    s_m: float
    t_m: float
    orientation: str
    lanes: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Signal:
    """A sign or light.

    Attributes
    ----------
    id, name:
        Any text; the id is the map's own.
    kind, subtype, country, value:
        As in the file; ``1000001`` is a traffic light of three lamps.
    dynamic:
        Whether it changes.
    z_offset_m, height_m, width_m:
        Of its lower edge above the road, and its size [m].
    place:
        Where it stands.
    """

    id: str
    name: str
    kind: str
    subtype: str
    country: str
    value: str
    dynamic: bool
    z_offset_m: float
    height_m: float
    width_m: float
    place: SignalPlace


@dataclass(frozen=True)
class Controller:
    """Signals that switch together; ``junction`` is the one that it serves, or empty."""

    id: str
    name: str
    signals: tuple[str, ...]
    junction: str
    sequence: int


@dataclass(frozen=True)
class Signals:
    """All signals of a map.

    Attributes
    ----------
    signals, controllers:
        By id, in the file's order.
    references:
        Where signals hold besides the road on which they stand.
    undefined:
        Ids of signals to which roads refer and which do not exist. CARLA's client dies of them.
    problems:
        Faults that were passed over, in words.
    """

    signals: dict[str, Signal]
    references: tuple[SignalPlace, ...]
    controllers: dict[str, Controller]
    undefined: tuple[str, ...]
    problems: tuple[str, ...]


@once_per_map
def read_signals(road_map: RoadMap) -> Signals:
    """Read the signals of a map from its text, once.

    Raises
    ------
    MapError
        There are more than the limits allow; names the file and the element.
    """
    root = parse_xml(road_map.text, road_map.name)
    signals: dict[str, Signal] = {}
    references: list[SignalPlace] = []
    for road in root.children("road"):
        listed = road.child("signals")
        known = road_map.roads.get(road.text("id"))
        if listed is None or known is None:
            continue
        for element in listed:
            if element.tag not in ("signal", "signalReference"):
                continue
            if len(signals) >= MAX_SIGNALS or len(references) >= MAX_SIGNALS:
                element.fail(f"more than {MAX_SIGNALS} signals or references, the most that are allowed")
            place = _read_place(element, known.id, known.length_m)
            if place is None:
                continue
            if element.tag == "signalReference":
                references.append(place)
            elif place.signal in signals:
                element.note("its id is taken by an earlier signal; ignored")
            else:
                signals[place.signal] = _read_signal(element, place)
    controllers = _read_controllers(root, signals)
    undefined = dict.fromkeys(place.signal for place in references if place.signal not in signals)
    for signal in undefined:
        root.faults.note("signalReference", f"there is no signal {signal[:40]!r}")
    return Signals(
        signals,
        tuple(place for place in references if place.signal in signals),
        controllers,
        tuple(undefined),
        tuple(root.faults.problems),
    )


def _read_place(element: Element, road: str, length_m: float) -> SignalPlace | None:
    signal = element.text("id")
    if not signal:
        element.note("names no signal; ignored")
        return None
    if not (element.xml.get("s") is not None and element.is_number("s") and element.is_number("t")):
        element.note("s or t is no finite number; ignored")
        return None
    s = float(element.text("s"))
    if not -0.01 <= s <= length_m + 0.01:
        element.note(f"s={s:g} lies outside the road's length of {length_m:g} m; moved to its end")
    orientation = element.text("orientation", "none")
    if orientation not in _ORIENTATIONS:
        element.note(f"orientation={orientation[:40]!r}: allowed are +, -, none; read as none")
        orientation = "none"
    lanes = []
    for validity in element.children("validity"):
        one = validity.integer("fromLane", MAX_LANES_PER_SECTION)
        two = validity.integer("toLane", MAX_LANES_PER_SECTION)
        if one is not None and two is not None:
            lanes.append((min(one, two), max(one, two)))
    t = _size(element, "t", 0.0, -MAX_SIZE_M)
    return SignalPlace(signal, road, min(max(s, 0.0), length_m), t, orientation, tuple(lanes))


def _read_signal(element: Element, place: SignalPlace) -> Signal:
    return Signal(
        id=place.signal,
        name=element.text("name"),
        kind=element.text("type"),
        subtype=element.text("subtype"),
        country=element.text("country"),
        value=element.text("value"),
        dynamic=element.text("dynamic") in ("yes", "true", "1"),
        z_offset_m=_size(element, "zOffset", 0.0, -MAX_SIZE_M),
        height_m=_size(element, "height", 0.0, 0.0),
        width_m=_size(element, "width", 0.0, 0.0),
        place=place,
    )


def _size(element: Element, name: str, default: float, low: float) -> float:
    """Get a length that no driving depends on: what is no number, or absurd, is noted and cut."""
    if not element.is_number(name):
        element.note(f"{name}={element.text(name)[:40]!r}: allowed is a finite number; read as {default:g}")
        return default
    value = float(element.text(name) or default)
    if not low <= value <= MAX_SIZE_M:
        element.note(f"{name}={value:g}: allowed are numbers from {low:g} to {MAX_SIZE_M:g}; cut")
    return min(max(value, low), MAX_SIZE_M)


def _read_controllers(root: Element, signals: dict[str, Signal]) -> dict[str, Controller]:
    served: dict[str, str] = {}
    for junction in root.children("junction"):
        for element in junction.children("controller"):
            served.setdefault(element.text("id"), junction.text("id"))
    controllers: dict[str, Controller] = {}
    taken: set[str] = set()
    for element in root.children("controller"):
        name = element.text("id")
        if not name or name in controllers or len(controllers) >= MAX_SIGNALS:
            element.note("its id is missing or taken; ignored")
            continue
        members = []
        for control in element.children("control"):
            signal = control.text("signalId")
            if signal not in signals:
                control.note(f"there is no signal {signal[:40]!r}; ignored")
            elif signal in taken:
                control.note(f"signal {signal[:40]!r} has a controller; ignored")
            else:
                members.append(signal)
                taken.add(signal)
        raw = element.text("sequence", "0")
        sequence = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0
        controllers[name] = Controller(name, element.text("name"), tuple(members), served.get(name, ""), sequence)
    return controllers
