"""Extras: what is missing is named in a line with the command that brings it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from wormdrive.envs.common.errors import MissingPackageError, WormdriveError
from wormdrive.envs.common.extras import import_extra, needs_extra


def test_what_is_there_is_imported() -> None:
    with needs_extra("report"):
        import json
    assert json.loads("1") == 1


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingPackageError) as told, needs_extra("report", "which draws pages"):
        import jinja2.environment  # noqa: F401
    assert str(told.value) == "jinja2 is not installed: pip install 'wormdrive[report]' (which draws pages)"
    assert told.value.extra == "report"
    assert isinstance(told.value, WormdriveError)
    assert isinstance(told.value, ImportError)


def test_one_that_cannot_be_loaded_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_a_package.py").write_text(
        "raise ImportError('libGL.so.1: cannot open\\nshared object', name='half_a_package')"
    )
    monkeypatch.syspath_prepend(tmp_path)
    said = r"^half_a_package cannot be loaded \(libGL.so.1: cannot open shared object\): pip"
    with pytest.raises(MissingPackageError, match=said), needs_extra("viewer"):
        import half_a_package  # type: ignore[import-not-found]  # noqa: F401


def test_a_fault_of_our_own_is_no_missing_package() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"wormdrive\.nowhere") as told, needs_extra("viewer"):
        import wormdrive.nowhere  # type: ignore[import-not-found]  # noqa: F401
    assert not isinstance(told.value, MissingPackageError)


def test_other_errors_pass() -> None:
    with pytest.raises(ZeroDivisionError), needs_extra("viewer"):
        _ = 1 / 0


def test_a_module_by_its_name() -> None:
    assert import_extra("json.decoder", "sb3") is sys.modules["json.decoder"]
    with pytest.raises(MissingPackageError, match=r"^no_such is not installed: pip install 'wormdrive\[lerobot\]'$"):
        import_extra("no_such.module", "lerobot")
