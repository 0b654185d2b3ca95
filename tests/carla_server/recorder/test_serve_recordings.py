"""``wormdrive serve --recordings``: where recordings go, and that one is whole when the server ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.carla_server.raw_client import RawClient
from tests.support.carla_server import ROOT, ServerProcess
from wormdrive.carla_server.recorder.reader import RecordingFile


def test_a_server_that_ends_leaves_its_recording_whole(tmp_path: Path) -> None:
    home = tmp_path / "made" / "by the server"
    with ServerProcess("country_loop", arguments=["--recordings", str(home)]) as process:
        with RawClient(process.port) as client:
            client.synchronous(0.05)
            assert client.get("start_recorder", "a.log", False) == str(home / "a.log")
            for _ in range(5):
                client.get("tick_cue")
        assert process.interrupt(signal.SIGTERM) == 0
    with RecordingFile(home / "a.log") as recording:
        assert (len(recording), recording.map_name) == (5, "country_loop")
    assert [each.name for each in home.iterdir()] == ["a.log"]


@pytest.mark.parametrize("name", ["file", "file/inner"])
def test_what_can_be_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-m", "wormdrive", "serve", "--port", "0", "--recordings", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60.0, cwd=ROOT)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "recordings" in done.stderr
    assert str(tmp_path / name) in done.stderr
    assert len(done.stderr.splitlines()) == 1
