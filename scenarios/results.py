"""What an evaluation found: a row per condition, and every failure with its place on the road."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from wormdrive.scenarios.drive import SUCCESS, Drive
from wormdrive.scenarios.intervals import wilson_interval
from wormdrive.scenarios.metrics import (
    before_departure_m,
    departures_per_km,
    km_per_departure,
    max_abs,
    mean_abs,
    percentile_abs,
    share_beyond,
    whiteness,
)
from wormdrive.scenarios.suite import Condition

__all__ = ["Evaluation", "Failure", "Parameters", "Row", "failure_of", "mean_offset", "row_of"]


class Row(BaseModel):
    """Closed-loop performance in one condition.

    ``successes`` counts drives of the whole route in which no wheel left the lane, ``ci95`` is Wilson's score interval
    of ``success_rate``; ``..._by_centre`` count as if the car were its centre. A drive ends when its centre leaves the
    lane. Lengths are in metres, those of offsets from the lane's centre to the car's, over all samples of all drives.

    Attributes
    ----------
    departures:
        Drives in which a wheel left the lane; only a drive's first departure counts.
    departures_by_centre:
        Drives that ended because the car's centre left the lane.
    before_departure_m:
        Distance driven until a wheel first left the lane, summed over drives; where none did, the whole drive.
    departures_per_km, km_per_departure, km_per_departure_ci95:
        ``departures`` by ``before_departure_m``, its inverse, and that one's exact Poisson interval; ``None`` where it
        has no bound.
    wheel_beyond_share:
        Share of the time with a wheel beyond the lane's border, 0 to 1.
    p95_abs_offset_m:
        What 95 % of the offsets do not exceed.
    whiteness_degps:
        Whiteness of the steering [deg/s], of the front wheels' angle: see ``metrics.whiteness``. Lower is smoother.
    """

    model_config = ConfigDict(frozen=True)

    season: str
    weather: str
    episodes: int
    successes: int
    success_rate: float
    ci95: tuple[float, float]
    successes_by_centre: int
    success_rate_by_centre: float
    ci95_by_centre: tuple[float, float]
    departures: int
    departures_by_centre: int
    before_departure_m: float
    departures_per_km: float
    km_per_departure: float | None
    km_per_departure_ci95: tuple[float, float | None]
    wheel_beyond_share: float
    mean_abs_offset_m: float
    p95_abs_offset_m: float
    max_abs_offset_m: float
    whiteness_degps: float
    mean_speed_mps: float
    distance_m: float


class Failure(BaseModel):
    """One drive that did not succeed: where it first went wrong, and what the road was like there.

    ``reason`` is ``lane_departure`` if a wheel left the lane, and the drive's end reason if none did; ``end_reason`` is
    ``route_done`` where wheels alone left it and the car's centre did not. ``max_wheel_beyond_m`` is how far a wheel
    was beyond the lane's border at most. ``curvature`` [1/m], positive to the left, is the strongest within the last
    20 m before ``station_m``; ``lateral_offset_m`` is positive left of the lane's centre. ``episode`` counts from 0
    within the condition. At a junction the route's way is the seed's choice, which no driver without a map can know.
    """

    model_config = ConfigDict(frozen=True)

    season: str
    weather: str
    episode: int
    reason: str
    end_reason: str
    map: str
    route_seed: int
    seed: int
    station_m: float
    curvature: float
    lateral_offset_m: float
    max_wheel_beyond_m: float
    speed_mps: float
    x_m: float
    y_m: float
    at_junction: bool

    @property
    def by_centre(self) -> bool:
        """Whether the drive failed by the car's centre, too, and not by wheels alone."""
        return self.end_reason != SUCCESS


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
        """Drives of the whole route in all in which no wheel left the lane."""
        return sum(row.successes for row in self.rows)

    @property
    def successes_by_centre(self) -> int:
        """Drives of the whole route in all whose centre never left the lane."""
        return sum(row.successes_by_centre for row in self.rows)

    @property
    def departures_per_km(self) -> float:
        """First departures of a wheel per kilometre driven before them, over the whole suite."""
        return departures_per_km(*self._departures)

    @property
    def km_per_departure(self) -> tuple[float | None, tuple[float, float | None]]:
        """See ``metrics.km_per_departure``, over the whole suite."""
        return km_per_departure(*self._departures)

    @property
    def wheel_beyond_share(self) -> float:
        """Share of the time with a wheel beyond its lane's border, each condition weighted by the distance driven."""
        return _by_distance(self.rows, [row.wheel_beyond_share for row in self.rows])

    @property
    def mean_abs_offset_m(self) -> float:
        """Mean distance from the lane's centre over the whole suite [m]."""
        return mean_offset(self.rows)

    def season(self, season: str) -> tuple[int, int]:
        """(successes, episodes) of one season, all weathers together."""
        rows = self.season_rows(season)
        return sum(row.successes for row in rows), sum(row.episodes for row in rows)

    def season_rows(self, season: str) -> list[Row]:
        """Return the rows of one season."""
        return [row for row in self.rows if row.season == season]

    @property
    def _departures(self) -> tuple[int, float]:
        return sum(row.departures for row in self.rows), sum(row.before_departure_m for row in self.rows)

    def row(self, season: str, weather: str) -> Row | None:
        """Return one condition's row, if it was driven."""
        return next((row for row in self.rows if (row.season, row.weather) == (season, weather)), None)


