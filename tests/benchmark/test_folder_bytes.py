from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.benchmark.folder_bytes import read_folder, write_folder
from wormdrive.envs.common.errors import ArgumentError


def test_a_folder_comes_back_as_it_was_and_without_what_lay_there(tmp_path: Path) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "one").write_bytes(b"\x00\xff")
    (tmp_path / "a" / "deep" / "two").write_bytes(b"")
    files = read_folder(tmp_path / "a")
    assert list(files.items()) == [("deep/two", b""), ("one", b"\x00\xff")]
    (tmp_path / "b" / "old").mkdir(parents=True)
    (tmp_path / "b" / "old" / "three").write_text("old")
    (tmp_path / "b" / "link").symlink_to(tmp_path / "a")
    write_folder(tmp_path / "b", files)
    assert read_folder(tmp_path / "b") == files == read_folder(tmp_path / "a")
    assert not (tmp_path / "b" / "link").exists()


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", ""])
def test_nothing_is_written_outside_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="allowed is a path inside"):
        write_folder(tmp_path / "b", {"fine": b"", name: b""})
    assert list(tmp_path.iterdir()) == []
