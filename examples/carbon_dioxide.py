"""A measured series: tell what the station on Mauna Loa will report next, a week or months after its last report.

The data are real: carbon dioxide in the air, weekly from 1958 to 2001, which come with statsmodels (``pip install
statsmodels``); 59 weeks are missing, up to 18 of them in a row. Models train on the years to 1984 and are tested on
those from 1985 on, when there is more of it than ever before and it grows faster. Besides the record's own gaps some
reports are left out. At each report the models see the one before it, the season of that, and the time that has passed
since; they tell by how much the air has changed. A curve fitted to the years to 1984 by least squares (a parabola and
two waves a year) shows how far one gets without any network.

    python examples/carbon_dioxide.py

Root of the mean squared error [parts in a million], mean of three seeds, least to greatest in brackets:

                   every week              silences to 12 weeks    13 to 26 weeks
    no learning    0.521                   1.046                   1.670
    least squares  0.435                   0.473                   0.517
    CfC            0.392 (0.389 to 0.396)  0.440 (0.437 to 0.444)  0.910 (0.848 to 0.947)
    LTC            0.601 (0.537 to 0.654)  0.577 (0.560 to 0.607)  1.492 (1.316 to 1.605)
    GRU            0.383 (0.381 to 0.384)  0.445 (0.441 to 0.451)  0.976 (0.919 to 1.076)

So CfC and GRU are level (every week the GRU is 2 % ahead) and better than the curve by a tenth where silences are none,
or as in training; the LTC is worse than the curve everywhere, and every week worse than no learning. After silences
longer than were ever seen the curve, which knows that a year comes back, is far ahead of all networks. Learning rates
are those of the weather station, not chosen for this series.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from contest import Stream, Task, next_change, rms_of_later_half, run
from numpy.typing import NDArray
from statsmodels.datasets import co2

REPORTS = 48
FIRST_TESTED = np.datetime64("1985-01-01")
RADIANS_A_WEEK = 2.0 * np.pi * 7.0 / 365.2425
"""Season that passes in a week; a year is 2 pi."""
UNIT_WEEKS = 12.0
"""What counts as elapsed = 1 [weeks]."""
SPREAD_PPM = 3.0
"""By which inputs and targets are divided [parts in a million]."""


class Reports(NamedTuple):
    """In which ``week`` (from 1958 on) there was how much carbon dioxide, ``ppm``: two arrays of one shape."""

    week: NDArray[np.int64]
    ppm: NDArray[np.float64]


def measured() -> tuple[Reports, Reports]:
    """Return what was reported in the years to train on, and in those to test on."""
    series = co2.load_pandas().data["co2"]
    week, ppm = np.arange(len(series)), series.to_numpy()
    tested = series.index >= FIRST_TESTED
    early, late = (np.isfinite(ppm) & years for years in (~tested, tested))
    return Reports(week[early], ppm[early]), Reports(week[late], ppm[late])


def pieces(record: Reports, silence_weeks: tuple[int, int] | None, count: int, seed: int) -> Reports:
    """Take pieces (count, REPORTS + 1) from a record: all of its reports, or one in six after a silence."""
    rng = np.random.default_rng(seed)
    steps = np.ones((count, REPORTS), np.int64)
    if silence_weeks is not None:
        silence = rng.integers(*silence_weeks, steps.shape, endpoint=True)
        steps = np.where(rng.random(steps.shape) < 1 / 6, silence, steps)
    # Weeks that are missing put off reports by so many at most: every piece ends within the record.
    missing = int(record.week[-1] - record.week[0]) + 1 - len(record.week)
    at = np.empty((count, REPORTS + 1), np.int64)
    start = rng.integers(record.week[0], record.week[-1] - steps.sum(1) - missing)
    at[:, 0] = np.searchsorted(record.week, start)
    for k in range(REPORTS):
        at[:, k + 1] = np.searchsorted(record.week, record.week[at[:, k]] + steps[:, k])
    return Reports(record.week[at], record.ppm[at])


def stream(piece: Reports) -> Stream:
    """Count each piece from its first report on."""
    values = (piece.ppm - piece.ppm[:, :1]) / SPREAD_PPM
    return next_change(values, RADIANS_A_WEEK * piece.week, np.diff(piece.week, axis=1) / UNIT_WEEKS)


def curve(week: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the terms of a parabola and of two waves a year, (...) -> (..., 7)."""
    season = RADIANS_A_WEEK * week
    waves = [wave(k * season) for k in (1, 2) for wave in (np.cos, np.sin)]
    return np.stack([np.ones(week.shape), week / 1e3, (week / 1e3) ** 2, *waves], -1)


def rms_ppm(outputs: torch.Tensor, target: torch.Tensor) -> float:
    """Root of the mean squared error [parts in a million], over the second half of each series."""
    return SPREAD_PPM * rms_of_later_half(outputs, target)


def task(small: bool) -> Task:
    """Train with silences of up to a quarter of a year; test on those, on none, and on longer ones than ever seen."""
    train, test = (64, 32) if small else (1024, 512)
    early, late = measured()
    known = pieces(early, (4, 12), train, 0)
    tested = {
        "every week": pieces(late, None, test, 1),
        "silences to 12 weeks": pieces(late, (4, 12), test, 2),
        "13 to 26 weeks": pieces(late, (13, 26), test, 3),
    }
    tests = {name: stream(piece) for name, piece in tested.items()}
    fitted = np.linalg.lstsq(curve(early.week), early.ppm, rcond=None)[0]
    told = {name: torch.tensor(np.diff(curve(piece.week) @ fitted / SPREAD_PPM)) for name, piece in tested.items()}
    return Task(
        train=stream(known),
        tests=tests,
        outputs=1,
        loss=lambda outputs, target: (outputs[..., 0] - target).square().mean(),
        score=rms_ppm,
        unit="ppm",
        without={name: rms_ppm(torch.zeros(()).expand(1, REPORTS, 1), s.target) for name, s in tests.items()},
        rates={"CfC": 0.01, "LTC": 0.03, "GRU": 0.01},
        others={"least squares": {name: rms_ppm(told[name].unsqueeze(-1), s.target) for name, s in tests.items()}},
    )


if __name__ == "__main__":
    run(task, "What will Mauna Loa report next, after irregular silences?", steps=700)
