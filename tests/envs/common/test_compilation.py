from __future__ import annotations

from types import SimpleNamespace

import numba
import pytest

from wormdrive.envs.common import compilation


def test_kernels_compile_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_disk(*_: object, cache: bool = False, **options: object) -> object:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return numba.njit(**options)

    monkeypatch.setattr(compilation, "numba", SimpleNamespace(njit=without_disk))
    assert compilation.jit(lambda x: x + 1)(2) == 3
