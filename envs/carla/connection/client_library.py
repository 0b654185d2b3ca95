"""CARLA's client library, imported when it is needed: who drives embedded needs none."""

from __future__ import annotations

import sys
from typing import Any

from wormdrive.envs.common.extras import needs_extra

__all__ = ["client_library"]


def client_library() -> Any:
    """Import ``carla``.

    Raises
    ------
    MissingPackageError
        If it is not installed, or cannot be loaded here.
    """
    here = f"Python {sys.version_info.major}.{sys.version_info.minor} on {sys.platform}"
    with needs_extra("carla", f"there is one for Python 3.10 to 3.12 on x86-64 Linux and Windows; this is {here}"):
        import carla
    return carla
