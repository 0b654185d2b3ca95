"""Made-up drives, evaluations and videos, for tests that need results but no simulator."""

from __future__ import annotations

import cv2
import numpy as np

from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.envs.simulation.wheel_departure import tyre_reach, wheel_beyond
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.results import Evaluation, Parameters, failure_of, row_of
from wormdrive.scenarios.suite import Condition, Suite, load_suite
from wormdrive.scenarios.video import DriveVideo


def made_up_drive(scenario: Scenario, offset: float = 0.1, ends_at: float | None = None, seed: int = 0) -> Drive:
    """A drive at 10 m/s on a winding road of 3.5 m a lane; with ``ends_at`` [m] it drifts out of its lane there.

    Where ``offset`` comes above some 0.8 m a wheel leaves the lane, and comes back.
    """
    rng = np.random.default_rng([seed, scenario.route_seed])
    start_heading = np.random.default_rng(scenario.route_seed).uniform(-3.0, 3.0)
    length = scenario.route_length_m if ends_at is None else ends_at
    station = np.arange(0.0, length + 0.2, 1.0 / 3.0)
    curvature = 0.012 * np.sin(station / 40.0 + scenario.route_seed)
    heading = np.cumsum(curvature) / 3.0 + start_heading
    lateral = offset * np.sin(station / 17.0 + rng.uniform(0.0, 6.0)) + 0.02 * rng.standard_normal(len(station))
    if ends_at is not None:
        lateral += 1.75 * np.exp((station - station[-1]) / 8.0) * np.sign(-curvature[-1])
    straight, half = np.zeros(len(station)), np.full(len(station), 1.75)
    fields = {
        "station_m": station,
        "lateral_offset_m": lateral,
        "heading_error_rad": straight,
        "wheel_beyond_m": wheel_beyond(lateral, straight, curvature, half, half, tyre_reach(VehicleParameters())),
        "curvature": curvature,
        "speed_mps": np.full(len(station), 10.0),
        "steer_angle_rad": 2.7 * curvature,
        "x_m": np.cumsum(np.cos(heading)) / 3.0,
        "y_m": np.cumsum(np.sin(heading)) / 3.0,
    }
    reason = "route_done" if ends_at is None else "lane_departure"
    return Drive(scenario, reason, 1.0 / 30.0, **{name: values.astype(np.float32) for name, values in fields.items()})


def made_up_evaluation(
    model: str,
    suite: Suite | None = None,
    failing: dict[Condition, int] | None = None,
    wide: dict[Condition, int] | None = None,
) -> tuple[Evaluation, dict[Condition, list[Drive]]]:
    """Every condition driven.

    ``failing`` says how many drives of a condition, its first ones, end with a departure, and ``wide`` in how many, its
    last ones, wheels leave the lane and the car's centre does not.
    """
    suite = suite or load_suite("four-seasons")
    drives: dict[Condition, list[Drive]] = {}
    for number, condition in enumerate(suite.all_conditions):
        count, astray = (failing or {}).get(condition, 0), suite.episodes - (wide or {}).get(condition, 0)
        usual = 0.08 + 0.02 * number / 4
        drives[condition] = [
            made_up_drive(scenario, 1.1 if k >= astray else usual, 60.0 + 37.0 * k if k < count else None, number)
            for k, scenario in enumerate(suite.scenarios(condition))
        ]
    failures = [
        failure_of(condition, k, drive)
        for condition in suite.all_conditions
        for k, drive in enumerate(drives[condition])
    ]
    evaluation = Evaluation(
        model=model,
        suite=suite.name,
        rows=tuple(row_of(condition, drives[condition]) for condition in suite.all_conditions),
        failures=tuple(failure for failure in failures if failure is not None),
        parameters=Parameters(head=79_420, network=1_065, neurons=19, synapses=252),
    )
    return evaluation, drives


def made_up_videos(seconds: float = 3.0) -> list[DriveVideo]:
    """A video a season, of grey gradients that move and a blob of saliency."""
    videos = []
    count = int(seconds * 15.0)
    rng = np.random.default_rng(0)
    for number, season in enumerate(("summer", "autumn", "winter", "spring")):
        base = np.zeros((78, 200, 3), np.uint8)
        base[:30] = (150 + 20 * number, 180, 220)
        base[30:] = (60, 110 - 15 * number, 40)
        cv2.fillConvexPoly(base, np.array([[95, 30], [105, 30], [180, 78], [20, 78]]), (90, 90, 95))
        frames = np.stack([np.roll(base, k // 3, axis=1) for k in range(count)])
        saliency = np.zeros((count, 39, 100), np.float32)
        saliency[:, 18:30, 40:48] = 1.0
        activity = np.cumsum(rng.standard_normal((2 * count, 19)), axis=0).astype(np.float32)
        curvature = (0.01 * np.sin(np.arange(2 * count) / 20.0)).astype(np.float32)
        videos.append(DriveVideo(season, "day", "", 15.0, frames, saliency, 1.0 / 30.0, activity, curvature))
    return videos
