"""Recordings lie in one folder, which holds no more than it may, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.recorder import folder as folders
from wormdrive.carla_server.recorder import format as numbers
from wormdrive.carla_server.recorder.folder import RecordingsFolder, default_folder
from wormdrive.envs.common.errors import ArgumentError


def test_names_lead_nowhere_else(tmp_path: Path) -> None:
    home = tmp_path / "recordings"
    folder = RecordingsFolder(home)
    (tmp_path / "secret.log").write_text("secret")
    assert folder.for_writing("a.log")[0] == home / "a.log"
    (home / "inner").mkdir()
    (home / "out").symlink_to(tmp_path)
    (home / "link.log").symlink_to(tmp_path / "secret.log")
    (home / "loop.log").symlink_to(home / "loop.log")
    for name in (
        "../secret.log", "..", ".", "", "/", str(tmp_path / "secret.log"), f"{home}/../secret.log", "inner/a.log",
        "C:\\a.log", "a\\b.log", "a:b", "a\0b", "a\nb", ".hidden", str(home), f"{home}/out/secret.log", "link.log",
        "loop.log", "x" * 300, f"{home}/.a.log.1.part", "/etc/passwd", "~/a.log", "//etc/passwd",
    ):  # fmt: skip
        for use in (folder.for_reading, folder.for_writing):
            with pytest.raises(
                RequestError, match=r"allowed are names|no such recording|allowed is the name"
            ) as caught:
                use(name)  # type: ignore[operator]
            assert str(home) in str(caught.value)
    assert (tmp_path / "secret.log").read_text() == "secret"
    for name in (str(home / "b.log"), str(home / "inner" / "b.log")):
        assert folder.for_writing(name)[0] == Path(name)
        Path(name).write_text("x")
        assert folder.for_reading(name) == Path(name)
    with pytest.raises(RequestError, match="in a folder that exists"):
        folder.for_writing(str(home / "no" / "a.log"))


def test_a_folder_holds_no_more_than_allowed(tmp_path: Path) -> None:
    folder = RecordingsFolder(tmp_path)
    assert folder.for_writing("a.log")[1] == numbers.MAX_BYTES
    with (tmp_path / "old.log").open("wb") as file:
        file.truncate(numbers.MAX_FOLDER_BYTES - 2**21)  # sparse
    assert folder.for_writing("a.log")[1] == 2**21
    with (tmp_path / "old.log").open("r+b") as file:
        file.truncate(numbers.MAX_FOLDER_BYTES)
    with pytest.raises(RequestError, match="take some away"):
        folder.for_writing("a.log")


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RecordingsFolder(tmp_path)
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda path: SimpleNamespace(free=4096))
    with pytest.raises(RequestError) as caught:
        folder.for_writing("a.log")
    assert str(caught.value) == (
        f"{tmp_path / 'a.log'}: 4096 bytes are free on the disk of {tmp_path}; needed are {2**20}"
    )


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = RecordingsFolder(tmp_path / "file" / "inner")
    with pytest.raises(RequestError, match="the folder of recordings cannot be used"):
        folder.for_writing("a.log")
    with pytest.raises(ArgumentError) as caught:
        folder.make()
    assert str(caught.value).startswith(f"recordings={folder.path}: cannot be made or written into: Not a directory")
    RecordingsFolder(tmp_path / "new" / "inner").make()
    assert not list((tmp_path / "new" / "inner").iterdir())


def test_by_default_recordings_are_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "wormdrive" / "recordings"
    assert RecordingsFolder().path == default_folder()
    assert not (tmp_path / "wormdrive").exists()  # made when it is written to
