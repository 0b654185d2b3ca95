"""Liquid networks for any sequence, called as those of ``ncps`` and torch: ``LTC``, ``CfC``, ``LRC``.

They stand on the cells and kernels of ``wormdrive.agents``; here is what sequences need: batches in either order or none,
elapsed times, lengths and masks, packed sequences, memory.
"""

from wormdrive.nn.cfc import CfC
from wormdrive.nn.ltc import LTC

__all__ = ["LTC", "CfC"]
