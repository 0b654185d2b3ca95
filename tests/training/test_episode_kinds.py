from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from tests.envs.find_target.test_flight_episode import STEPS, flown
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.find_target.dynamics import ACTION_NAMES
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.training.config import RecordConfig
from wormdrive.training.episode_export.exporting import export_episodes
from wormdrive.training.episode_kinds import kind_of
from wormdrive.training.recorder import record


@pytest.fixture
def flights(tmp_path: Path) -> Path:
    folder = tmp_path / "flights"
    for k in range(2):
        flown(STEPS + k).save(folder / f"episode-{k:06d}.episode")
    return folder


def test_flights_are_listed(flights: Path) -> None:
    listed = CliRunner().invoke(app, ["episodes", "list", str(flights)], catch_exceptions=False).stdout.splitlines()
    assert listed[0].startswith("episode-000000.episode  5 frames, 0.5 s, ")
    assert listed[1].endswith("country_loop, winter  red box: lost")
    told = CliRunner().invoke(app, ["episodes", "list", str(flights), "--json"]).stdout.splitlines()
    assert json.loads(told[0])["to_target_m"] == 7.25


def test_flights_are_written_as_tables(flights: Path, tmp_path: Path) -> None:
    done = export_episodes(flights, "csv", tmp_path / "flights.csv")
    assert (done.episodes, done.frames) == (2, 2 * STEPS + 1)
    with (tmp_path / "flights.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    flight = flown()
    for name, values in zip(ACTION_NAMES, flight.action.T, strict=True):
        assert [float(row[name]) for row in rows[:STEPS]] == values.tolist()
    np.testing.assert_array_equal(
        np.array([row["expert_yaw_rate"] for row in rows[:STEPS]], np.float32), flight.expert[:, 3]
    )
    assert {row["end_reason"] for row in rows} == {"lost"}
    assert {row["season_name"] for row in rows} == {"winter"}
    export_episodes(flights, "parquet", tmp_path / "flights.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "flights.parquet")
    assert table.num_rows == len(rows)
    assert table.column_names == list(rows[0])
    about = json.loads(pyarrow.parquet.read_metadata(tmp_path / "flights.parquet").metadata[b"wormdrive"])
    assert about[1]["scenario"]["disturbances"] == {"noise": {"deviation": 0.1}}


def test_what_cannot_be_done_with_flights_is_said(flights: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="to='minari': allowed are csv, parquet for flights"):
        export_episodes(flights, "minari", tmp_path / "flights-v0")
    with pytest.raises(EpisodeError, match=r"episode: a flight holds its own pictures; allowed are those of its own"):
        export_episodes(flights, "csv", tmp_path / "a.csv", conditions=Conditions.preset("summer"))


def test_kinds_are_not_mixed(flights: Path, tmp_path: Path) -> None:
    record(RecordConfig(episodes=1, length=16), tmp_path / "drives")
    drive, flight = tmp_path / "drives" / "episode-000000.episode", flights / "episode-000000.episode"
    assert (kind_of([drive]).called, kind_of([flight]).called) == ("drives", "flights")
    with pytest.raises(EpisodeError, match=r"000000\.episode: one of flights; allowed are drives, as episode-000000"):
        kind_of([drive, flight])
    (tmp_path / "junk.episode").write_bytes(b"junk")
    with pytest.raises(EpisodeError, match=r"junk\.episode: truncated or foreign"):
        kind_of([tmp_path / "junk.episode"])
