"""The modules of the package, by the folders that they stand in."""

from __future__ import annotations

from pathlib import Path

__all__ = ["source_modules"]

_ROOT = Path(__file__).parents[2]
_ROOMS = ("agents", "carla_server", "envs", "perception", "scenarios", "training")


def source_modules() -> list[Path]:
    """Return every module once, sorted; ``src/wormdrive`` links to the rooms."""
    package = _ROOT / "src" / "wormdrive"
    rooms = [file for room in _ROOMS for file in (_ROOT / room).rglob("*.py")]
    inner = [
        file
        for folder in package.iterdir()
        if folder.is_dir() and not folder.is_symlink()
        for file in folder.rglob("*.py")
    ]
    return sorted([*package.glob("*.py"), *rooms, *inner])
