"""Frame schedule: which step's picture is there at a step, known beforehand for the whole drive.

Four things in this order: the camera takes frames at times of its own (``frame_rate``), of which some are lost
(``drop``); while it is stuck a frame shows what the last one before showed (``freeze``), or nothing (``blackout``);
and what it sends comes late (``latency``).
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.counter_random import uniform
from wormdrive.envs.simulation.disturbances import Blackout, Disturbances, FrameRate, Freeze
from wormdrive.envs.simulation.vehicle_batch import DT_S as CAR_DT_S

__all__ = ["FrameSchedule", "frame_schedule"]

_BLOCK: Final = 1024


class FrameSchedule(NamedTuple):
    """Arrays (T,) by step, from the reset on; T is at least what was asked for.

    Attributes
    ----------
    source:
        int64: the step whose picture is shown; never falls.
    black:
        bool: black is shown in its place.
    new:
        bool: a frame has come since the step before.
    interval_s:
        float64: time between this frame and the one shown before it, by when the camera took them [s].
    kept:
        bool: the picture of this step will be shown at some step.
    """

    source: NDArray[np.int64]
    black: NDArray[np.bool_]
    new: NDArray[np.bool_]
    interval_s: NDArray[np.float64]
    kept: NDArray[np.bool_]


def frame_schedule(disturbances: Disturbances, seed: int, steps: int, dt_s: float = CAR_DT_S) -> FrameSchedule:
    """Return the schedule for the first ``steps`` steps of ``dt_s`` [s], the reset counted in, or some more."""
    length = _BLOCK
    while length < steps:
        length *= 2
    step = np.arange(length)
    taken = _taken(disturbances.frame_rate, seed, length, dt_s)
    if disturbances.drop is not None:
        taken &= uniform(seed, "drop", step) >= disturbances.drop.probability
    taken[0] = True
    stuck = _interrupted(disturbances.freeze, "freeze", seed, length, dt_s)
    dark = _interrupted(disturbances.blackout, "blackout", seed, length, dt_s)
    latency = disturbances.latency
    late = 0 if latency is None else min(math.floor(latency.delay_s / dt_s + 0.5), length - 1)
    frame = _delayed(np.maximum.accumulate(np.where(taken, step, 0)), late)
    kept = taken & ~stuck
    source = np.maximum.accumulate(np.where(kept, step, 0))[frame]
    new = np.concatenate([[True], np.diff(frame) > 0])
    times = frame[new]
    interval_s = np.diff(times, prepend=-1)[np.cumsum(new) - 1] * dt_s
    found = FrameSchedule(source, dark[frame], new, interval_s, kept)
    for array in found:
        array.setflags(write=False)
    return found


def _taken(rate: FrameRate | None, seed: int, length: int, dt_s: float) -> NDArray[np.bool_]:
    """At which steps (T,) the camera takes a frame."""
    if rate is None:
        return np.ones(length, np.bool_)
    number = np.arange(1, math.ceil(length * dt_s * rate.hz) + 2)
    times = (number + rate.jitter * (uniform(seed, "frame_rate", number) - 0.5)) / rate.hz
    at = np.ceil(times / dt_s - 1e-6).astype(np.int64)
    taken = np.zeros(length, np.bool_)
    taken[at[at < length]] = True
    return taken


def _interrupted(kind: Blackout | Freeze | None, stream: str, seed: int, length: int, dt_s: float) -> NDArray[np.bool_]:
    """Tell in which steps (T,) an interruption is going on; the frame of the reset is not among them."""
    if kind is None:
        return np.zeros(length, np.bool_)
    period, lasts = kind.period_s / dt_s, math.floor(kind.duration_s / dt_s + 0.5)
    first = 1 + int(uniform(seed, stream, 0)[0] * period)
    begins = first + np.floor(np.arange(math.ceil(length / period) + 1) * period + 0.5).astype(np.int64)
    step = np.arange(length)
    latest = np.searchsorted(begins, step, side="right") - 1
    return np.asarray((latest >= 0) & (step < begins[np.maximum(latest, 0)] + lasts))


def _delayed(values: NDArray[np.int64], steps: int) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(steps, np.int64), values[: len(values) - steps]])
