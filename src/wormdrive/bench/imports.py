"""What it costs to import Wormdrive, and what an installation takes on the disk, by extra.

Each import is timed in a process of its own, whose start is not counted. An installation is a package with all that
it requires, as the metadata that lie here say; what is not installed here is named and has no size.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from wormdrive.envs.common.extras import needs_extra

__all__ = ["IMPORTS", "bench_imports", "installed_sizes"]

IMPORTS: Final = MappingProxyType(
    {
        "numpy alone": "import numpy",
        "torch alone": "import torch",
        "wormdrive": "import wormdrive",
        "wormdrive.read_map": "import wormdrive; wormdrive.read_map",
        "wormdrive.LTC": "import wormdrive; wormdrive.LTC",
        "wormdrive.nn": "import wormdrive; wormdrive.nn",
        "wormdrive.LaneKeepingEnv": "import wormdrive; wormdrive.LaneKeepingEnv",
        "wormdrive.train": "import wormdrive; wormdrive.train",
        "wormdrive.evaluate": "import wormdrive; wormdrive.evaluate",
        "wormdrive.CarlaServer": "import wormdrive; wormdrive.CarlaServer",
        "wormdrive --help": "from wormdrive.cli.main import app",
    }
)
"""What is timed, by name."""
_TIMED: Final = """
import time
began = time.process_time()
{code}
spent = time.process_time() - began
import sys
print(spent, len(sys.modules))
"""
_MIB: Final = 2.0**20
_MS: Final = 1000.0


def bench_imports(*, rounds: int = 5, progress: Callable[[str], None] | None = None) -> dict[str, Any]:
    """Time every import, and add up what is installed.

    Returns
    -------
    dict
        ``import_ms``, processor time, medians over rounds, after one that warms the disk's cache; ``modules``, how many
        are loaded then; ``installed_mib`` of what a bare install brings, and of what each extra adds to it;
        ``packages``, how many these are; ``not_installed``, what is missing here and in no sum.
    """
    taken: dict[str, list[float]] = {name: [] for name in IMPORTS}
    modules: dict[str, int] = {}
    for turn in range(rounds + 1):
        for name, code in IMPORTS.items():
            if progress is not None:
                progress(f"{name}: {'warming up' if not turn else f'round {turn} of {rounds}'}")
            spent, modules[name] = _timed(code)
            if turn:
                taken[name].append(spent)
    sizes = installed_sizes()
    return {
        "import_ms": {name: _MS * statistics.median(spent) for name, spent in taken.items()},
        "modules": modules,
        "installed_mib": {name: size for name, (size, _) in sizes.items()},
        "packages": {name: len(packages) for name, (_, packages) in sizes.items()},
        "not_installed": sorted({name for _, packages in sizes.values() for name in packages if _size(name) < 0}),
    }


def _timed(code: str) -> tuple[float, int]:
    done = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-c", _TIMED.format(code=code)], capture_output=True, text=True, check=True
    )
    spent, modules = done.stdout.split()
    return float(spent), int(modules)


def installed_sizes(distribution: str = "wormdrive") -> dict[str, tuple[float, list[str]]]:
    """Return what a bare install brings, under ``wormdrive``, and what each extra adds to it: size [MiB] and packages.

    Raises
    ------
    MissingPackageError
        ``packaging``, which reads requirements, is not installed.
    """
    bare = _closure(distribution, "")
    sizes = {distribution: bare}
    for extra in sorted(metadata.metadata(distribution).get_all("Provides-Extra") or []):
        sizes[extra] = _closure(distribution, extra) - bare
    return {
        name: (sum(max(_size(package), 0) for package in packages) / _MIB, sorted(packages))
        for name, packages in sizes.items()
    }


def _closure(distribution: str, extra: str) -> set[str]:
    """Collect the packages that a distribution requires, with those they require, but for itself."""
    found: set[tuple[str, str]] = set()
    left = [(_normal(distribution), ""), (_normal(distribution), extra)]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += _required(*one)
    return {name for name, _ in found} - {_normal(distribution)}


def _required(name: str, extra: str) -> Iterable[tuple[str, str]]:
    with needs_extra("bench"):
        from packaging.requirements import Requirement
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield _normal(requirement.name), ""
            yield from ((_normal(requirement.name), wanted) for wanted in requirement.extras)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _size(package: str) -> int:
    """Bytes of a package's files; -1 for one that is not installed."""
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        return -1
    places = [Path(str(file.locate())) for file in files]
    return sum(place.stat().st_size for place in places if place.is_file())
