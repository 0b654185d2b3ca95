"""Recordings are written aside, end where the disk does, and are never larger than allowed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wormdrive.carla_server.recorder.queries import blocked_text, collisions_text, info_text
from wormdrive.carla_server.recorder.reader import RecordingFile
from wormdrive.carla_server.recorder.writer import FullError, RecordingWriter

BODY = b"\xc8\x00\x10\x00\x00" + bytes(4096)
"""A packet of some size that readers pass over."""


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """The system refuses to make files larger, as a full disk does."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def fill(writer: RecordingWriter, frames: int) -> None:
    for _ in range(frames):
        writer.frame(0.1, BODY)


@pytest.mark.parametrize("frames", [3, 600])
def test_a_full_disk_leaves_the_frames_that_found_room(tmp_path: Path, frames: int) -> None:
    writer = RecordingWriter(tmp_path / "a.log", "suburb", 2**30)
    with small_files(10_000):
        if frames == 600:  # more than what is held in memory
            with pytest.raises(OSError, match="File too large"):
                fill(writer, frames)
        else:
            fill(writer, frames)
        with pytest.raises(OSError, match="File too large"):
            writer.finish()
    with RecordingFile(tmp_path / "a.log") as recording:
        assert len(recording) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["a.log"]


def test_a_recording_without_a_frame_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    RecordingWriter(path, "suburb", 2**30).finish()
    assert [each.name for each in tmp_path.iterdir()] == ["a.log"]
    with RecordingFile(path) as recording:
        assert (len(recording), recording.map_name, recording.total_s) == (0, "suburb", 0.0)
        for text in (
            info_text(recording, True),
            collisions_text(recording, "a", "a"),
            blocked_text(recording, 0.0, 1.0),
        ):
            assert "Map: suburb" in text
            assert text.endswith("Frames: 0\nDuration: 0 seconds\n")


def test_without_room_for_the_head_nothing_begins_and_nothing_stays(tmp_path: Path) -> None:
    with small_files(10), pytest.raises(OSError, match="File too large"):
        RecordingWriter(tmp_path / "a.log", "suburb", 2**30)
    assert not list(tmp_path.iterdir())
    RecordingWriter(tmp_path / "a.log", "suburb", 2**30).finish()  # the name is free


@pytest.mark.parametrize("older", [False, True])
def test_without_room_for_a_frame_an_older_recording_stays(tmp_path: Path, older: bool) -> None:
    path = tmp_path / "a.log"
    if older:
        writer = RecordingWriter(path, "suburb", 2**30)
        fill(writer, 2)
        writer.finish()
    writer = RecordingWriter(path, "town", 2**30)
    fill(writer, 2)
    with small_files(1000), pytest.raises(OSError, match="File too large"):
        writer.finish()
    with RecordingFile(path) as recording:
        assert (len(recording), recording.map_name) == ((2, "suburb") if older else (0, "town"))
    assert [each.name for each in tmp_path.iterdir()] == ["a.log"]


def test_a_recording_is_no_larger_than_allowed(tmp_path: Path) -> None:
    limit = 50_000
    writer = RecordingWriter(tmp_path / "a.log", "suburb", limit)
    with pytest.raises(FullError):
        fill(writer, 100)
    writer.finish()
    size = (tmp_path / "a.log").stat().st_size
    assert limit - 2 * len(BODY) < size <= limit
    with RecordingFile(tmp_path / "a.log") as recording:
        assert len(recording) == 12


def test_an_older_recording_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    for frames in (1, 2):
        writer = RecordingWriter(path, "suburb", 2**30)
        fill(writer, frames)
        if frames == 2:
            with RecordingFile(path) as old:
                assert len(old) == 1
        writer.finish()
    with RecordingFile(path) as new:
        assert len(new) == 2
