"""Spacing: how far behind the car ahead a follower wants to drive.

A constant time gap: without it, a convoy whose cars see nothing but the car ahead amplifies every change of speed
(D. Swaroop and J. K. Hedrick, *String stability of interconnected systems*, IEEE TAC 41, 349, 1996; R. Rajamani,
*Vehicle Dynamics and Control*, 2nd ed. 2012, ch. 6).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["LOST_M", "STANDSTILL_M", "TIME_GAP_S", "wanted_gap"]

STANDSTILL_M: Final = 4.0
"""From bumper to bumper, where all stand [m]."""
TIME_GAP_S: Final = 1.0
"""How much the gap grows with one's own speed [s]."""
LOST_M: Final = 60.0
"""Who falls back farther than this has lost the car ahead [m]."""


def wanted_gap(speed_mps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gap from bumper to bumper [m] that a follower wants at its own speed [m/s]."""
    return np.asarray(STANDSTILL_M + TIME_GAP_S * speed_mps)
