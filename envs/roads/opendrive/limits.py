"""What a map may hold at most: maps are untrusted, and reading one must end in bounded time and memory.

The largest maps of CARLA (Town12, Town13) have some 50 MB and 2,000 km of road; the limits lie above them.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "MAX_BYTES",
    "MAX_COEFFICIENT",
    "MAX_ELEMENTS",
    "MAX_LANES_PER_SECTION",
    "MAX_LANE_LENGTH_M",
    "MAX_LENGTH_M",
    "MAX_NUMBER",
    "MAX_PROBLEMS",
    "MAX_ROAD_LENGTH_M",
    "MAX_TURNING_RAD",
    "MAX_WIDTH_M",
]

MAX_BYTES: Final = 96 * 2**20
"""Size of the file."""
MAX_ELEMENTS: Final = 4_000_000
"""XML elements in the file."""
MAX_ROAD_LENGTH_M: Final = 100_000.0
"""Length of one road."""
MAX_LENGTH_M: Final = 5_000_000.0
"""Length of all roads together."""
MAX_LANES_PER_SECTION: Final = 256
MAX_NUMBER: Final = 1e9
"""Magnitude of a coordinate or other number."""
MAX_COEFFICIENT: Final = 1e30
"""Magnitude of a cubic's coefficient: files hold absurd ones that last for a nanometre. No sum of them overflows."""
MAX_LANE_LENGTH_M: Final = 20_000_000.0
"""Length of all lanes together."""
MAX_WIDTH_M: Final = 1_000.0
"""Width of one lane, and magnitude of a lane offset; wider ones are cut."""
MAX_TURNING_RAD: Final = 10_000.0
"""Angle through which one arc or spiral may turn."""
MAX_PROBLEMS: Final = 1_000
"""Non-fatal faults that are kept; later ones are counted only."""
