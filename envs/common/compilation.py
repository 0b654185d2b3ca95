"""How the kernels are compiled: on first call, kept on disk where the disk allows."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numba

from wormdrive.envs.common import simd

__all__ = ["jit", "lanes_digest"]


def jit(function: Any, **options: Any) -> Any:
    """Compile on first call and keep the machine code on disk, where the disk allows."""
    options = {"nogil": True, "error_model": "numpy", **options}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        return numba.njit(**options)(function)


def lanes_digest() -> str:
    """SHA-256 of the lanes' file, for kernels to depend on: numba's cache looks at a kernel's own file only."""
    return hashlib.sha256(Path(simd.__file__).read_bytes()).hexdigest()
