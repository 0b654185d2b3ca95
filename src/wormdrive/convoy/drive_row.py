"""Drive row: how one convoy's drive went, as a line of a table."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.writing import write_csv

__all__ = ["ConvoyRow", "measure", "read_rows", "write_rows"]

SETTLED_S: Final = 3.0
"""What is measured of gaps and speeds begins here: convoys start with gaps that are somewhat wrong."""


@dataclass(frozen=True)
class ConvoyRow:
    """One drive of one convoy.

    ``end_reason`` as in ``CONVOY_END_REASONS``; ``success``: none of the followers left its lane, ran into a car or
    lost it; ``driven_s`` [s]; ``gap_error_m``: mean over followers and time of the absolute error [m]; ``least_gap_m``
    [m]; ``offset_m``: mean absolute distance from the lane's centre [m]; ``first_variance``, ``last_variance``: of the
    first and the last car's speed [m²/s²].
    """

    model: str
    seed: int
    condition: str
    route: int
    profile: str
    end_reason: str
    success: int
    driven_s: float
    gap_error_m: float
    least_gap_m: float
    offset_m: float
    first_variance: float
    last_variance: float


def measure(
    speed_mps: NDArray[np.float64],
    gap_m: NDArray[np.float64],
    gap_error_m: NDArray[np.float64],
    offset_m: NDArray[np.float64],
    dt_s: float,
) -> dict[str, float]:
    """Return the measured columns of a drive: speeds (T, N), gaps, errors and offsets (T, N - 1), to its end."""
    first = min(round(SETTLED_S / dt_s), len(speed_mps) - 1)
    variance = speed_mps[first:].var(axis=0)
    found = {
        "driven_s": (len(speed_mps) - 1) * dt_s,
        "gap_error_m": np.abs(gap_error_m[first:]).mean(),
        "least_gap_m": gap_m.min(),
        "offset_m": np.abs(offset_m).mean(),
        "first_variance": variance[0],
        "last_variance": variance[-1],
    }
    return {name: round(float(value), 4) for name, value in found.items()}


def write_rows(path: Path, rows: Sequence[ConvoyRow]) -> None:
    """Write a table as CSV."""
    write_csv(path, [field.name for field in fields(ConvoyRow)], map(astuple, rows))


def read_rows(path: Path) -> list[ConvoyRow]:
    """Read a table.

    Raises
    ------
    ArgumentError
        If it cannot be read, or is none.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(_parsed(csv.DictReader(file)))
    except OSError as error:
        raise ArgumentError(f"{path}: cannot be read: {error.strerror}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ArgumentError(f"{path}: no table of convoys' drives ({error})") from error


def _parsed(lines: Iterable[dict[str, str]]) -> Iterable[ConvoyRow]:
    kinds = {"str": str, "int": int, "float": float}
    for line in lines:
        yield ConvoyRow(**{field.name: kinds[str(field.type)](line[field.name]) for field in fields(ConvoyRow)})
