"""Folders that several processes want at once: what each may find done between two of its own steps."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from wormdrive.scenarios import folder_lock
from wormdrive.scenarios.folder_lock import FolderInUseError, locked_folder, require_complete

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks on Windows")


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    folder, in_use = tmp_path / "new", "another wormdrive is writing into it"
    with locked_folder(folder), pytest.raises(FolderInUseError, match=in_use), locked_folder(folder):
        raise AssertionError
    with locked_folder(tmp_path / "new"):
        pass


def test_who_comes_too_late_leaves_an_empty_folder_to_its_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new"
    with locked_folder(folder):
        monkeypatch.setattr(folder_lock, "_make", lambda asked: [asked])  # both saw that it was not there
        with pytest.raises(FolderInUseError), locked_folder(folder):
            raise AssertionError
        assert folder.is_dir()


@pytest.mark.parametrize("again", [False, True])
def test_a_folder_that_its_holder_has_moved_meanwhile_is_not_taken_for_it(
    again: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new"
    lock = folder_lock.lock

    def moved_before(opened: int, *, shared: bool) -> bool:
        assert not shared
        folder.rename(tmp_path / "moved")
        if again:
            folder.mkdir()
        return lock(opened)

    monkeypatch.setattr(folder_lock, "lock", moved_before)
    with pytest.raises(FolderInUseError), locked_folder(folder):
        raise AssertionError
    assert (tmp_path / "moved").is_dir()
    assert folder.is_dir() == again


def test_a_folder_that_is_gone_before_it_is_opened_is_somebody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_lock, "_make", lambda asked: [])
    with pytest.raises(FolderInUseError), locked_folder(tmp_path / "gone"):
        raise AssertionError


def test_what_was_made_goes_again_after_an_error_unless_something_was_written(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), locked_folder(tmp_path / "a" / "b"):
        raise KeyboardInterrupt
    assert not (tmp_path / "a").exists()

    def half(folder: Path) -> None:
        with locked_folder(folder):
            (folder / "half").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "half").exists()


def test_what_is_still_written_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "recorded"
    with locked_folder(folder), pytest.raises(FolderInUseError, match="another wormdrive is writing into it"):
        require_complete(folder)
    require_complete(folder)
    require_complete(tmp_path / "nothing")
    with locked_folder(folder):
        pass
