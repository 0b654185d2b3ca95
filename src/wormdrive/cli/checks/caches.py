"""What is kept between runs: compiled kernels, baked art and drawn frames."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from wormdrive.cli.checks.check_result import CheckResult, State

__all__ = ["check_art", "check_frames", "check_kernels"]

_SPACE_WANTED = 300 << 20
_MANY_BYTES = 2 << 30
_MEGA = 1e6


def check_kernels() -> CheckResult:
    """Look into the folder of compiled kernels: whether it can be written, and how large it is."""
    from wormdrive.envs.common.cache_folder import CACHE_VARIABLE, cache_folder

    folder = cache_folder() / "kernels"
    count, size = _measure(folder, "*.nbc")
    values = {"folder": str(folder), "functions": count, "bytes": size}
    unwritable = _unwritable(folder)
    if unwritable:
        advice = f"set {CACHE_VARIABLE} to a folder that can be written; until then every run compiles, a minute or two"
        return CheckResult("kernels", State.warning, f"{folder} cannot be written: {unwritable}", advice, values)
    values["free_bytes"] = free = shutil.disk_usage(_existing(folder)).free
    if free < _SPACE_WANTED:
        advice = f"make room, or set {CACHE_VARIABLE} to another disk"
        return CheckResult("kernels", State.warning, f"{folder}: {free / _MEGA:,.0f} MB are left", advice, values)
    if not count:
        return CheckResult(
            "kernels", State.ok, f"{folder} is empty", "the first run compiles for half a minute to two", values
        )
    found = f"{count} compiled functions, {size / _MEGA:,.0f} MB in {folder}"
    advice = "older versions' kernels are in it: delete the folder, it is made again" if size > _MANY_BYTES else ""
    return CheckResult("kernels", State.ok, found, advice, values)


def check_art() -> CheckResult:
    """Baked art: for which seasons it is there."""
    from wormdrive.envs.common.cache_folder import cache_folder
    from wormdrive.envs.seasons.art.art_cache import art_file
    from wormdrive.envs.seasons.names import SEASONS

    folder = cache_folder() / "art"
    _, size = _measure(folder, "*.npz")
    baked = [season for season in SEASONS if art_file(season, 0).is_file()]
    found = f"baked for {', '.join(baked) or 'no season yet'}, {size / _MEGA:,.0f} MB in {folder}"
    missing = [season for season in SEASONS if season not in baked]
    advice = f"{', '.join(missing)}: baked at first use, some seconds each" if missing else ""
    return CheckResult("art", State.ok, found, advice, {"folder": str(folder), "seasons": baked, "bytes": size})


def check_frames() -> CheckResult:
    """Frames that were drawn to train on: how much room they take, and how much they may."""
    from wormdrive.envs.common.cache_folder import FRAMES_VARIABLE, frames_folder, most_frame_bytes
    from wormdrive.envs.common.errors import ArgumentError

    folder = frames_folder()
    count, size = _measure(folder, "*.frames")
    values = {"folder": str(folder), "drives": count, "bytes": size}
    try:
        values["most_bytes"] = most = most_frame_bytes()
    except ArgumentError as error:
        return CheckResult("frames", State.warning, str(error), f"unset {FRAMES_VARIABLE}", values)
    found = f"{count} drives' drawn frames, {size / _MEGA:,.0f} of at most {most / _MEGA:,.0f} MB in {folder}"
    return CheckResult("frames", State.ok, found, values=values)


def _measure(folder: Path, pattern: str) -> tuple[int, int]:
    """Files of a pattern, and bytes of all files."""
    count = size = 0
    for parent, _, names in os.walk(folder):
        for path in (Path(parent) / name for name in names):
            try:
                size += path.stat().st_size
            except OSError:  # gone meanwhile
                continue
            count += path.match(pattern)
    return count, size


def _existing(folder: Path) -> Path:
    return next((path for path in (folder, *folder.parents) if path.exists()), Path.cwd())


def _unwritable(folder: Path) -> str:
    """Why nothing can be written into a folder, or where it would be made; empty if it can."""
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            return ""
    except OSError as error:
        return error.strerror or str(error)
