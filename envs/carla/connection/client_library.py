"""CARLA's client library, imported when it is needed: who drives embedded needs none."""

from __future__ import annotations

import sys
from typing import Any

from wormdrive.envs.common.errors import SimulatorError

__all__ = ["client_library"]


def client_library() -> Any:
    """Import ``carla``.

    Raises
    ------
    SimulatorError
        If it is not installed, or cannot be loaded here.
    """
    try:
        import carla
    except ImportError as error:
        here = f"Python {sys.version_info.major}.{sys.version_info.minor} on {sys.platform}"
        raise SimulatorError(
            f"simulator='carla': the client library cannot be imported ({error}); `pip install carla==0.9.16` has it "
            f"for Python 3.10 to 3.12 on Linux (x86-64) and Windows; this is {here}"
        ) from error
    return carla
