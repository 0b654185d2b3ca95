from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path

import pytest

from wormdrive.envs.common import cache_folder
from wormdrive.envs.common.bounded_cache import BoundedCache


def aged(cache: BoundedCache, key: str, hours: float) -> None:
    then = time.time() - 3600.0 * hours
    os.utime(cache.path(key), (then, then))


def test_what_is_written_is_there_and_nothing_else(tmp_path: Path) -> None:
    cache = BoundedCache(tmp_path / "deep" / "folder", ".thing", 1000)
    assert not cache.holds("a")
    cache.write("a", b"first")
    cache.write("a", b"second")
    assert cache.holds("a")
    assert cache.path("a").read_bytes() == b"second"
    assert [path.name for path in (tmp_path / "deep" / "folder").iterdir()] == ["a.thing"]
    cache.drop("a")
    cache.drop("a")
    assert not cache.holds("a")


def test_those_not_used_for_longest_are_dropped(tmp_path: Path) -> None:
    cache = BoundedCache(tmp_path, ".thing", 100)
    (tmp_path / "foreign.txt").write_bytes(b"x" * 500)
    for hours, key in ((4, "a"), (3, "b"), (2, "c"), (1, "d")):
        cache.write(key, b"x" * 25)
        aged(cache, key, hours)
    assert all(map(cache.holds, "abcd"))
    cache.use("a")
    BoundedCache(tmp_path, ".thing", 100).write("e", b"x" * 20)  # another process, which has not looked yet
    assert [key for key in "abcde" if cache.holds(key)] == ["a", "d", "e"]
    assert (tmp_path / "foreign.txt").exists()


def test_what_is_larger_than_the_bound_is_not_kept(tmp_path: Path) -> None:
    cache = BoundedCache(tmp_path, ".thing", 100)
    cache.write("small", b"x" * 60)
    cache.write("large", b"x" * 101)
    assert cache.holds("small")
    assert not cache.holds("large")


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    cache = BoundedCache(tmp_path, ".thing", 100)
    abandoned, at_work = tmp_path / ".abandoned.part", tmp_path / ".work.part"
    for part in (abandoned, at_work):
        part.write_bytes(b"half")
    os.utime(abandoned, (0.0, 0.0))
    for key in "abc":
        cache.write(key, b"x" * 40)
    assert not abandoned.exists()
    assert at_work.exists()


def test_threads_and_folders_shared_end_below_the_bound(tmp_path: Path) -> None:
    caches = [BoundedCache(tmp_path, ".thing", 1000) for _ in range(2)]

    def write(number: int) -> None:
        for k in range(40):
            caches[number % 2].write(f"{k % 10}-{number % 3}", bytes([k]) * 60)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    caches[0].write("last", b"y" * 60)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert set(sizes) == {60}
    assert caches[0].holds("last")
    assert sum(sizes) <= 2 * 1000  # each knows what it wrote itself, and counts all when that is too much


def test_a_folder_that_cannot_be_written_costs_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cache_folder, "_told", [])
    (tmp_path / "file").write_text("in the way")
    cache = BoundedCache(tmp_path / "file" / "below", ".thing", 100)
    with caplog.at_level(logging.WARNING):
        for key in "abc":
            cache.write(key, b"x")
            cache.use(key)
            cache.drop(key)
    assert not cache.holds("a")
    assert len(caplog.records) == 1


def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cache_folder, "_told", [])
    cache = BoundedCache(tmp_path, ".thing", 100)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "replace", full)
        cache.write("a", b"x")
    cache.write("b", b"x")  # tried once, never again
    assert not list(tmp_path.iterdir())
    assert caplog.text.count("No space left on device") == 1
