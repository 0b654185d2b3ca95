"""Art cache: baked art, kept on disk.

The file's name is a hash of what the art is made from: the code that paints it, season, seed, and the versions of the
libraries that draw. Change any of them and another file is made. Nothing else is ever trusted: a file that is
truncated, foreign or otherwise not what it should be is baked anew, and a disk that cannot be written to costs the
baking time and one line.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from dataclasses import fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np

from wormdrive.envs.common.cache_folder import cache_folder, tell_unwritable
from wormdrive.envs.common.preparation_notice import tell_preparing
from wormdrive.envs.seasons.art.layout import SKY_COLUMNS, SKY_ROWS, SPRITE_MIPS, SPRITE_TEXELS, Sprite
from wormdrive.envs.seasons.art.mips import RIPMAP_LEVELS_D, RIPMAP_LEVELS_S
from wormdrive.envs.seasons.art.season_art import Art, check_request

__all__ = ["art_file", "load_art"]

_RIPMAP = sum(512 >> i for i in range(RIPMAP_LEVELS_S)) * sum(512 >> j for j in range(RIPMAP_LEVELS_D))
_SPRITE = sum((SPRITE_TEXELS >> mip) ** 2 for mip in range(SPRITE_MIPS))
_FORMS: Final[dict[str, tuple[Any, tuple[int, ...]]]] = {
    "ground": (np.uint32, (_RIPMAP,)),
    "ground_offsets": (np.int32, (RIPMAP_LEVELS_S, RIPMAP_LEVELS_D)),
    "litter": (np.uint32, (_RIPMAP,)),
    "litter_offsets": (np.int32, (RIPMAP_LEVELS_S, RIPMAP_LEVELS_D)),
    "shadow": (np.uint8, (sum(4**level for level in range(9)),)),
    "shadow_offsets": (np.int32, (9,)),
    "sky": (np.uint32, (SKY_ROWS * SKY_COLUMNS,)),
    "atlas": (np.uint32, (len(Sprite) * _SPRITE,)),
    "atlas_offsets": (np.int32, (len(Sprite), SPRITE_MIPS)),
    "atlas_spans": (np.int16, (len(Sprite), SPRITE_MIPS, SPRITE_TEXELS, 2)),
}
"""Type and shape of each array: kernels read them unchecked, so a file must fit to the texel."""


def load_art(season: str, seed: int = 0) -> Art:
    """Return the art of a season, baked at first use; the arrays are read-only. Cameras keep a copy of their own.

    Raises
    ------
    ConditionsError
        If there is no such season, or the seed is negative.
    """
    check_request(season, seed)
    path = art_file(season, seed)
    art = _read(path)
    if art is None:
        from wormdrive.envs.seasons.art.bake import bake_art  # who only reads does without what paints

        tell_preparing(f"baking the art of {season}")
        art = bake_art(season, seed)
        _write(path, art)
    for field in fields(art):
        getattr(art, field.name).flags.writeable = False
    return art


def art_file(season: str, seed: int) -> Path:
    """Where a season's art is kept, once it has been baked."""
    return cache_folder() / "art" / f"{season}-{seed}-{_key(season, seed)}.npz"


def _key(season: str, seed: int) -> str:
    digest = hashlib.sha256(_code_digest())
    digest.update(f"{season} {seed} numpy {np.__version__} cv2 {_cv2_version()}".encode())
    return digest.hexdigest()[:20]


@cache
def _cv2_version() -> str:
    """Version of OpenCV, which need not be imported for it where it was installed under its common name."""
    try:
        return version("opencv-python-headless")
    except PackageNotFoundError:
        import cv2

        return str(cv2.__version__)


@cache
def _code_digest() -> bytes:
    """Hash of the code that paints."""
    digest = hashlib.sha256()
    folder = Path(__file__).resolve().parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.digest()


def _read(path: Path) -> Art | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays: dict[str, Any] = {name: archive[name] for name in _FORMS}
            stored = str(archive["checksum"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if any((arrays[name].dtype, arrays[name].shape) != form for name, form in _FORMS.items()):
        return None
    art = Art(**arrays)
    return art if stored == _checksum(art) else None


def _write(path: Path, art: Art) -> None:
    """Write aside, then rename, so that another process sees all of it or nothing."""
    aside = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.stem, suffix=".part", delete=False) as file:
            aside = Path(file.name)
            arrays = {field.name: getattr(art, field.name) for field in fields(art)}
            np.savez(file, allow_pickle=False, checksum=np.array(_checksum(art)), **arrays)
        aside.replace(path)
    except OSError as error:
        if aside is not None:
            aside.unlink(missing_ok=True)
        tell_unwritable(error)


def _checksum(art: Art) -> str:
    digest = hashlib.sha256()
    for field in fields(art):
        digest.update(getattr(art, field.name).tobytes())
    return digest.hexdigest()[:16]
