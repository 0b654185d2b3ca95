"""What an evaluation found: a row per condition, and every failure with its place on the road."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.metrics import departures_per_km, max_abs, mean_abs, rms_rate, wilson_interval
from wormdrive.scenarios.suite import Condition

__all__ = ["Evaluation", "Failure", "Parameters", "Row", "failure_of", "mean_offset", "row_of"]


class Row(BaseModel):
    """Closed-loop performance in one condition.

    ``success_rate`` counts drives that ended with the route, ``ci95`` is Wilson's score interval of it. ``departures``
    counts drives that ended because the car's centre left its lane; that a wheel did is not counted (see
    ``drive.SUCCESS``). Offsets [m] are those of the car's centre from the lane's, over all samples of all drives.
    ``steering_smoothness_radps`` is the root mean square rate of the front wheels' angle [rad/s]: lower is smoother.
    """

    model_config = ConfigDict(frozen=True)

    season: str
    weather: str
    episodes: int
    successes: int
    success_rate: float
    ci95: tuple[float, float]
    departures: int
    departures_per_km: float
    mean_abs_offset_m: float
    max_abs_offset_m: float
    steering_smoothness_radps: float
    mean_speed_mps: float
    distance_m: float


class Failure(BaseModel):
    """One drive that did not succeed: where, and what the road was like there.

    ``curvature`` [1/m], positive to the left, is the strongest within the last 20 m before ``station_m``;
    ``lateral_offset_m`` is positive left of the lane's centre. ``episode`` counts from 0 within the condition. At a
    junction the route's way is the seed's choice, which no driver without a map can know.
    """

    model_config = ConfigDict(frozen=True)

    season: str
    weather: str
    episode: int
    reason: str
    map: str
    route_seed: int
    seed: int
    station_m: float
    curvature: float
    lateral_offset_m: float
    speed_mps: float
    x_m: float
    y_m: float
    at_junction: bool


class Parameters(BaseModel):
    """Trainable numbers of a policy: its conv head, the network behind it, and the maps that join and scale the two."""

    model_config = ConfigDict(frozen=True)

    head: int
    network: int
    maps: int = 0
    neurons: int | None = None
    synapses: int | None = None


class Evaluation(BaseModel):
    """One driver on one suite."""

    model_config = ConfigDict(frozen=True)

    model: str
    suite: str
    rows: tuple[Row, ...]
    failures: tuple[Failure, ...]
    parameters: Parameters | None = None

    @property
    def episodes(self) -> int:
        """Drives in all."""
        return sum(row.episodes for row in self.rows)

    @property
    def successes(self) -> int:
        """Successful drives in all."""
        return sum(row.successes for row in self.rows)

    @property
    def departures_per_km(self) -> float:
        """Lane departures per kilometre over the whole suite."""
        return departures_per_km(sum(row.departures for row in self.rows), sum(row.distance_m for row in self.rows))

    @property
    def mean_abs_offset_m(self) -> float:
        """Mean distance from the lane's centre over the whole suite [m]."""
        return mean_offset(self.rows)

    def season(self, season: str) -> tuple[int, int]:
        """(successes, episodes) of one season, all weathers together."""
        rows = [row for row in self.rows if row.season == season]
        return sum(row.successes for row in rows), sum(row.episodes for row in rows)

    def row(self, season: str, weather: str) -> Row | None:
        """Return one condition's row, if it was driven."""
        return next((row for row in self.rows if (row.season, row.weather) == (season, weather)), None)


def mean_offset(rows: Sequence[Row]) -> float:
    """Mean absolute offset over several conditions, each weighted by the distance driven in it [m]."""
    distance_m = sum(row.distance_m for row in rows)
    return sum(row.mean_abs_offset_m * row.distance_m for row in rows) / max(distance_m, 1e-9)


def row_of(condition: Condition, drives: Sequence[Drive]) -> Row:
    """Sum up the drives of one condition."""
    episodes = len(drives)
    successes = sum(drive.success for drive in drives)
    departures = sum(drive.end_reason == "lane_departure" for drive in drives)
    distance_m = sum(drive.distance_m for drive in drives)
    offsets = np.concatenate([drive.lateral_offset_m for drive in drives])
    speeds = np.concatenate([drive.speed_mps for drive in drives])
    rates = np.array([rms_rate(drive.steer_angle_rad, drive.dt_s) for drive in drives])
    steps = np.array([max(len(drive.steer_angle_rad) - 1, 0) for drive in drives], np.float64)
    return Row(
        season=condition[0],
        weather=condition[1],
        episodes=episodes,
        successes=successes,
        success_rate=successes / episodes,
        ci95=wilson_interval(successes, episodes),
        departures=departures,
        departures_per_km=departures_per_km(departures, distance_m),
        mean_abs_offset_m=mean_abs(offsets),
        max_abs_offset_m=max_abs(offsets),
        steering_smoothness_radps=float(np.sqrt(np.average(rates**2, weights=steps))) if steps.any() else 0.0,
        mean_speed_mps=float(speeds.mean()),
        distance_m=distance_m,
    )


def failure_of(condition: Condition, episode: int, drive: Drive, *, at_junction: bool = False) -> Failure | None:
    """Say where a drive failed; ``None`` if it succeeded."""
    if drive.success:
        return None
    recent = drive.curvature[drive.station_m >= drive.station_m[-1] - 20.0]
    return Failure(
        season=condition[0],
        weather=condition[1],
        episode=episode,
        reason=drive.end_reason,
        map=Path(drive.scenario.map).stem,
        route_seed=drive.scenario.route_seed,
        seed=drive.scenario.seed,
        station_m=float(drive.station_m[-1]),
        curvature=float(recent[np.argmax(np.abs(recent))]),
        lateral_offset_m=float(drive.lateral_offset_m[-1]),
        speed_mps=float(drive.speed_mps[-1]),
        x_m=float(drive.x_m[-1]),
        y_m=float(drive.y_m[-1]),
        at_junction=at_junction,
    )
