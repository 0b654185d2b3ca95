from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wormdrive.agents.mounted.mount import Mount, load_mount, parse_mount
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig


def test_a_file_says_what_differs_from_the_default(tmp_path: Path) -> None:
    file = tmp_path / "mount.yaml"
    file.write_text(
        "camera: {width: 320, height: 160, fov_deg: 60}\n"
        "crop: {top: 40, left: 10, right: 10}\n"
        "size: [200, 66]\n"
        "colours: YUV\n"
        "range: [-1, 1]\n"
        "mean: [0.1, 0.2, 0.3]\n"
        "output: {quantity: steering_angle, unit: deg, positive: right, steering_ratio: 15}\n"
        "wheelbase_m: 2.7\n"
    )
    mount = load_mount(file)
    assert mount.camera == CameraConfig(width=320, height=160, fov_deg=60.0)
    assert mount.cropped == (300, 120)
    assert mount.picture_shape == (1, 3, 66, 200)
    assert mount.output.factor == pytest.approx(-3.14159265 / 180 / 15)
    assert parse_mount(mount.model_dump(mode="json")) == mount


def test_the_default_is_the_usual_camera_and_a_curvature() -> None:
    mount = parse_mount(None)
    assert (mount.picture_shape, mount.output.factor) == ((1, 3, 78, 200), 1.0)
    assert Mount(colours="grey", layout="NHWC").picture_shape == (1, 78, 200, 1)
    assert Mount.model_validate({"output": {"quantity": "steer"}}).output.factor == -1.0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"colour": "BGR"}, "colour='BGR': unknown; allowed are camera, crop"),
        ({"colours": "HSV"}, "colours='HSV': allowed is 'RGB', 'BGR', 'YUV' or 'grey'"),
        ({"camera": {"zoom": 2}}, r"camera=.*zoom.*allowed are width, height"),
        ({"camera": {"fov_deg": 500}}, "allowed for fov_deg is 1 to 160"),
        ({"crop": {"top": 72}}, "crop leaves 200x6 pixels"),
        ({"range": [1, 0]}, r"range=\[1.0, 0.0\]"),
        ({"colours": "grey", "mean": [0.1, 0.2, 0.3]}, "allowed with grey pictures is one number"),
        ({"deviation": 0}, "deviation=0.0: allowed are numbers above 0"),
        ({"wheelbase_m": 2.7}, "wheelbase_m: allowed with a steering_angle only, not with curvature"),
        ({"output": {"unit": "deg"}}, "allowed with a steering_angle only"),
        ({"delay_s": -1}, "delay_s=-1: allowed is 0.0 or more, 5.0 or less"),
    ],
)
def test_what_is_wrong_is_named(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        parse_mount(values)


def test_files_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("- 1\n")
    with pytest.raises(ArgumentError, match=r"mount .*list.yaml: a mapping with camera, crop"):
        load_mount(tmp_path / "list.yaml")
    with pytest.raises(ArgumentError, match=r"mount .*none.yaml: cannot be read"):
        parse_mount(tmp_path / "none.yaml")
    with pytest.raises(ArgumentError, match=r"mine: mount=7: allowed are a Mount, a mapping"):
        parse_mount(7, "mine: mount")
