"""Along the road: where on a drive each neuron is how active, and how quick.

After Lechner, Hasani et al., *Neural circuit policies enabling auditable autonomy*, 2020, whose figure paints each
neuron's activity and its time constant ("coupling sensitivity") on the road that the car drives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.dynamics.time_constants import TimeConstants
from wormdrive.audit.traced_drive import TracedDrive

__all__ = ["AlongRoad", "along_road"]


@dataclass(frozen=True, eq=False)
class AlongRoad:
    """One drive of T frames on the map.

    Attributes
    ----------
    place:
        (T, 2) float64: x and y of the car in the map [m].
    activity:
        (T, A) float64: each neuron's activity, from 0 where it is least on this drive to 1 where it is greatest.
    time_constant:
        (T, N) float64: the same of the logarithms of the time constants; ``None`` for kinds without. Infinite ones
        count as the longest that ends.
    """

    place: NDArray[np.float64]
    activity: NDArray[np.float64]
    time_constant: NDArray[np.float64] | None


def along_road(drives: Sequence[TracedDrive], constants: Sequence[TimeConstants | None]) -> AlongRoad:
    """Return the drive that turns most; ``constants`` belong to the ``drives``, one each."""
    turned = [float(np.abs(np.diff(np.unwrap(drive.episode.state.heading_rad))).sum()) for drive in drives]
    most = int(np.argmax(turned))
    state, found = drives[most].episode.state, constants[most]
    return AlongRoad(
        np.stack([state.x_m, state.y_m], axis=1),
        _shares(drives[most].activity.astype(np.float64)),
        None if found is None else _shares(np.log(_ended(found.seconds))),
    )


def _ended(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    ends = np.isfinite(seconds)
    longest = np.max(seconds, axis=0, where=ends, initial=np.finfo(float).tiny)
    return np.asarray(np.where(ends, seconds, longest), np.float64)


def _shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each column from 0 to 1; one that never moves is 0."""
    range_ = np.ptp(values, axis=0)
    return np.asarray(
        np.divide(values - values.min(0), range_, out=np.zeros_like(values), where=range_ > 0), np.float64
    )
