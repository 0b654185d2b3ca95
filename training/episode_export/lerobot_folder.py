"""LeRobot folder: drives as a LeRobot data set of format v3.0: Parquet tables, mp4 films, JSON.

The format: https://huggingface.co/docs/lerobot/lerobot-dataset-v3
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.common.extras import import_extra
from wormdrive.scenarios.cockpit.movie import Movie
from wormdrive.training.episode_export.export_request import ExportRequest, Loaded
from wormdrive.training.episode_export.feature_statistics import PictureStatistics
from wormdrive.training.episode_export.lerobot_meta import VECTORS, EpisodeEntry, data_path, video_path, write_meta
from wormdrive.training.episode_pictures import EpisodePictures

__all__ = ["write_lerobot"]

_SECONDS_A_FILE: Final = 400.0
"""LeRobot finds frames by their time in float32, to 0.1 ms: films of half an hour are too long for that."""


def write_lerobot(request: ExportRequest, out: Path) -> None:
    """Write a LeRobot data set into the folder ``out``.

    ``action`` is what to learn: the curvature that the expert would steer [1/m], and the speed of the next frame [m/s].
    ``command`` is what was steered in truth, pushes included. ``meta/scenarios.json`` has each episode's scenario.

    Raises
    ------
    MissingPackageError
        pyarrow is not installed.
    EpisodeError
        Cameras or frame rates differ from episode to episode.
    """
    import_extra("pyarrow", "lerobot")
    first = request.load()
    fps = round(1.0 / first.episode.dt_s)
    camera = first.episode.camera
    files = _Files(out, camera.width, camera.height, fps)
    entries: list[EpisodeEntry] = []
    with files:
        for loaded in request.episodes():
            _check(loaded, first)
            features = _features(loaded, files.rows, fps)
            entry = EpisodeEntry(loaded.about(), features, PictureStatistics(), *files.begin(len(loaded.episode)))
            files.add_rows(features)
            with EpisodePictures(loaded.episode, threads=request.threads) as pictures:
                for part in pictures.parts():
                    assert part.camera is not None  # noqa: S101  (an episode has a camera)
                    files.add_pictures(part.camera)
                    entry.pictures.add(part.camera)
                    request.advance(len(part.camera))
            entries.append(entry)
    write_meta(out, entries, fps, request.task)


def _features(loaded: Loaded, first_row: int, fps: int) -> dict[str, NDArray[Any]]:
    """Return what stands in the table for each frame: arrays (T,) or (T, D)."""
    episode, steps = loaded.episode, len(loaded.episode)
    frame = np.arange(steps)
    numbers = {
        **vars(episode.state),
        "target_curvature": episode.target_curvature,
        "target_speed_mps": episode.state.speed_mps[np.minimum(frame + 1, steps - 1)],
    }
    return {
        **{name: np.stack([numbers[one] for one in of], 1).astype(np.float32) for name, of in VECTORS.items()},
        "command": episode.command[:, 0].astype(np.float32),
        "intervention": episode.intervention,
        "timestamp": (frame / fps).astype(np.float32),
        "frame_index": frame,
        "episode_index": np.full(steps, loaded.index),
        "index": first_row + frame,
        "task_index": np.zeros(steps, np.int64),
    }


def _check(loaded: Loaded, first: Loaded) -> None:
    for name in ("camera", "dt_s"):
        its, wanted = getattr(loaded.episode, name), getattr(first.episode, name)
        if its != wanted:
            raise EpisodeError(f"{loaded.file}: {name}={its}; allowed is that of {first.file.name}, {wanted}")


class _Files:
    """The table and the film that are being written; both begin anew, together, before they are too long."""

    def __init__(self, out: Path, width: int, height: int, fps: int) -> None:
        self.rows = 0
        self._out, self._size, self._fps = out, (width, height), fps
        self._file, self._frames = -1, 0
        self._film: Movie | None = None
        self._table: Any = None
        self._parquet = import_extra("pyarrow.parquet", "lerobot")

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._close()

    def begin(self, steps: int) -> tuple[int, int]:
        """Make room for an episode: return the number of its file, and of its first frame there."""
        if self._file < 0 or self._frames + steps > _SECONDS_A_FILE * self._fps:
            self._close()
            self._file, self._frames = self._file + 1, 0
            self._film = Movie(self._out / video_path(self._file), *self._size, self._fps)
        begin = self._frames
        self._frames += steps
        self.rows += steps
        return self._file, begin

    def add_rows(self, features: Mapping[str, NDArray[Any]]) -> None:
        """Write the rows of an episode."""
        table = _arrow_table(features)
        if self._table is None:
            path = self._out / data_path(self._file)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._table = self._parquet.ParquetWriter(path, table.schema, compression="snappy")
        self._table.write_table(table)

    def add_pictures(self, pictures: NDArray[np.uint8]) -> None:
        """Film pictures (M, H, W, 3)."""
        assert self._film is not None  # noqa: S101  (begun with the episode)
        for picture in pictures:
            self._film.add(picture)

    def _close(self) -> None:
        if self._film is not None:
            self._film.close()
        if self._table is not None:
            self._table.close()
        self._film = self._table = None


def _arrow_table(features: Mapping[str, NDArray[Any]]) -> Any:
    arrow = import_extra("pyarrow", "lerobot")
    columns = {}
    for name, values in features.items():
        flat = arrow.array(values.reshape(-1))
        columns[name] = arrow.FixedSizeListArray.from_arrays(flat, values.shape[1]) if values.ndim == 2 else flat
    return arrow.table(columns)
