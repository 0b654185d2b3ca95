"""How the kernels are compiled: on first call, kept on disk where the disk allows."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numba

from wormdrive.envs.common import simd, simd_functions
from wormdrive.envs.common.preparation_notice import watch_compilation

__all__ = ["inner", "jit", "sources_digest"]

watch_compilation()

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def jit(function: Any, **options: Any) -> Any:
    """Compile on first call and keep the machine code on disk, where the disk allows."""
    options = {**_OPTIONS, **options}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        return numba.njit(**options)(function)


def inner(function: Any) -> Any:
    """Compile a function that kernels call; its machine code is kept as part of theirs only, so it is never stale."""
    return numba.njit(forceinline=True, **_OPTIONS)(function)


def sources_digest(*modules: ModuleType) -> str:
    """SHA-256 of the lanes' files and the modules', for kernels to depend on: numba's cache looks at their own only."""
    files = [Path(str(module.__file__)) for module in (simd, simd_functions, *modules)] + [Path(__file__)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
