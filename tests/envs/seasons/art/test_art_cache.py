from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from wormdrive.envs.common import cache_folder
from wormdrive.envs.common.cache_folder import CACHE_VARIABLE
from wormdrive.envs.common.errors import ConditionsError
from wormdrive.envs.seasons.art import art_cache, bake
from wormdrive.envs.seasons.art.bake import Art, bake_art

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def winter() -> Art:
    return bake_art("winter")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setattr(cache_folder, "_told", [])
    return tmp_path


@pytest.fixture
def bakes(monkeypatch, winter):
    """Count the bakes, and make them cheap."""
    made: list[str] = []

    def paint(season, seed):
        made.append(season)
        return Art(**{field.name: getattr(winter, field.name).copy() for field in fields(winter)})

    monkeypatch.setattr(bake, "bake_art", paint)
    return made


def equal(a, b):
    return all(np.array_equal(getattr(a, field.name), getattr(b, field.name)) for field in fields(a))


def test_baked_once_then_read(folder, bakes, winter):
    assert equal(art_cache.load_art("winter"), winter)
    assert equal(art_cache.load_art("winter"), winter)
    assert bakes == ["winter"]
    assert len(list((folder / "art").iterdir())) == 1  # nothing left aside


def test_arrays_are_read_only(folder, bakes):
    art = art_cache.load_art("winter")
    with pytest.raises(ValueError, match="read-only"):
        art.ground[0] = 1


@pytest.mark.parametrize("harm", ["truncate", "flip", "empty", "foreign", "pickle", "lacking"])
def test_a_corrupt_file_is_baked_anew(folder, bakes, winter, harm):
    art_cache.load_art("winter")
    (path,) = (folder / "art").iterdir()
    data = path.read_bytes()
    if harm == "truncate":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "flip":
        middle = len(data) // 3
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 0x40]) + data[middle + 1 :])
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "foreign":
        path.write_bytes(b"PK\x03\x04 this is something else")
    elif harm == "pickle":
        with path.open("wb") as file:
            np.savez(file, **{field.name: np.array([{}], dtype=object) for field in fields(Art)})
    elif harm == "lacking":
        with path.open("wb") as file:
            np.savez(file, ground=winter.ground)
    assert equal(art_cache.load_art("winter"), winter)
    assert len(bakes) == 2
    assert equal(art_cache.load_art("winter"), winter)
    assert len(bakes) == 2  # and it was mended


def test_arrays_of_another_shape_are_not_believed(folder, bakes, winter):
    art_cache.load_art("winter")
    (path,) = (folder / "art").iterdir()
    arrays = {field.name: getattr(winter, field.name) for field in fields(winter)}
    arrays["ground"] = arrays["ground"][:100]
    with path.open("wb") as file:
        np.savez(file, checksum=np.array(art_cache._checksum(Art(**arrays))), **arrays)
    assert equal(art_cache.load_art("winter"), winter)
    assert len(bakes) == 2


def test_without_a_place_to_write_it_says_so_once_and_works(folder, bakes, winter, monkeypatch, caplog):
    blocked = folder / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv(CACHE_VARIABLE, str(blocked))
    assert equal(art_cache.load_art("winter"), winter)
    assert equal(art_cache.load_art("winter"), winter)
    assert len(bakes) == 2
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"nothing can be kept in the cache folder {blocked} (")
    assert "WORMDRIVE_CACHE may name another folder" in line


def test_a_full_disk_leaves_nothing_behind(folder, bakes, winter, monkeypatch, caplog):
    def full(file, *args, **kwargs):
        file.write(b"some")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(art_cache.np, "savez", full)
    assert equal(art_cache.load_art("winter"), winter)
    assert "(No space left on device)" in caplog.text
    assert list((folder / "art").iterdir()) == []


def test_code_seed_and_season_are_in_the_name(monkeypatch):
    keys = {art_cache._key("summer", 0), art_cache._key("summer", 1), art_cache._key("winter", 0)}
    assert len(keys) == 3
    monkeypatch.setattr(art_cache, "_code_digest", lambda: b"other code")
    assert art_cache._key("summer", 0) not in keys


def test_an_unknown_season_is_refused(folder):
    with pytest.raises(ConditionsError, match="monsoon"):
        art_cache.load_art("monsoon")
    with pytest.raises(ConditionsError, match="summer"):
        art_cache.load_art("../../etc/passwd")


def test_two_processes_at_once(tmp_path):
    code = (
        "from wormdrive.envs.seasons.art.art_cache import load_art, _checksum;print(_checksum(load_art('winter', 5)))"
    )
    environment = {"WORMDRIVE_CACHE": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    running = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    sums = {process.communicate(timeout=120)[0].strip() for process in running}
    assert all(process.returncode == 0 for process in running)
    assert len(sums) == 1
    assert [path.suffix for path in (tmp_path / "art").iterdir()] == [".npz"]
