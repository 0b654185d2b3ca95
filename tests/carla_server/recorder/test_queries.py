"""The texts that ``show_recorder_*`` give are laid out as CARLA's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.carla_server.recorder.samples import rows, sample
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.recorder.format import Packet
from wormdrive.carla_server.recorder.queries import blocked_text, collisions_text, info_text, page
from wormdrive.carla_server.recorder.reader import RecordingFile


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[RecordingFile]:
    with RecordingFile(sample(tmp_path / "a.log")) as opened:
        yield opened


def test_events_are_told(recording: RecordingFile) -> None:
    lines = info_text(recording, False).splitlines()
    assert lines[:2] == ["Version: 1", "Map: suburb"]
    written = time.mktime(time.strptime(lines[2], "Date: %m/%d/%y %H:%M:%S"))
    assert abs(written - time.time()) < 3600.0
    assert lines[3:8] == [
        "",
        "Frame 1 at 0 seconds",
        " Create 10: vehicle.audi.tt (1) at (1000, -200, 5.5)",
        "  role_name = hero",
        "  color = 1,2,3",
    ]
    assert lines[-15:] == [
        " Create 14: sensor.other.collision (5) at (1400, -200, 5.5)",
        " Parenting 14 with 10 (parent)",
        "Frame 10 at 4.5 seconds",
        " Collision id 9 between 10 (hero)  with 11",
        "Frame 11 at 5 seconds",
        " Collision id 10 between 10 (hero)  with 11",
        "Frame 12 at 5.5 seconds",
        " Collision id 11 between 10 (hero)  with 11",
        "Frame 20 at 9.5 seconds",
        " Collision id 19 between 10 (hero)  with 4294967295",
        "Frame 31 at 15 seconds",
        " Destroy 12",
        "",
        "Frames: 40",
        "Duration: 19.5 seconds",
    ]


def test_everything_is_told(recording: RecordingFile) -> None:
    lines = info_text(recording, True).splitlines()
    assert sum(line.startswith("Frame ") for line in lines) == 40
    for line in (
        " Positions: 3",
        "  Id: 10 Location: (100, 20, 3) Rotation (0, 0, 179)",
        "  Id: 13 state: 1 frozen: 1 elapsedTime: 0.25",
        "  Id: 10 Steering: 0.1 Throttle: 0.5 Brake 0 Handbrake: 1 Gear: -1",
        "  Id: 12 speed: 140",
        "  Id: 10 Position LowBeam",
        "  Id: 11 None",
        "  Id: 5 enabled: True intensity: 2.5 RGB_color: (1, 0.5, 0.25)",
        "  Id: 10 linear_velocity: (1, 2, 3) angular_velocity: (4, 5, 6)",
        "  Id: 10 origin: (0, 0, 70) extension: (200, 90, 70)",
        " Actor trigger volumes: 1",
        "  Id: 13 green_time: 10 yellow_time: 3 red_time: 2",
        " Current platform time: 0.125",
        "   mass = 1500",
        "   torque_curve = (0, 500) (5000, 400)",
        "    gear 0: ratio 1 down_ratio 0.5 up_ratio 0.6",
        "    wheel 3: tire_friction 0 damping_rate 1 max_steer_angle 2 radius 3 max_brake_torque 4 "
        "max_handbrake_torque 5 position (9, 10, 11)",
    ):
        assert line in lines, line


HEAD = "    Time  Types     Id Actor 1                                 Id Actor 2                            "
CRASH = "       4   v v      10 vehicle.audi.tt                         11 vehicle.mitsubishi.fusorosa        "
GROUND = "      10   v o      10 vehicle.audi.tt                     4294967295                                    "


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ("aa", [CRASH, GROUND]),
        ("vv", [CRASH]),
        ("hv", [CRASH]),
        ("ho", [GROUND]),
        ("va", [CRASH, GROUND]),
        ("ha", [CRASH, GROUND]),
        ("vh", []),
        ("wa", []),
        ("tt", []),
    ],
)
def test_collisions_name_the_pair_once(recording: RecordingFile, types: str, expected: list[str]) -> None:
    lines = collisions_text(recording, *types).splitlines()
    assert lines[4:-3] == [HEAD, *expected]
    assert lines[-2:] == ["Frames: 40", f"Duration: {'20' if expected else '19.5'} seconds"]


def test_types_of_collisions_are_checked(recording: RecordingFile) -> None:
    with pytest.raises(RequestError, match=r"type2='x': allowed are a, h, v, w, t, o"):
        collisions_text(recording, "a", "x")


def test_those_that_do_not_get_on_are_told_longest_first(recording: RecordingFile) -> None:
    lines = blocked_text(recording, 10.0, 150.0).splitlines()
    assert lines[4:-3] == [
        "    Time     Id Actor                                 Duration",
        "       0     11 vehicle.mitsubishi.fusorosa                 19",
    ]
    lines = blocked_text(recording, 6.5, 150.0).splitlines()
    assert [line.split()[:2] for line in lines[5:-3]] == [["0", "11"], ["0", "12"], ["8", "12"]]
    assert len(blocked_text(recording, 30.0, 150.0).splitlines()) == 8


def test_what_is_too_long_to_send_is_refused(recording: RecordingFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "LONGEST", 5000)
    assert len(info_text(recording, False)) < 5000
    with pytest.raises(RequestError, match="more than 5000 characters to say of it"):
        info_text(recording, True)


def test_bones_of_a_server_that_has_them_are_told(tmp_path: Path) -> None:
    bones = b"\x01\x00" + (12).to_bytes(4, "little") + b"\x01\x00" + b"\x04\x00root" + bytes(24)
    path = sample(tmp_path / "a.log", more=[b"\x13" + len(bones).to_bytes(4, "little") + bones])
    with RecordingFile(path) as recording:
        lines = info_text(recording, True).splitlines()
    assert '     Bone: "root" relative: Loc(0, 0, 0) Rot(0, 0, 0)' in lines


def test_nobody_is_known_of_actors_that_never_came(tmp_path: Path) -> None:
    path = sample(tmp_path / "a.log", more=[rows(Packet.COLLISIONS, (0, 77, 78, 0, 0))])
    with RecordingFile(path) as recording:
        assert "       0   o o      77" in collisions_text(recording, "a", "a")
