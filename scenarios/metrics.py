"""Measures of a drive: pure functions of numbers and trajectories, each sample alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.scenarios.intervals import poisson_interval

__all__ = [
    "before_departure_m",
    "departure_index",
    "departures_per_km",
    "km_per_departure",
    "max_abs",
    "mean_abs",
    "percentile_abs",
    "share_beyond",
    "whiteness",
]

Array = NDArray[np.floating]


def departure_index(wheel_beyond_m: Array) -> int | None:
    """Return the first sample at which a wheel is beyond the lane's border; ``None`` if none is.

    ``wheel_beyond_m`` (T,) [m] as from ``wheel_departure.wheel_beyond``.
    """
    over = np.flatnonzero(wheel_beyond_m > 0.0)
    return int(over[0]) if over.size else None


def share_beyond(wheel_beyond_m: Array) -> float:
    """Return the share of the time with a wheel beyond the lane's border, 0 to 1."""
    return float((wheel_beyond_m > 0.0).mean()) if wheel_beyond_m.size else 0.0


def before_departure_m(station_m: Array, wheel_beyond_m: Array) -> float:
    """Return the distance driven until a wheel first left the lane [m].

    Where none did it is the whole distance driven, and censored: it would have gone on, nobody knows how far.
    """
    index = departure_index(wheel_beyond_m)
    return float(station_m[-1 if index is None else index] - station_m[0])


def departures_per_km(departures: int, distance_m: float) -> float:
    """First departures per kilometre driven before them; less than a metre counts as one, so that it stays finite.

    With ``distance_m`` from ``before_departure_m``, summed over drives, this is the maximum likelihood estimate of a
    constant rate from censored distances.
    """
    return departures / _km(distance_m)


def km_per_departure(departures: int, distance_m: float) -> tuple[float | None, tuple[float, float | None]]:
    """Return the kilometres driven per first departure, and their exact Poisson 95 % interval (``poisson_interval``).

    Arguments as of ``departures_per_km``. ``None`` is 'without bound': where there was no departure only the lower end
    is known.

    Examples
    --------
    >>> mean, (low, high) = km_per_departure(2, 8_000.0)
    >>> mean, round(low, 2), round(high, 2)
    (4.0, 1.11, 33.03)
    """
    fewest, most = poisson_interval(departures)
    km = _km(distance_m)
    return (km / departures if departures else None), (km / most, km / fewest if fewest > 0.0 else None)


def _km(distance_m: float) -> float:
    return max(distance_m, 1.0) / 1000.0


def mean_abs(values: Array) -> float:
    """Mean of |values|."""
    return float(np.abs(values).mean()) if values.size else 0.0


def max_abs(values: Array) -> float:
    """Largest |value|."""
    return float(np.abs(values).max()) if values.size else 0.0


def percentile_abs(values: Array, percent: float = 95.0) -> float:
    """Return the value that so many percent of |values| do not exceed, linear between two samples."""
    return float(np.percentile(np.abs(values), percent)) if values.size else 0.0


def whiteness(values: Array, dt_s: float) -> float:
    """Root mean square of the rate of change [unit of values / s] of a (T,) series sampled every ``dt_s``.

    Of a steering angle [deg] it is the whiteness of the steering [deg/s]: 0 is a fixed wheel, and lower is smoother.
    Source: Tampuu et al., *LiDAR-as-Camera for End-to-End Driving*, Sensors 23 (2023) 2845, who find on a real car that
    it goes with the distance between interventions. They take the steering wheel's angle, some 15 times the wheels'.
    """
    if values.size < 2:
        return 0.0
    rates = np.diff(values.astype(np.float64)) / dt_s
    return float(np.sqrt(np.mean(rates * rates)))
