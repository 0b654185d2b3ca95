"""How kernels are compiled and cached."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba.core.caching import NullCache

from wormdrive.envs.rendering.camera.ground.ground_texture import choose_level
from wormdrive.envs.rendering.kernels import compilation
from wormdrive.envs.rendering.kernels.compilation import HAS_NOALIAS, glue, kernel

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
