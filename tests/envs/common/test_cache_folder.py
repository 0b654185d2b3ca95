"""Cache folder: where it is, and the one line about one that cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wormdrive.envs.common import cache_folder
from wormdrive.envs.common.errors import ArgumentError


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/wormdrive"),
        ("linux", {}, "~/.cache/wormdrive"),
        ("darwin", {}, "~/Library/Caches/wormdrive"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/wormdrive/Cache"),
        ("linux", {"WORMDRIVE_CACHE": "/elsewhere"}, "/elsewhere"),
    ],
)
def test_cache_folder(monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: str) -> None:
    for name in ("WORMDRIVE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder.cache_folder() == Path(expected).expanduser()


def test_kernels_and_art_that_cannot_be_kept_are_told_of_in_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    code = (
        "import logging; logging.basicConfig(format='%(message)s');"
        "from wormdrive.envs.rendering.kernels.compilation import glue, kernel;"
        "from wormdrive.envs.seasons.art.art_cache import load_art;"
        "more = kernel(lambda x: x + 1); most = glue(lambda x: x + 2);"
        "load_art('winter', 7); print(more(1) + most(1))"
    )
    environment = {**os.environ, cache_folder.CACHE_VARIABLE: str(blocked)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "5\n"
    line, notice = done.stderr.splitlines()
    assert notice.startswith("baking the art of winter for this machine: ")
    assert line.startswith(f"nothing can be kept in the cache folder {blocked} (")


def test_a_disk_that_is_full_by_now_is_told_of_in_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cache_folder, "_told", [])
    for _ in range(3):
        cache_folder.tell_unwritable(OSError(28, "No space left on device"))
    assert caplog.text.count("(No space left on device)") == 1


@pytest.mark.parametrize(("setting", "expected"), [(None, 4 << 30), ("", 4 << 30), ("0", 0), ("0.5", 1 << 29)])
def test_room_for_frames(monkeypatch: pytest.MonkeyPatch, setting: str | None, expected: int) -> None:
    monkeypatch.delenv(cache_folder.FRAMES_VARIABLE, raising=False)
    if setting is not None:
        monkeypatch.setenv(cache_folder.FRAMES_VARIABLE, setting)
    assert cache_folder.most_frame_bytes() == expected


@pytest.mark.parametrize("setting", ["much", "-1", "nan", "inf"])
def test_room_for_frames_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv(cache_folder.FRAMES_VARIABLE, setting)
    with pytest.raises(ArgumentError, match=f"WORMDRIVE_FRAMES_GIB='{setting}': allowed is a number of GiB from 0"):
        cache_folder.most_frame_bytes()
