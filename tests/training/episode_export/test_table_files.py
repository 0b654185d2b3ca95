from __future__ import annotations

import csv
import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.training.episode_export.exporting import export_episodes


def test_csv_has_every_number_to_the_bit(recorded: Path, tmp_path: Path) -> None:
    out = export_episodes(recorded, "csv", tmp_path / "drives.csv").out
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    episodes = [Episode.load(file) for file in episode_files(recorded)]
    assert len(rows) == sum(map(len, episodes))
    for index, episode in enumerate(episodes):
        own = [row for row in rows if row["episode"] == str(index)]
        assert [int(row["frame"]) for row in own] == list(range(len(episode)))
        for field in fields(VehicleState):
            assert [float(row[field.name]) for row in own] == getattr(episode.state, field.name).tolist()
        assert [float(row["steer"]) for row in own] == episode.command[:, 0].tolist()
        assert {row["acceleration"] for row in own} == {""}  # the cruise control's
        assert [float(row["target_curvature"]) for row in own] == episode.target_curvature.tolist()
        weather = episode.scenario.conditions.weather
        assert {float(row["weather_fog_density"]) for row in own} == {weather.fog_density}
        assert {row["season_name"] for row in own} == {"summer"}
        np.testing.assert_allclose([float(row["time_s"]) for row in own], np.arange(len(episode)) / 30.0)


def test_parquet_has_types_row_groups_and_whole_scenarios(recorded: Path, tmp_path: Path) -> None:
    winter = Conditions.preset("winter", "dusk")
    out = export_episodes(recorded, "parquet", tmp_path / "drives.parquet", conditions=winter).out
    file = pq.ParquetFile(out)
    episodes = [Episode.load(file) for file in episode_files(recorded)]
    assert file.num_row_groups == len(episodes)
    second = file.read_row_group(1)
    assert second["x_m"].to_pylist() == episodes[1].state.x_m.tolist()
    assert second["intervention"].to_pylist() == episodes[1].intervention.tolist()
    assert second["acceleration"].null_count == len(episodes[1])
    assert set(second["season_name"].to_pylist()) == {"winter"}  # shown so, driven in summer
    about = json.loads(file.metadata.metadata[b"wormdrive"])
    assert [one["file"] for one in about] == [path.name for path in episode_files(recorded)]
    shown = episodes[0].scenario.model_copy(update={"conditions": winter})
    assert Scenario.model_validate(about[0]["scenario"]) == shown
