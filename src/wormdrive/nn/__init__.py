"""Liquid networks for any sequence, called as those of ``ncps`` and torch.

They stand on the cells and kernels of ``wormdrive.agents``; here is what sequences need: batches in either order or
none, elapsed times, lengths and masks, packed sequences, memory, layers, files.

====================  ================================================================================================
networks              ``LTC``, ``CfC``, ``LRC``; ``Stacked`` and ``Bidirectional`` of them
one sample at a time  ``LTCCell``, ``CfCCell``, ``WiredCfCCell``
ncps                  ``from_ncps``, ``to_ncps``, ``ncps_state_dict``, ``load_ncps_state_dict``: weights in and out
files                 ``save`` and ``load``, which are methods, too; ``to_onnx`` and ``to_c`` are methods
====================  ================================================================================================
"""

from wormdrive.nn.cfc import CfC
from wormdrive.nn.lrc import LRC
from wormdrive.nn.ltc import LTC
from wormdrive.nn.ncps_weights import from_ncps, load_ncps_state_dict, ncps_state_dict, to_ncps
from wormdrive.nn.stacked import Bidirectional, Stacked
from wormdrive.nn.step_cells import CfCCell, LTCCell, WiredCfCCell
from wormdrive.nn.storage import load, save

__all__ = [
    "LRC",
    "LTC",
    "Bidirectional",
    "CfC",
    "CfCCell",
    "LTCCell",
    "Stacked",
    "WiredCfCCell",
    "from_ncps",
    "load",
    "load_ncps_state_dict",
    "ncps_state_dict",
    "save",
    "to_ncps",
]
