"""What kernels in Triton share; imported only where there is Triton.

A program takes some cars through the whole sequence; their neurons stay in registers as a tile (cars, neurons). No
thread may write where another reads, so nothing is ever scattered: forward goes through the synapses of each *target*,
in turns, and gathers what their sources show; backward goes through those of each *source* and gathers what its
targets owe. ``cuda_layout`` deals the turns.
"""

from __future__ import annotations

import triton
import triton.language as tl

__all__ = ["shown"]


@triton.jit
def shown(tile, index, CARS: tl.constexpr, SIZE: tl.constexpr):  # type: ignore[no-untyped-def]
    """Columns ``index`` (SIZE,) of a tile (CARS, any)."""
    return tl.gather(tile, tl.broadcast_to(index[None, :], (CARS, SIZE)), 1)
