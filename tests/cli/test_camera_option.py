from __future__ import annotations

import pytest

from wormdrive.cli.camera_option import parse_camera_option
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig


def test_what_is_named_differs_from_the_default() -> None:
    assert parse_camera_option(None) is None
    assert parse_camera_option("width=320,height=160,fov=60,pitch=0.2") == CameraConfig(
        width=320, height=160, fov_deg=60.0, pitch_rad=0.2
    )
    assert parse_camera_option(" fov_deg = 60 , z=2,yaw_rad=-0.5 ") == CameraConfig(fov_deg=60.0, z_m=2.0, yaw_rad=-0.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "zoom=2",
            r"--camera zoom=2: 'zoom=2': allowed are NAME=VALUE, each name once, of width, height, fov, x, y, z",
        ),
        ("fov=60,fov_deg=70", r"'fov_deg=70': allowed are NAME=VALUE, each name once"),
        ("", r"'': allowed are NAME=VALUE"),
        ("width=wide", r"'width=wide': allowed is a number"),
        ("width=320.5", r"'width=320.5': allowed is a number"),
        ("width=4", r"--camera=.*width=4.*: allowed are 8 to 8192 pixels"),
        ("pitch=10", r"--camera=.*pitch_rad=10.*: allowed for pitch_rad is -1.4 to 1.4"),
        ("fov=nan", r"allowed for fov_deg is 1 to 160"),
    ],
)
def test_what_is_not_allowed_is_named(text: str, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        parse_camera_option(text)
