"""Recordings are CARLA's, byte for byte, and what is none, or damaged, is refused with the byte where it is."""

from __future__ import annotations

import random
import re
import struct
from pathlib import Path

import numpy as np
import pytest

from tests.carla_server.recorder.samples import BUS, CAR, sample
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.recorder.format import MAX_BYTES, Packet
from wormdrive.carla_server.recorder.queries import blocked_text, collisions_text, info_text
from wormdrive.carla_server.recorder.reader import RecordingFile
from wormdrive.carla_server.recorder.variable import read_physics, read_wheels
from wormdrive.carla_server.recorder.writer import RecordingWriter

MUTATIONS = 1000


def text(value: str) -> bytes:
    return struct.pack("<H", len(value)) + value.encode()


def by_hand() -> bytes:
    """A file as CARLA's documentation lays it out: one actor comes and stands for a frame."""
    come = struct.pack("<HIB6fI", 1, 99, 1, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 17) + text("vehicle.audi.tt")
    come += struct.pack("<HB", 1, 4) + text("role_name") + text("hero")
    stand = struct.pack("<HI6f", 1, 99, 10.0, 20.0, 30.0, 0.0, 0.0, 90.0)
    unknown = b"whatever comes later"
    data = struct.pack("<H", 1) + text("CARLA_RECORDER") + struct.pack("<q", 1_550_742_380) + text("Town05")
    for number, lasts, begins in ((1, 0.25, 0.0), (2, -1.0, 0.25)):
        data += struct.pack("<BIQdd", 0, 24, number, lasts, begins)
        if number == 1:
            data += struct.pack("<BI", 2, len(come)) + come
        data += struct.pack("<BI", 6, len(stand)) + stand + struct.pack("<BI", 200, len(unknown)) + unknown
        data += struct.pack("<BI", 1, 0)
    return data


def test_a_file_of_carlas_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(by_hand())
    with RecordingFile(path) as recording:
        assert (recording.map_name, recording.date_s) == ("Town05", 1_550_742_380)
        assert recording.elapsed_s.tolist() == [0.0, 0.25]
        assert recording.eventful.tolist() == [True, False]
        first = recording.frame(0)
        (actor,) = first.added
        assert (actor.actor, actor.kind, actor.type_id, actor.hero) == (99, 1, "vehicle.audi.tt", True)
        assert actor.location == (1.0, 2.0, 3.0)
        assert actor.rotation == (4.0, 5.0, 6.0)
        (row,) = first.table(Packet.POSITIONS).tolist()
        assert row[0] == 99
        assert row[1].tolist() == [10.0, 20.0, 30.0]
        assert row[2].tolist() == [0.0, 0.0, 90.0]
        assert len(recording.frame(1).table(Packet.LAMPS)) == 0
        assert not recording.frame(1).added


