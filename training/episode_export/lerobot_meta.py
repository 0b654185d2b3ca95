"""LeRobot meta: what the folder ``meta`` of a data set says of its features, episodes, tasks and statistics."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.extras import import_extra
from wormdrive.training.episode_export.feature_statistics import PictureStatistics, Statistics, of_numbers

__all__ = ["CAMERA", "VECTORS", "EpisodeEntry", "data_path", "video_path", "write_meta"]

CAMERA: Final = "observation.images.front"
VECTORS: Final[Mapping[str, tuple[str, ...]]] = {
    "observation.state": ("speed_mps", "yaw_rate_radps", "steer_angle_rad"),
    "observation.environment_state": ("station_m", "lateral_offset_m", "heading_error_rad", "curvature"),
    "action": ("target_curvature", "target_speed_mps"),
}
"""What a car can measure of itself, what only the simulator knows, and what to do.

LeRobot's policies take vectors of two numbers or more: one alone reaches them without its dimension.
"""

_VERSION: Final = "v3.0"
_FILES_A_CHUNK: Final = 1000
_FILE: Final = "chunk-{chunk_index:03d}/file-{file_index:03d}"
_DATA: Final = f"data/{_FILE}.parquet"
_VIDEO: Final = f"videos/{{video_key}}/{_FILE}.mp4"
_EPISODES: Final = f"meta/episodes/{_FILE}.parquet"


@dataclass(frozen=True)
class EpisodeEntry:
    """An episode of the data set: ``Loaded.about``, columns, pictures counted, its file, and its first frame there."""

    about: Mapping[str, Any]
    features: Mapping[str, NDArray[Any]]
    pictures: PictureStatistics
    file: int
    begin: int

    def __len__(self) -> int:
        """Return the number of frames T."""
        return len(self.features["index"])


def data_path(file: int) -> str:
    """Return where table number ``file`` lies in the data set."""
    return _DATA.format(**_place(file))


def video_path(file: int) -> str:
    """Return where film number ``file`` lies in the data set."""
    return _VIDEO.format(video_key=CAMERA, **_place(file))


def write_meta(out: Path, entries: Sequence[EpisodeEntry], fps: int, task: str) -> None:
    """Write the folder ``meta`` of a data set of these episodes, in which the driver does ``task``."""
    arrow, parquet = import_extra("pyarrow", "lerobot"), import_extra("pyarrow.parquet", "lerobot")
    meta = out / "meta"
    path = out / _EPISODES.format(**_place(0))
    path.parent.mkdir(parents=True)
    parquet.write_table(arrow.Table.from_pylist(_rows(entries, fps, task)), path)
    # the tasks' words are the index of a pandas table
    tasks = arrow.table({"task_index": [0], "task": [task]})
    parquet.write_table(tasks.replace_schema_metadata({"pandas": json.dumps(_PANDAS_TASKS)}), meta / "tasks.parquet")
    _write_json(meta / "info.json", _info(entries, fps))
    joined = {name: np.concatenate([entry.features[name] for entry in entries]) for name in entries[0].features}
    seen = PictureStatistics([entry.pictures for entry in entries])
    _write_json(meta / "stats.json", _nested(_statistics(joined, seen)))
    _write_json(meta / "scenarios.json", [entry.about for entry in entries])


def _place(file: int) -> dict[str, int]:
    return {"chunk_index": file // _FILES_A_CHUNK, "file_index": file % _FILES_A_CHUNK}


def _rows(entries: Sequence[EpisodeEntry], fps: int, task: str) -> list[dict[str, Any]]:
    rows, first = [], 0
    for index, entry in enumerate(entries):
        place = _place(entry.file)
        row: dict[str, Any] = {
            "episode_index": index,
            "tasks": [task],
            "length": len(entry),
            "dataset_from_index": first,
            "dataset_to_index": first + len(entry),
            **{f"data/{name}": number for name, number in place.items()},
            **{f"videos/{CAMERA}/{name}": number for name, number in place.items()},
            f"videos/{CAMERA}/from_timestamp": entry.begin / fps,
            f"videos/{CAMERA}/to_timestamp": (entry.begin + len(entry)) / fps,
            **{f"meta/episodes/{name}": number for name, number in _place(0).items()},
        }
        told = _statistics(entry.features, entry.pictures)
        row |= {f"stats/{name}/{key}": value.tolist() for name, found in told.items() for key, value in found.items()}
        rows.append(row)
        first += len(entry)
    return rows


def _info(entries: Sequence[EpisodeEntry], fps: int) -> dict[str, Any]:
    height, width = (entries[0].about["camera"][side] // 2 * 2 for side in ("height", "width"))  # as films have it
    features: dict[str, Any] = {
        CAMERA: {
            "dtype": "video",
            "shape": [height, width, 3],
            "names": ["height", "width", "channels"],
            "info": {
                "video.height": height,
                "video.width": width,
                "video.channels": 3,
                "video.codec": "mpeg4",
                "video.pix_fmt": "yuv420p",
                "video.fps": fps,
                "video.is_depth_map": False,
                "has_audio": False,
            },
        }
    }
    for name, values in entries[0].features.items():
        size = values.shape[1] if values.ndim == 2 else 1
        features[name] = {"dtype": values.dtype.name, "shape": [size], "names": list(VECTORS.get(name, ())) or None}
    return {
        "codebase_version": _VERSION,
        "robot_type": "wormdrive",
        "total_episodes": len(entries),
        "total_frames": sum(map(len, entries)),
        "total_tasks": 1,
        "chunks_size": _FILES_A_CHUNK,
        "data_files_size_in_mb": 100,
        "video_files_size_in_mb": 200,
        "fps": fps,
        "splits": {"train": f"0:{len(entries)}"},
        "data_path": _DATA,
        "video_path": _VIDEO,
        "features": features,
    }


def _statistics(features: Mapping[str, NDArray[Any]], pictures: PictureStatistics) -> dict[str, Statistics]:
    numbers = {name: of_numbers(values.reshape(len(values), -1)) for name, values in features.items()}
    return {CAMERA: pictures.result(), **numbers}


def _nested(found: Mapping[str, Statistics]) -> dict[str, Any]:
    return {name: {key: value.tolist() for key, value in one.items()} for name, one in found.items()}


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


_PANDAS_TASKS: Final = {
    "index_columns": ["task"],
    "column_indexes": [
        {
            "name": None,
            "field_name": None,
            "pandas_type": "unicode",
            "numpy_type": "object",
            "metadata": {"encoding": "UTF-8"},
        }
    ],
    "columns": [
        {
            "name": "task_index",
            "field_name": "task_index",
            "pandas_type": "int64",
            "numpy_type": "int64",
            "metadata": None,
        },
        {"name": "task", "field_name": "task", "pandas_type": "unicode", "numpy_type": "object", "metadata": None},
    ],
    "creator": {"library": "pyarrow", "version": "17.0.0"},
    "pandas_version": "2.2.0",
}
