"""History: what a drive or flight was like so far, as the charts and the map show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.simulation.observation import VehicleState

__all__ = ["DRIVE_COLUMNS", "DriveHistory", "History", "place_of"]

_COMMON: Final = ("time_s", "speed_mps", "x_m", "y_m", "heading_rad", "person")
DRIVE_COLUMNS: Final = ("station_m", "offset_m", "heading_error_rad", "curvature", "steer")


class History:
    """Samples, one a step.

    Columns of every history (``history["speed_mps"]``, arrays (T,) float64): ``time_s`` [s] since the start,
    ``speed_mps`` [m/s], ``x_m``, ``y_m`` [m], ``heading_rad`` [rad], and ``person``: the person's share of what is
    done, 0 to 1.

    Parameters
    ----------
    columns:
        What a task has beyond these.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = (*_COMMON, *columns)
        self._data: NDArray[np.float64] = np.zeros((len(self._columns), 512))
        self._length = 0

    def __len__(self) -> int:
        """Return the number of samples T."""
        return self._length

    def __getitem__(self, column: str) -> NDArray[np.float64]:
        """Return a column (T,); it is a view and grows no longer."""
        return self._data[self._columns.index(column), : self._length]

    def append(self, **values: float) -> None:
        """Add a sample: a value for every column."""
        if self._length == self._data.shape[1]:
            self._data = np.pad(self._data, ((0, 0), (0, self._length)))
        self._data[:, self._length] = [values[name] for name in self._columns]
        self._length += 1


class DriveHistory(History):
    """Of a drive along a road.

    Beyond those of every history: ``station_m`` [m] along the road, ``offset_m`` [m] left of the lane's centre,
    ``heading_error_rad`` [rad], ``curvature`` [1/m] of the lane, ``steer`` in [-1, 1] (+1 full right).
    """

    def __init__(self) -> None:
        super().__init__(DRIVE_COLUMNS)

    @classmethod
    def of(cls, **columns: NDArray[np.float64]) -> DriveHistory:
        """Make a history of whole columns (T,)."""
        history = cls()
        history._data = np.stack([np.asarray(columns[name], np.float64) for name in history._columns])
        history._length = history._data.shape[1]
        return history


def place_of(state: VehicleState, index: int = 0) -> dict[str, float]:
    """Return the columns of a drive's history that follow from a vehicle's state."""
    return {
        "station_m": float(state.station_m[index]),
        "offset_m": float(state.lateral_offset_m[index]),
        "heading_error_rad": float(state.heading_error_rad[index]),
        "curvature": float(state.curvature[index]),
        "speed_mps": float(state.speed_mps[index]),
        "x_m": float(state.x_m[index]),
        "y_m": float(state.y_m[index]),
        "heading_rad": float(state.heading_rad[index]),
    }
