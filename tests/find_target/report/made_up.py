"""Flights that nobody flew, for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wormdrive.envs.find_target.flight_episode import FlightEpisode, no_steps
from wormdrive.envs.find_target.worlds import END_REASONS
from wormdrive.find_target.evaluation import FlightRow
from wormdrive.find_target.report.views import FlightViews, views_of
from wormdrive.find_target.suite import FlightSuite, load_flight_suite

STEPS = 12
ENDS = {
    "summer": ["found", "found", "found", "found"],
    "autumn": ["found", "lost", "lost", "collision"],
    "farther": ["time_limit", "found", "collision", "collision"],
}


def suite() -> FlightSuite:
    return load_flight_suite().narrowed(flights=4, conditions=ENDS)


def episodes(condition: str) -> list[FlightEpisode]:
    random, found = np.random.default_rng(0), []
    for k, (scenario, end) in enumerate(zip(suite().scenarios(condition), ENDS[condition], strict=True)):
        arrays = {name: np.zeros((STEPS, *array.shape[1:]), array.dtype) for name, array in no_steps(96, 144).items()}
        arrays["frames"] = random.integers(0, 256, (STEPS, 96, 144, 3), np.uint8)
        arrays["to_target_m"] = np.linspace(15.0, 3.0, STEPS)
        scenario = replace(scenario, colour=("red", "blue")[k % 2])
        found.append(FlightEpisode(scenario, END_REASONS.index(end), 1.2 + k, 1.9, **arrays))
    return found


def rows() -> list[FlightRow]:
    return [
        FlightRow("ncp", 0, condition, k, end, 1.2 + k, 1.9)
        for condition, ends in ENDS.items()
        for k, end in enumerate(ends)
    ]


def views() -> list[FlightViews]:
    return [views_of(condition, episodes(condition)) for condition in ENDS]