def mean_offset(rows: Sequence[Row]) -> float:
    """Mean absolute offset over several conditions, each weighted by the distance driven in it [m]."""
    return _by_distance(rows, [row.mean_abs_offset_m for row in rows])


def _by_distance(rows: Sequence[Row], values: Sequence[float]) -> float:
    """Mean of a value a row, each weighted by the distance driven in it."""
    distance_m = sum(row.distance_m for row in rows)
    return sum(value * row.distance_m for value, row in zip(values, rows, strict=True)) / max(distance_m, 1e-9)


def row_of(condition: Condition, drives: Sequence[Drive]) -> Row:
    """Sum up the drives of one condition."""
    episodes = len(drives)
    successes = sum(drive.success for drive in drives)
    by_centre = sum(drive.success_by_centre for drive in drives)
    departures = sum(drive.departure_index is not None for drive in drives)
    before_m = sum(before_departure_m(drive.station_m, drive.wheel_beyond_m) for drive in drives)
    km, km_ci95 = km_per_departure(departures, before_m)
    offsets = np.concatenate([drive.lateral_offset_m for drive in drives])
    speeds = np.concatenate([drive.speed_mps for drive in drives])
    rates = np.array([whiteness(np.degrees(drive.steer_angle_rad), drive.dt_s) for drive in drives])
    steps = np.array([max(len(drive.steer_angle_rad) - 1, 0) for drive in drives], np.float64)
    return Row(
        season=condition[0],
        weather=condition[1],
        episodes=episodes,
        successes=successes,
        success_rate=successes / episodes,
        ci95=wilson_interval(successes, episodes),
        successes_by_centre=by_centre,
        success_rate_by_centre=by_centre / episodes,
        ci95_by_centre=wilson_interval(by_centre, episodes),
        departures=departures,
        departures_by_centre=sum(drive.end_reason == "lane_departure" for drive in drives),
        before_departure_m=before_m,
        departures_per_km=departures_per_km(departures, before_m),
        km_per_departure=km,
        km_per_departure_ci95=km_ci95,
        wheel_beyond_share=share_beyond(np.concatenate([drive.wheel_beyond_m for drive in drives])),
        mean_abs_offset_m=mean_abs(offsets),
        p95_abs_offset_m=percentile_abs(offsets),
        max_abs_offset_m=max_abs(offsets),
        whiteness_degps=float(np.sqrt(np.average(rates**2, weights=steps))) if steps.any() else 0.0,
        mean_speed_mps=float(speeds.mean()),
        distance_m=sum(drive.distance_m for drive in drives),
    )


def failure_of(condition: Condition, episode: int, drive: Drive, *, at_junction: bool = False) -> Failure | None:
    """Say where a drive failed; ``None`` if it succeeded."""
    at = drive.failure_index
    if at is None:
        return None
    station_m = float(drive.station_m[at])
    recent = drive.curvature[: at + 1][drive.station_m[: at + 1] >= station_m - 20.0]
    return Failure(
        season=condition[0],
        weather=condition[1],
        episode=episode,
        reason=drive.end_reason if drive.departure_index is None else "lane_departure",
        end_reason=drive.end_reason,
        map=Path(drive.scenario.map).stem,
        route_seed=drive.scenario.route_seed,
        seed=drive.scenario.seed,
        station_m=station_m,
        curvature=float(recent[np.argmax(np.abs(recent))]),
        lateral_offset_m=float(drive.lateral_offset_m[at]),
        max_wheel_beyond_m=float(drive.wheel_beyond_m.max()),
        speed_mps=float(drive.speed_mps[at]),
        x_m=float(drive.x_m[at]),
        y_m=float(drive.y_m[at]),
        at_junction=at_junction,
    )