def test_a_file_of_ours_is_carlas(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = RecordingWriter(path, "Town05", 2**20)
    for body in (b"\x06\x02\0\0\0\0\0", b""):
        writer.frame(0.25, body)
    assert not path.exists()  # it has its name only when it is whole
    writer.finish()
    data = path.read_bytes()
    head = struct.pack("<H", 1) + text("CARLA_RECORDER")
    assert data.startswith(head)
    assert data[len(head) + 8 :] == (
        text("Town05")
        + struct.pack("<BIQdd", 0, 24, 1, 0.25, 0.0)
        + b"\x06\x02\0\0\0\0\0"
        + struct.pack("<BI", 1, 0)
        + struct.pack("<BIQdd", 0, 24, 2, -1.0, 0.25)
        + struct.pack("<BI", 1, 0)
    )
    assert [each.name for each in tmp_path.iterdir()] == ["a.log"]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    with RecordingFile(sample(tmp_path / "a.log")) as recording:
        assert len(recording) == 40
        assert recording.total_s == pytest.approx(19.5)
        assert np.flatnonzero(recording.eventful).tolist() == [0, 30]
        blocks = {block.kind: block for block in recording.frame(0).blocks}
        ((actor, wheels),) = read_wheels(blocks[Packet.WHEELS].cursor())
        assert actor == CAR
        assert wheels[3] == (3, 1.5, 3.0)
        (physics,) = read_physics(blocks[Packet.PHYSICS].cursor())
        assert physics.body == (10.0, 4.0, 1500.0, pytest.approx(0.3), 0.0, 0.0, 0.5)
        assert physics.wheels[3][9:] == (9.0, 10.0, 11.0)
        assert recording.frame(11).table(Packet.COLLISIONS).tolist() == [(11, CAR, BUS, 1, 0)]


def swallowed(path: Path) -> str:
    """Read all of a file in every way there is; gives the error."""
    try:
        with RecordingFile(path) as recording:
            info_text(recording, True)
            collisions_text(recording, "a", "a")
            blocked_text(recording, 0.0, 1.0)
    except RequestError as error:
        return str(error)
    return ""


def test_a_file_that_ends_early_is_refused_wherever_it_ends(tmp_path: Path) -> None:
    data = by_hand()
    path = tmp_path / "a.log"
    path.write_bytes(data)
    assert swallowed(path) == ""
    # up to here it is a recording of no frame, and of one
    whole = [data.index(struct.pack("<BIQ", 0, 24, number)) for number in (1, 2)]
    for length in range(len(data)):
        path.write_bytes(data[:length])
        error = swallowed(path)
        if length in whole:
            assert error == ""
        else:
            assert re.match(rf"{re.escape(str(path))}: not a recording, or damaged: byte \d+: ", error), length


def test_mutated_files_give_errors_and_nothing_else(tmp_path: Path) -> None:
    data = sample(tmp_path / "a.log", frames=6).read_bytes()
    draw = random.Random(7)
    path = tmp_path / "b.log"
    refused = 0
    for _ in range(MUTATIONS):
        changed = bytearray(data)
        kind = draw.random()
        if kind < 0.5:
            for _ in range(draw.randint(1, 4)):
                changed[draw.randrange(len(changed))] = draw.choice([0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)])
        elif kind < 0.7:
            del changed[draw.randrange(len(changed)) :]
        elif kind < 0.85:
            at = draw.randrange(len(changed))
            changed[at:at] = draw.randbytes(draw.randint(1, 20))
        else:
            at = draw.randrange(len(changed))
            del changed[at : at + draw.randint(1, 20)]
        path.write_bytes(changed)
        error = swallowed(path)  # any other exception fails the test
        refused += bool(error)
        assert not error or str(path) in error
    assert MUTATIONS // 2 < refused < MUTATIONS  # numbers may be others; what is out of joint is refused


STAND = struct.pack("<BI", 6, 30)
DAMAGE = [
    (b"\x01\x00\x0e", b"\x02\x00\x0e", "byte 0: version 2: allowed is 1"),
    (text("CARLA_RECORDER"), text("CARLA_RECORDEr"), "byte 2: there is no CARLA_RECORDER"),
    (struct.pack("<BI", 200, 20), struct.pack("<BI", 200, 2**32 - 1), "a packet of 4294967295 bytes"),
    (struct.pack("<d", 0.25) + STAND, struct.pack("<d", float("nan")) + STAND, "a frame at nan s"),
    (struct.pack("<HI", 1, 99) + bytes(2), struct.pack("<HI", 2, 99) + bytes(2), "2 records of 28 bytes"),
    (struct.pack("<f", 20.0), struct.pack("<f", float("inf")), "location is not finite"),
    (struct.pack("<H", 15) + b"vehicle", struct.pack("<H", 65535) + b"vehicle", "a text of 65535 bytes"),
    (struct.pack("<BI", 1, 0), struct.pack("<BI", 9, 0), "0 records of 8 bytes in a packet of 0 bytes"),
]


@pytest.mark.parametrize(("old", "new", "reason"), DAMAGE)
def test_errors_say_what_is_wrong_and_where(tmp_path: Path, old: bytes, new: bytes, reason: str) -> None:
    path = tmp_path / "a.log"
    data = by_hand()
    assert old in data
    path.write_bytes(data.replace(old, new))
    assert reason in swallowed(path)


def test_a_recording_that_is_changed_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = sample(tmp_path / "a.log")
    with RecordingFile(path) as recording:
        path.write_bytes(path.read_bytes()[:2000])
        with pytest.raises(RequestError, match="the file ends here, and was longer"):
            recording.frame(39)


def test_files_that_are_too_large_are_not_read(tmp_path: Path) -> None:
    path = sample(tmp_path / "a.log")
    with path.open("r+b") as file:
        file.truncate(MAX_BYTES + 1)  # sparse: it needs no room
    with pytest.raises(RequestError, match=f"allowed are {MAX_BYTES}"):
        RecordingFile(path)
    path.write_bytes(b"")
    with pytest.raises(RequestError, match="byte 0: 2 bytes wanted, 0 left"):
        RecordingFile(path)
    with pytest.raises(RequestError, match="cannot be read"):
        RecordingFile(tmp_path / "none.log")
