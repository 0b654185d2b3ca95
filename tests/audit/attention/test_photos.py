"""Photos: untrusted files are refused with a reason, and what is kept of a photo fits the camera."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wormdrive.audit.attention import photos
from wormdrive.audit.attention.photos import as_camera, horizon_of, read_photo
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig


def picture(width: int = 320, height: int = 180) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows % 256, columns % 256, np.full_like(rows, 60)], axis=2).astype(np.uint8)


def saved(file: Path, pixels: np.ndarray, **options: object) -> Path:
    Image.fromarray(pixels).save(file, **options)
    return file


def png_header(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that claims to be so large, and has nothing in it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in (header, data)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("name", ["a.png", "a.webp"])
def test_a_picture_is_read_as_it_is(tmp_path: Path, name: str) -> None:
    assert np.array_equal(read_photo(saved(tmp_path / name, picture(), lossless=True)), picture())


def test_a_picture_lying_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[0x0112] = 6  # turn clockwise to see it upright
    file = saved(tmp_path / "a.png", picture(), exif=tags)
    assert np.array_equal(read_photo(file), np.rot90(picture(), -1))


def test_grey_and_see_through_pictures_become_rgb(tmp_path: Path) -> None:
    assert read_photo(saved(tmp_path / "grey.png", picture()[..., 0])).shape == (180, 320, 3)
    see_through = np.dstack([picture(), np.full((180, 320), 9, np.uint8)])
    assert np.array_equal(read_photo(saved(tmp_path / "a.png", see_through)), picture())


def test_bad_files_are_named_with_what_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = io.BytesIO()
    Image.fromarray(picture()).save(encoded, "JPEG")
    files = {
        "notes.jpg": (b"no picture at all", "not a picture: allowed are JPEG, PNG, WEBP"),
        "empty.jpg": (b"", "not a picture"),
        "cut.jpg": (encoded.getvalue()[:900], "broken: "),
        "cut.png": (png_header(100, 100), "broken: "),
        "bomb.png": (png_header(20_000, 8_000), "20000 x 8000 pixels"),
        "great_bomb.png": (png_header(100_000, 100_000), "too many pixels"),
        "picture.gif": (b"GIF89a" + bytes(40), "not a picture"),
    }
    for name, (data, complaint) in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ArgumentError, match=complaint) as error:
            read_photo(tmp_path / name)
        assert name in str(error.value)
        assert "allowed are JPEG, PNG, WEBP of up to 64 MiB" in str(error.value)
    with pytest.raises(ArgumentError, match=r"absent\.jpg: cannot be read: No such file"):
        read_photo(tmp_path / "absent.jpg")
    with pytest.raises(ArgumentError, match="not a file"):
        read_photo(tmp_path)
    with pytest.raises(ArgumentError, match="20 x 20 pixels"):
        read_photo(saved(tmp_path / "tiny.png", picture(20, 20)))
    monkeypatch.setattr(photos, "_MOST_BYTES", 100)
    with pytest.raises(ArgumentError, match=r"cut\.jpg: 0 MiB"):
        read_photo(tmp_path / "cut.jpg")


def test_the_horizon_comes_to_lie_where_the_camera_has_it() -> None:
    camera = CameraConfig()
    photo = np.zeros((720, 1280, 3), np.uint8)
    photo[:360] = 200
    frame, crop = as_camera(photo, camera)
    assert frame.shape == (78, 200, 3)
    assert (crop.kept_width, crop.kept_height, crop.left) == (1280, 499, 0)
    edge = int(np.flatnonzero(frame[:, 100, 0] < 100)[0])
    assert edge == pytest.approx(78 * horizon_of(camera), abs=1)
    assert horizon_of(camera) == pytest.approx(0.5 - 100 / np.tan(np.radians(50)) * np.tan(0.1) / 78)
    assert horizon_of(CameraConfig(pitch_rad=0.0)) == 0.5
    assert as_camera(photo, camera, horizon=1.0)[1].top == 720 - 499, "there are no rows below the photo"
    assert as_camera(photo, camera, horizon=0.0)[1].top == 0


def test_of_a_wide_photo_the_middle_columns_are_kept() -> None:
    photo = np.zeros((100, 1000, 3), np.uint8)
    _, crop = as_camera(photo, CameraConfig())
    assert (crop.kept_width, crop.kept_height, crop.left, crop.top) == (256, 100, 372, 0)
