"""One name is recorded by one server at a time, and what a killed one leaves stops nobody."""

from __future__ import annotations

import subprocess
import sys
from io import FileIO
from pathlib import Path

import pytest

from tests.support.carla_server import ROOT
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.recorder import recording_lock
from wormdrive.carla_server.recorder.reader import RecordingFile
from wormdrive.carla_server.recorder.recording_lock import locked_recording
from wormdrive.carla_server.recorder.writer import RecordingWriter

pytest.importorskip("fcntl")

OTHER = """
import sys
from pathlib import Path
from wormdrive.carla_server.recorder.writer import RecordingWriter
writer = RecordingWriter(Path(sys.argv[1]), "town", 2**20)
for _ in range(3):
    writer.frame(0.1, b"")
print("records", flush=True)
sys.stdin.read()
writer.finish()
"""


def record(path: Path, frames: int) -> None:
    writer = RecordingWriter(path, "suburb", 2**20)
    for _ in range(frames):
        writer.frame(0.1, b"")
    writer.finish()


@pytest.mark.parametrize("killed", [False, True])
def test_another_process_keeps_its_name_until_it_ends(tmp_path: Path, killed: bool) -> None:
    path = tmp_path / "a.log"
    command = [sys.executable, "-c", OTHER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "records\n"
        with pytest.raises(RequestError, match=r"a\.log: is being recorded by another server"):
            record(path, 1)
        record(tmp_path / "b.log", 1)
        if killed:
            other.kill()
        else:
            other.communicate()
    assert path.exists() != killed
    if not killed:
        with RecordingFile(path) as recording:
            assert (len(recording), recording.map_name) == (3, "town")
    record(path, 5)
    with RecordingFile(path) as recording:
        assert (len(recording), recording.map_name) == (5, "suburb")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.log", "b.log"]


def test_a_recording_that_gets_its_name_meanwhile_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.log"
    aside, first = locked_recording(path)
    first.write(b"whole")
    lock = recording_lock._locked
    tries = 0

    def late(file: FileIO, name: Path) -> bool:
        nonlocal tries
        tries += 1
        if tries == 1:  # the other one ends between our opening its file and our lock
            aside.replace(path)
            first.close()
        return lock(file, name)

    monkeypatch.setattr(recording_lock, "_locked", late)
    again, second = locked_recording(path)
    second.close()
    assert (again, tries) == (aside, 2)
    assert path.read_bytes() == b"whole"
    assert again.read_bytes() == b""


def test_without_locks_the_file_is_the_processs_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_lock, "_locked", lambda file, name: False)
    record(tmp_path / "a.log", 2)
    aside, file = locked_recording(tmp_path / "b.log")
    file.close()
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "a.log", aside])
    assert aside.name.split(".")[3].isdigit()
