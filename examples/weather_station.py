"""An irregular series: tell what a weather station will report next, minutes or a day after its last report.

The series is generated: a daily wave whose height clouds change, slow weather, fronts that come through and are
forgotten again. Reports come when they come, and now and then the station is silent for hours. At each report the
models see the one before it, the hour of that, and the time that has passed since; they tell by how much the
temperature has changed.

    python examples/weather_station.py
"""

from __future__ import annotations

import numpy as np
import torch
from contest import Stream, Task, next_change, rms_of_later_half, run
from numpy.typing import NDArray

REPORTS = 96
HOURS_A_POINT = 0.25
UNIT_H = 6.0
"""What counts as elapsed = 1: liquid cells begin with time constants of a fraction of that [h]."""
SPREAD_K = 6.0
"""Deviation of temperatures, by which inputs and targets are divided [K]."""


def weather(stations: int, hours: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Temperatures (stations, points) every quarter of an hour, around zero [K]."""
    points = int(hours / HOURS_A_POINT)
    hour = HOURS_A_POINT * np.arange(points)
    cloud = _wandering(stations, points, 18.0, rng)
    slow = 4.0 * _wandering(stations, points, 72.0, rng)
    daily = (4.0 + 2.0 * np.tanh(cloud)) * np.cos(2.0 * np.pi * (hour - 15.0) / 24.0)
    fronts = rng.random((stations, points)) < HOURS_A_POINT / 96.0
    drop = np.zeros((stations, points))
    fade = np.exp(-HOURS_A_POINT / 30.0)
    now = np.zeros(stations)
    for k in range(points):
        now = fade * now - fronts[:, k] * rng.uniform(3.0, 9.0, stations)
        drop[:, k] = now
    return daily + slow + drop


def reports(stations: int, silence_h: tuple[float, float], seed: int) -> Stream:
    """Irregular reports: half an hour apart in the mean, but one in twelve follows a silence of ``silence_h``."""
    rng = np.random.default_rng(seed)
    gaps = 0.25 + rng.exponential(0.5, (stations, REPORTS + 1))
    gaps = np.where(rng.random(gaps.shape) < 1 / 12, rng.uniform(*silence_h, gaps.shape), gaps)
    times = np.cumsum(gaps, 1) + rng.uniform(0.0, 24.0, (stations, 1))
    temperature = weather(stations, float(times.max()) + 1.0, rng)
    point = (times / HOURS_A_POINT).astype(np.int64)
    reported = np.take_along_axis(temperature, point, 1) + 0.2 * rng.standard_normal(times.shape)
    return next_change(reported / SPREAD_K, 2.0 * np.pi * times / 24.0, gaps[:, 1:] / UNIT_H)


def _wandering(stations: int, points: int, hours: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Ornstein-Uhlenbeck processes of deviation 1 that forget within some hours, (stations, points)."""
    kept = np.exp(-HOURS_A_POINT / hours)
    noise = rng.standard_normal((stations, points))
    path = np.empty_like(noise)
    path[:, 0] = noise[:, 0]
    for k in range(1, points):
        path[:, k] = kept * path[:, k - 1] + np.sqrt(1.0 - kept**2) * noise[:, k]
    return path


def rms_k(outputs: torch.Tensor, target: torch.Tensor) -> float:
    """Root of the mean squared error [K], over the second half of each series."""
    return SPREAD_K * rms_of_later_half(outputs, target)


def task(small: bool) -> Task:
    """Train on silences of up to a day; test on those, and on longer ones than were ever seen."""
    train, test = (64, 32) if small else (1024, 512)
    tests = {"silences to 24 h": reports(test, (4.0, 24.0), 1), "24 to 72 h": reports(test, (24.0, 72.0), 2)}
    return Task(
        train=reports(train, (4.0, 24.0), 0),
        tests=tests,
        outputs=1,
        loss=lambda outputs, target: (outputs[..., 0] - target).square().mean(),
        score=rms_k,
        unit="K",
        without={name: rms_k(torch.zeros(()).expand(1, REPORTS, 1), stream.target) for name, stream in tests.items()},
        rates={"CfC": 0.01, "LTC": 0.03, "GRU": 0.01},
    )


if __name__ == "__main__":
    run(task, "What will a weather station report next, after irregular silences?", steps=700)
