"""How the kernels of the cameras are compiled: with ``vector_width``, the place that touches numba's internals.

Two kinds of function:

* ``kernel``: a leaf loop over pixels. Its array arguments must not overlap; LLVM is told so (``noalias``), without
  which it neither vectorises gathers nor keeps values in registers (2-3 times slower). numba has the flag but does
  not offer it to users, hence the mapping below; where a version of numba lacks it, kernels still compile, only slower.
* ``glue``: what calls kernels; arguments may overlap.

A small function that loops over pixels share takes numbers, not arrays: numba counts references to an array that is
handed on, which keeps LLVM from vectorising the loop (5 % of a picture, where the texels of shadows were fetched so).

Machine code is cached on disk by the content of the sources that it was made from. numba's own cache looks at the
calling file alone, so that a change in a callee would go unnoticed, and it wants to write beside the sources, which an
installed package may forbid.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import numba
from numba.core import caching
from numba.core.cpu import CPUTargetOptions
from numba.core.options import TargetOptions

from wormdrive.envs.common.cache_folder import cache_folder, tell_unwritable
from wormdrive.envs.common.preparation_notice import watch_compilation
from wormdrive.envs.rendering.kernels.vector_width import WIDEST, WidestVectors

__all__ = ["HAS_NOALIAS", "NUMBA_TESTED", "glue", "kernel"]

watch_compilation()

NUMBA_TESTED: Final = ((0, 61), (0, 68))
"""First and last minor version of numba with which the internals below were tried."""

_RENDERING: Final = Path(__file__).resolve().parents[1]
_CONSTANTS: Final = (
    "seasons/appearance.py",
    "seasons/art/layout.py",
    "seasons/art/litter.py",
    "seasons/art/mips.py",
    "simulation/road_table.py",
    "simulation/cruise_control.py",
    "simulation/semantic_labels.py",
    "roads/route.py",
)
"""Files under ``envs``, outside of ``rendering``, whose constants are compiled into kernels; a test holds the list."""

_OPTIONS: Final = {"forceinline": True, "fastmath": True, "nogil": True, "error_model": "numpy"}


def _offer_noalias() -> bool:
    version = tuple(int(part) for part in numba.__version__.split(".")[:2])
    if not NUMBA_TESTED[0] <= version <= NUMBA_TESTED[1]:
        logging.getLogger(__name__).warning("numba %s is untried: the camera may be slower", numba.__version__)
    try:
        CPUTargetOptions.noalias = TargetOptions.Mapping("noalias")
        numba.njit(noalias=True)
    except (AttributeError, KeyError, TypeError):
        return False
    return True


HAS_NOALIAS: Final = _offer_noalias()
"""Whether this numba lets kernels promise that their arguments do not overlap."""


@cache
def _digest(directory: Path) -> str:
    envs = _RENDERING.parent
    sources = sorted({*directory.glob("*.py"), *_RENDERING.rglob("*.py"), *(envs / name for name in _CONSTANTS)})
    content = hashlib.sha256(numba.__version__.encode())
    for source in sources:
        content.update(source.name.encode() + b"\0" + source.read_bytes())
    return content.hexdigest()[:20]


def _dotted(folder: Path) -> str:
    """Return the way to a folder from the one that holds ``envs``, or in full: no other folder has the same."""
    above = _RENDERING.parents[1]
    way = folder.relative_to(above) if folder.is_relative_to(above) else folder
    return way.as_posix().replace("/", ".").replace(":", "")


class _Locator(caching._CacheLocator):  # type: ignore[misc]
    """Puts machine code under Wormdrive's cache, in a folder named after the content of the sources."""

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        source = Path(file).resolve()
        # numba names files after module and function alone, and all land in one folder
        self._place = f"{_dotted(source.parent)}-{function.__code__.co_firstlineno}"
        self._stamp = _digest(source.parent)

    def get_cache_path(self) -> str:
        return str(cache_folder() / "kernels" / self._stamp)

    def get_source_stamp(self) -> str:
        return self._stamp

    def get_disambiguator(self) -> str:
        return self._place

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> _Locator | None:
        try:
            locator = cls(function, file)
            locator.ensure_cache_path()
        except OSError as error:
            tell_unwritable(error)
            return None
        return locator


class _CacheFiles(caching.CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = (_Locator,)  # none of numba's own: they look at one file only


class _Cache(caching.FunctionCache):  # type: ignore[misc]
    _impl_class = _CacheFiles

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep machine code; a disk that is full by now costs the next process its time, and this one nothing."""
        try:
            super().save_overload(signature, compiled)
        except OSError as error:
            tell_unwritable(error)


def _cached(function: Callable[..., Any], **options: bool) -> Any:
    pipeline = {"pipeline_class": WidestVectors} if WIDEST else {}
    dispatcher = numba.njit(**_OPTIONS, **options, **pipeline)(function)
    with contextlib.suppress(RuntimeError):  # nowhere to write, as has been said: compile anew in every process
        dispatcher._cache = _Cache(function)
    return dispatcher


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a leaf loop; its array arguments must not overlap."""
    return _cached(function, **({"noalias": True} if HAS_NOALIAS else {}))


def glue(function: Callable[..., Any]) -> Any:
    """Compile a function that calls kernels."""
    return _cached(function)
