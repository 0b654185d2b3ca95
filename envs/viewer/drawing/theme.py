"""Theme: the cockpit's colours and sizes; calm by day, not blinding by night.

The signal colours are Okabe and Ito's, lightened for a dark ground, so that colour-blind people tell them apart.
"""

from __future__ import annotations

from typing import Final

__all__ = ["BACKGROUND", "BLUE", "EDGE", "FAINT", "GHOST", "GREEN", "HEIGHT", "INK", "MUTED", "ORANGE", "PANEL", "RED",
           "SUNKEN", "WOOD", "Colour"]  # fmt: skip

Colour = tuple[int, int, int]

HEIGHT: Final = 752
"""The window's height that all sizes in this room refer to [px]; a larger window enlarges them."""

BACKGROUND: Final[Colour] = (13, 16, 21)
PANEL: Final[Colour] = (21, 25, 32)
SUNKEN: Final[Colour] = (15, 18, 24)
EDGE: Final[Colour] = (38, 45, 56)
INK: Final[Colour] = (224, 230, 238)
MUTED: Final[Colour] = (133, 144, 160)
FAINT: Final[Colour] = (78, 88, 103)
GHOST: Final[Colour] = (150, 124, 190)
"""Another drive on the same road."""

BLUE: Final[Colour] = (96, 178, 240)
"""The network: what it sees, does and steers; what excites."""
ORANGE: Final[Colour] = (242, 169, 59)
"""The person; what inhibits."""
GREEN: Final[Colour] = (64, 190, 150)
RED: Final[Colour] = (232, 96, 78)
WOOD: Final[Colour] = (84, 108, 92)
"""Trees on a map."""
