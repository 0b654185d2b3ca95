"""Versions: of what a report was computed with, so that it can be made again."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

__all__ = ["versions"]

_PACKAGES: Final = ("wormdrive", "torch", "numpy", "numba", "opencv-python-headless")


def versions() -> list[tuple[str, str]]:
    """Return names and versions of Python and packages, and the kind of machine."""
    found = [("Python", platform.python_version())]
    for package in _PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            continue
    return [*found, ("machine", f"{platform.system()} {platform.machine()}")]
