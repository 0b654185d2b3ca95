"""What is to be replayed is read before anything of it is shown."""

from __future__ import annotations

import math
import random
import re
import struct
from pathlib import Path

import pytest

from tests.carla_server.recorder.samples import CAR, rows, sample
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.recorder import validation
from wormdrive.carla_server.recorder.format import Packet
from wormdrive.carla_server.recorder.queries import info_text
from wormdrive.carla_server.recorder.reader import RecordingFile
from wormdrive.carla_server.recorder.validation import check
from wormdrive.carla_server.recorder.writer import RecordingWriter

PLACE = rows(Packet.POSITIONS, (CAR, (2000.0, 20.0, 3.0), (0.0, 0.0, -179.0)))[7:]
"""Where the car is in frame 20, 10 s after the start."""
BOX = rows(Packet.BOXES, (CAR, (0.0, 0.0, 70.0), (200.0, 90.0, 70.0)))[7:]
"""In the first frame."""
NAN = struct.pack("<f", math.nan)


def damaged(path: Path, part: bytes) -> Path:
    """A recording in which the first number of a record, behind its actor, is none."""
    data = sample(path).read_bytes()
    assert data.count(part) == 1
    path.write_bytes(data.replace(part, part[:4] + NAN + part[8:]))
    return path


def refused(path: Path, start_s: float = 0.0, stop_s: float = 1e9) -> str:
    try:
        with RecordingFile(path) as recording:
            check(recording, start_s, stop_s)
    except RequestError as error:
        return str(error)
    return ""


def test_what_is_whole_is_played(tmp_path: Path) -> None:
    assert refused(sample(tmp_path / "a.log")) == ""


@pytest.mark.parametrize(
    ("start_s", "stop_s", "bad"),
    [
        (0.0, 19.5, True),
        (9.9, 10.1, True),
        (10.0, 10.0, True),
        (10.5, 19.5, True),
        (11.5, 19.5, False),
        (0.0, 8.9, False),
    ],
)
def test_frames_to_be_shown_and_their_neighbours_are_read(
    tmp_path: Path, start_s: float, stop_s: float, bad: bool
) -> None:
    path = damaged(tmp_path / "a.log", PLACE)
    error = refused(path, start_s, stop_s)
    assert bool(error) == bad
    assert not bad or re.match(rf"{re.escape(str(path))}: .*byte \d+: location is not finite", error)


def test_frames_in_which_actors_come_are_read_wherever_they_are(tmp_path: Path) -> None:
    path = damaged(tmp_path / "a.log", BOX)
    assert "origin is not finite" in refused(path, 15.0, 16.0)


def test_it_takes_no_longer_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = damaged(tmp_path / "a.log", PLACE)
    monkeypatch.setattr(validation, "_MOST", 5)
    assert refused(path) == ""  # the tick that gets there says so
    assert refused(path, 9.0)


def test_there_is_nothing_to_replay_in_an_empty_recording(tmp_path: Path) -> None:
    RecordingWriter(tmp_path / "a.log", "suburb", 2**20).finish()
    assert "it holds no frame" in refused(tmp_path / "a.log")


def test_what_the_info_refuses_is_refused(tmp_path: Path) -> None:
    data = sample(tmp_path / "a.log", frames=6).read_bytes()
    draw = random.Random(11)
    path = tmp_path / "b.log"
    found = 0
    for _ in range(300):
        changed = bytearray(data)
        at = draw.randrange(len(changed))
        changed[at : at + draw.choice([1, 4, 100])] = b"\xff" * len(changed[at : at + draw.choice([1, 4, 100])])
        path.write_bytes(changed)
        error = ""
        try:
            with RecordingFile(path) as recording:
                info_text(recording, True)
        except RequestError as refusal:
            error = str(refusal)
        found += bool(error)
        assert not error or refused(path), error
    assert found > 100
