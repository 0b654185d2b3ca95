from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.training.config import RecordConfig
from wormdrive.training.episode_export import lerobot_folder
from wormdrive.training.episode_export.exporting import export_episodes
from wormdrive.training.recorder import record

CAMERA = "observation.images.front"


def film(path: Path) -> list[np.ndarray]:
    reader, frames = cv2.VideoCapture(str(path)), []
    while (read := reader.read())[0]:
        frames.append(read[1][..., ::-1])
    return frames


def test_tables_films_and_meta_fit_together(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lerobot_folder, "_SECONDS_A_FILE", 1.0)  # a file each
    out = export_episodes(recorded, "lerobot", tmp_path / "drives", task="Stay.").out
    info = json.loads((out / "meta" / "info.json").read_text())
    assert (info["codebase_version"], info["fps"]) == ("v3.0", 30)
    assert (info["total_episodes"], info["total_frames"]) == (2, 40)
    episodes = [Episode.load(file) for file in episode_files(recorded)]
    rows = pq.read_table(out / "meta" / "episodes" / "chunk-000" / "file-000.parquet").to_pylist()
    for index, (row, episode) in enumerate(zip(rows, episodes, strict=True)):
        assert row["length"] == row["dataset_to_index"] - row["dataset_from_index"] == len(episode)
        assert row["tasks"] == ["Stay."]
        place = {name: row[f"data/{name}"] for name in ("chunk_index", "file_index")}
        assert place == {"chunk_index": 0, "file_index": index}
        table = pq.read_table(out / info["data_path"].format(**place))
        assert table["index"].to_pylist() == list(range(row["dataset_from_index"], row["dataset_to_index"]))
        action = np.array(table["action"].to_pylist())
        np.testing.assert_allclose(action[:, 0], episode.target_curvature, rtol=1e-6)
        np.testing.assert_allclose(action[:-1, 1], episode.state.speed_mps[1:], rtol=1e-6)
        np.testing.assert_allclose(table["command"].to_pylist(), episode.command[:, 0], rtol=1e-6)
        shown = film(out / info["video_path"].format(video_key=CAMERA, **place))
        begin = round(row[f"videos/{CAMERA}/from_timestamp"] * info["fps"])
        pictures = render_episode(episode).camera
        assert pictures is not None
        differences = [np.abs(a.astype(int) - b).mean() for a, b in zip(shown[begin:], pictures, strict=True)]
        assert max(differences) < 8.0
    assert {name for name, feature in info["features"].items() if feature["dtype"] != "video"} == set(
        table.column_names
    )
    assert info["features"][CAMERA]["shape"] == [78, 200, 3]


def test_statistics_are_those_of_all_frames(recorded: Path, tmp_path: Path) -> None:
    out = export_episodes(recorded, "lerobot", tmp_path / "drives").out
    stats = json.loads((out / "meta" / "stats.json").read_text())
    episodes = [Episode.load(file) for file in episode_files(recorded)]
    speed = np.concatenate([episode.state.speed_mps for episode in episodes])
    assert stats["observation.state"]["mean"][0] == pytest.approx(speed.mean())
    assert stats["observation.state"]["q90"][0] == pytest.approx(np.quantile(speed, 0.9))
    pictures = np.concatenate([render_episode(episode).camera for episode in episodes]) / 255.0
    for name, of in {"mean": np.mean, "std": np.std, "min": np.min, "max": np.max}.items():
        np.testing.assert_allclose(np.ravel(stats[CAMERA][name]), of(pictures, axis=(0, 1, 2)), atol=1e-9)
    middle = np.ravel(stats[CAMERA]["q50"])
    np.testing.assert_allclose(middle, np.median(pictures, axis=(0, 1, 2)), atol=0.5 / 255.0)
    assert np.shape(stats[CAMERA]["mean"]) == (3, 1, 1)
    assert stats[CAMERA]["count"] == [40]
    rows = pq.read_table(out / "meta" / "episodes" / "chunk-000" / "file-000.parquet").to_pylist()
    assert rows[1][f"videos/{CAMERA}/from_timestamp"] == pytest.approx(20 / 30)  # both in one film
    assert rows[1]["stats/observation.state/count"] == [20]


def test_tasks_are_the_index_of_a_pandas_table(recorded: Path, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    out = export_episodes(recorded, "lerobot", tmp_path / "drives", task="Stay.").out
    tasks = pandas.read_parquet(out / "meta" / "tasks.parquet")
    assert tasks.iloc[0].name == "Stay."
    assert tasks["task_index"].tolist() == [0]


def test_another_camera_is_refused(recorded: Path, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed"
    record(RecordConfig(episodes=1, length=16), mixed, camera=CameraConfig(width=64))
    Episode.load(episode_files(recorded)[0]).save(mixed / "episode-000007.episode")
    with pytest.raises(EpisodeError, match=r"episode-000007\.episode: camera=.*allowed is that of episode-000000"):
        export_episodes(mixed, "lerobot", tmp_path / "drives")
    assert not (tmp_path / "drives").exists()
