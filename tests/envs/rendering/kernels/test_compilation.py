"""How kernels are compiled and cached."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba.core.caching import NullCache
from numba.core.dispatcher import Dispatcher

from wormdrive.envs import rendering
from wormdrive.envs.rendering.camera.ground.ground_texture import choose_level
from wormdrive.envs.rendering.kernels import compilation
from wormdrive.envs.rendering.kernels.compilation import HAS_NOALIAS, glue, kernel

ENVS = Path(compilation.__file__).resolve().parents[2]

ASK = (
    "import time; from wormdrive.envs.rendering.kernels.hashing import hash_pair; import numpy as np;"
    "began = time.perf_counter(); print(hash_pair(1, np.uint32(2)));"
    "print(len(hash_pair.stats.cache_hits), len(hash_pair.stats.cache_misses))"
)


def add(a, b, out):  # type: ignore[no-untyped-def]
    for i in range(len(a)):
        out[i] = a[i] + b[i]


def run(cache: Path) -> tuple[list[str], str]:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "WORMDRIVE_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[4],
    )
    return done.stdout.split(), done.stderr


def test_numba_lets_kernels_promise_that_arrays_do_not_overlap() -> None:
    assert HAS_NOALIAS, "without it, gathers are not vectorised: 2 to 3 times slower"
    promised, unsure = kernel(add), glue(add)
    arrays = [np.ones(100, np.float32) for _ in range(3)]
    for function in (promised, unsure):
        function._cache = NullCache()  # cached code cannot be looked at
        function(*arrays)
        assert (arrays[2] == 2.0).all()
    assert "vector.memcheck" in next(iter(unsure.inspect_llvm().values()))
    assert "vector.memcheck" not in next(iter(promised.inspect_llvm().values()))


def test_machine_code_is_kept_under_our_cache(tmp_path: Path) -> None:
    first, _ = run(tmp_path)
    assert first[1:] == ["0", "1"]
    folder = next((tmp_path / "kernels").iterdir())
    assert any(path.suffix == ".nbc" for path in folder.iterdir())
    second, _ = run(tmp_path)
    assert second == [first[0], "1", "0"]


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    found, told = run(blocked)
    assert found[1] == "0"
    assert "WORMDRIVE_CACHE" in told


def test_code_is_filed_by_the_content_of_all_sources_that_it_is_made_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text("one")
    before = compilation._digest.__wrapped__(tmp_path)
    assert compilation._digest.__wrapped__(tmp_path) == before
    (tmp_path / "a.py").write_text("two")
    assert compilation._digest.__wrapped__(tmp_path) != before
    assert choose_level._cache._impl.locator.get_source_stamp() == compilation._digest(
        Path(compilation.__file__).resolve().parent
    )


def imported(source: Path) -> dict[str, Path]:
    """Names that a module imports from ``envs``, and the files that they are imported from."""
    found = {}
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wormdrive.envs"):
            folder = ENVS.joinpath(*str(node.module).split(".")[2:])
            for name in node.names:
                inner = folder / f"{name.name}.py"
                found[name.asname or name.name] = inner if inner.is_file() else folder.with_suffix(".py")
    return found


def compiled_in(source: Path) -> set[str]:
    """Files outside of ``rendering`` whose constants a module of it hands to kernels, by their place in ``envs``.

    Kernels see every name that their own module imports; of another module they see what it makes of such names.
    """
    names = imported(source)
    if ENVS / "rendering" / "kernels" / "compilation.py" not in names.values():
        tree = ast.parse(source.read_text(encoding="utf-8"))
        assigned = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign) and node.value]
        used = {n.id for node in assigned for n in ast.walk(node.value) if isinstance(n, ast.Name)}  # type: ignore[arg-type]
        names = {name: file for name, file in names.items() if name in used}
    files = set()
    for name, file in names.items():
        while name and not file.is_relative_to(ENVS / "rendering"):
            files.add(file.relative_to(ENVS).as_posix())
            again = imported(file)  # a name that is passed on depends on where it comes from, too
            name, file = (name, again[name]) if name in again else ("", file)
    return files


def test_every_file_whose_constants_are_compiled_in_counts() -> None:
    found: set[str] = set().union(*(compiled_in(source) for source in (ENVS / "rendering").rglob("*.py")))
    assert found == set(compilation._CONSTANTS)


def test_no_two_kernels_share_a_file(tmp_path: Path) -> None:
    """Machine code of all modules lies in one folder, and numba names it after function and module alone."""
    modules = [
        importlib.import_module(m.name) for m in pkgutil.walk_packages(rendering.__path__, rendering.__name__ + ".")
    ]
    kernels = {d for module in modules for d in vars(module).values() if isinstance(d, Dispatcher)}
    assert len(kernels) > 100
    assert len({kernel._cache._impl.filename_base for kernel in kernels}) == len(kernels)
    places = set()
    for folder in (tmp_path / "one" / "ground", tmp_path / "other" / "ground"):
        folder.mkdir(parents=True)
        (folder / "twin.py").write_text("def same(x):\n    return x + 1\n")
        spec = importlib.util.spec_from_file_location("twin", folder / "twin.py")
        twin = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
        spec.loader.exec_module(twin)  # type: ignore[union-attr]
        places.add(compilation._Locator(twin.same, twin.__file__).get_disambiguator())
    assert len(places) == 2
