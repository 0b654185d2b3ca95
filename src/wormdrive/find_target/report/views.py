"""Views: what a page shows of flights: the way to the object over time, a start, and films of some that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.find_target.report.counts import ENDS
from wormdrive.scenarios.report.pictures import data_uri, filmstrip_webp, webp

__all__ = ["FailedFlight", "FlightViews", "FlightWay", "views_of"]

_FAILED_SHOWN: Final = 2
_PICTURES: Final = 5


@dataclass(frozen=True)
class FlightWay:
    """One flight: its object's colour, and (T + 1,) the distance to it at each step [m], the end included."""

    colour: str
    found: bool
    to_target_m: NDArray[np.float64]


@dataclass(frozen=True)
class FailedFlight:
    """A flight that did not find it: how that is said, and pictures of it from start to end as an address."""

    words: str
    strip: str


@dataclass(frozen=True)
class FlightViews:
    """The flights of one condition: where the first one starts, as an address; their ways; some that failed."""

    condition: str
    start: str
    ways: list[FlightWay]
    failed: list[FailedFlight]


def views_of(condition: str, flights: Sequence[FlightEpisode]) -> FlightViews:
    """Return what is shown of the flights of one condition, of which all must have been kept."""
    ways = [
        FlightWay(
            flight.scenario.colour,
            flight.ended == "found",
            np.append(flight.to_target_m, flight.distance_m),
        )
        for flight in flights
    ]
    failed = [(k, flight) for k, flight in enumerate(flights) if flight.ended != "found"][:_FAILED_SHOWN]
    return FlightViews(
        condition,
        data_uri(webp(flights[0].frames[0], 82), "image/webp"),
        ways,
        [FailedFlight(_words(k, flight), _strip(flight)) for k, flight in failed],
    )


def _words(number: int, flight: FlightEpisode) -> str:
    scenario = flight.scenario
    return (
        f"flight {number}, {scenario.colour} {scenario.target} at {scenario.distance_m:.0f} m: {ENDS[flight.ended]} "
        f"after {flight.time_s:.1f} s, {flight.distance_m:.1f} m from it"
    )


def _strip(flight: FlightEpisode) -> str:
    return data_uri(filmstrip_webp(flight.frames, None, _PICTURES), "image/webp")
