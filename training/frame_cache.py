"""Frame cache: drawn and reduced frames, kept between runs, so that who trains again on the same drives draws nothing.

A file's name is a hash of everything that decides what it holds: the drive's scenario, camera and states, how pictures
are reduced, the code that draws and reduces, the libraries and the processor. Change any of them and another file is
made. What a file holds is checked against its digest; whatever is wrong with it, its frames are drawn anew.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import llvmlite.binding as llvm
import numba
import numpy as np
from numpy.typing import NDArray

from wormdrive import envs, perception
from wormdrive.envs.common.bounded_cache import BoundedCache
from wormdrive.envs.common.cache_folder import frames_folder, most_frame_bytes
from wormdrive.envs.common.checksummed import pack_checksummed, read_checksummed
from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.roads import BUILTIN_MAPS
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.perception.preprocess import PreprocessConfig

__all__ = ["DrawnFrames", "FrameCache"]

_KIND: Final = "wormdrive-frames"
_VERSION: Final = 1
_HEADER_BYTES: Final = 1 << 16
_DRAWS: Final = ("common", "roads", "seasons", "simulation", "rendering", "episodes", "embedded")
"""Rooms of ``envs`` whose code and data pictures come from."""
_REDUCES: Final = frozenset({"height", "width", "downsample", "colour", "crop_top"})
"""What of the preprocessing is done before frames are kept."""


class DrawnFrames(NamedTuple):
    """What a file holds of T frames: images (T, C, h, w) float16, classes (T, h, w) uint8, lane width (T,) float32."""

    images: NDArray[np.float16]
    classes: NDArray[np.uint8]
    lane_width_m: NDArray[np.float32]


class FrameCache:
    """Drawn frames by key.

    Parameters
    ----------
    folder:
        By default a folder in the user's cache folder.
    max_bytes:
        What it may hold; by default what ``WORMDRIVE_FRAMES_GIB`` says, else 4 GiB.

    Raises
    ------
    ArgumentError
        If ``WORMDRIVE_FRAMES_GIB`` is not a number from 0.
    """

    def __init__(self, folder: Path | None = None, max_bytes: int | None = None) -> None:
        self._files = BoundedCache(
            folder or frames_folder(), ".frames", most_frame_bytes() if max_bytes is None else max_bytes
        )

    def key(self, episode: Episode, preprocess: PreprocessConfig) -> str | None:
        """Return the key of an episode's frames; None where nothing is drawn, or its map cannot be read."""
        if episode.simulator != "embedded" or not self._files.max_bytes:
            return None
        map_content = _map_content(episode.scenario.map)
        if map_content is None:
            return None
        decides = {
            "made_by": _made_by(),
            "map": map_content,
            "scenario": episode.scenario.model_dump(mode="json"),
            "camera": asdict(episode.camera),
            "dt_s": episode.dt_s,
            "first_step": episode.first_step,
            "reduced": preprocess.model_dump(mode="json", include=set(_REDUCES)),
        }
        digest = hashlib.sha256(json.dumps(decides, sort_keys=True).encode())
        for field in fields(VehicleState):
            digest.update(np.ascontiguousarray(getattr(episode.state, field.name), np.float64).tobytes())
        return digest.hexdigest()

    def holds(self, key: str) -> bool:
        """Whether there is a file of this key; it may yet turn out to be corrupt."""
        return self._files.holds(key)

    def read(self, key: str, room: DrawnFrames) -> bool:
        """Read a key's frames into ``room``; False, with ``room`` as it was, where there are none, or none such."""
        wanted = {name: (array.dtype, array.shape) for name, array in room._asdict().items()}
        most = sum(array.nbytes for array in room) + _HEADER_BYTES
        try:
            _, arrays = read_checksummed(self._files.path(key), _KIND, _VERSION, EpisodeError, most)
            if {name: (array.dtype, array.shape) for name, array in arrays.items()} != wanted:
                raise EpisodeError(f"{self._files.path(key)}: other arrays than its name says")
        except EpisodeError:
            self._files.drop(key)
            return False
        for name, array in room._asdict().items():
            array[...] = arrays[name]
        self._files.use(key)
        return True

    def write(self, key: str, frames: DrawnFrames) -> None:
        """Keep frames under a key, if that is possible."""
        self._files.write(key, pack_checksummed(_KIND, _VERSION, {}, frames._asdict()))


@cache
def _made_by() -> str:
    """Hash of the code that draws and reduces, with the versions of what it is compiled by and for."""
    libraries = (np.__version__, numba.__version__, cv2.__version__)
    digest = hashlib.sha256(" ".join((*libraries, llvm.get_host_cpu_name())).encode())
    rooms, perceives = Path(str(envs.__file__)).parent, Path(str(perception.__file__)).parent
    folders = [*(rooms / name for name in _DRAWS), perceives / "kernels"]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".yaml", ".xodr")]
    files += [perceives / "preprocess.py", Path(__file__), Path(__file__).with_name("frames.py")]
    files.append(rooms.parent / "__init__.py")  # Wormdrive's own version
    for path in sorted(files):
        digest.update(f"\0{path.parent.name}/{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _map_content(name: str) -> str | None:
    """Hash of a map's file; that of a built-in map is part of the code."""
    if name in BUILTIN_MAPS:
        return name
    try:
        status = Path(name).stat()
        return _file_digest(name, status.st_mtime_ns, status.st_size)
    except OSError:
        return None


@lru_cache(maxsize=64)
def _file_digest(name: str, _written: int, _size: int) -> str:
    return hashlib.sha256(Path(name).read_bytes()).hexdigest()
