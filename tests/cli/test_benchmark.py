"""``wormdrive benchmark`` as a user runs it: cost, killed and gone on with, in shards, the same bytes whichever way."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from wormdrive.benchmark.cell import Cell
from wormdrive.benchmark.drive_table import read_drives
from wormdrive.benchmark.provenance import Provenance
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.training.progress import Progress

pytestmark = pytest.mark.slow

SEED = "5ea1ed5ea1ed5ea1ed5ea1ed5ea1ed00"
BENCHMARK = f"""
name: tiny
sealed_seed_sha256: {hashlib.sha256(SEED.encode()).hexdigest()}
recipes:
  tiny:
    record: {{episodes: 2, length: 24}}
    train: {{window: 4, batch: 2, steps: 6, augmentation: {{wheel_tracks: 0}}}}
trainings: [{{models: [ncp, feedforward], recipes: [tiny], seeds: 2}}]
drives:
  - {{suite: short.yaml}}
  - {{suite: short.yaml, shifts: [fog], models: [ncp], bisect: true, tell_elapsed: false}}
"""
SUITE = """
name: short
maps: [country_loop]
conditions: {summer: [day], winter: [snowfall]}
ladders: {fog: {rungs: {conditions.weather.fog_density: [0, 100]}}}
episodes: 2
route_length_m: 20
"""


OWN = """
given:
  first snow: {season: winter, conditions.season.snow_cover: 0.1}
  "late: ice": {season: spring, disturbances.grip.factor: 0.4}
episodes: 2
route_length_m: 20
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(BENCHMARK)
    (tmp_path / "short.yaml").write_text(SUITE)
    return tmp_path


def command(folder: Path, out: str, *options: str) -> list[str]:
    return ["benchmark", str(folder / "tiny.yaml"), "--out", str(folder / out), "--threads", "1", *options]


def run(folder: Path, out: str, *options: str) -> str:
    result = CliRunner().invoke(app, command(folder, out, *options))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_cost_then_work_then_nothing_left(files: Path) -> None:
    told = json.loads(run(files, "out", "--cost", "--json"))
    assert (told["trainings"], told["drives"]) == (4, 4 * 8 + 2 * 4)
    assert told["trained_frames"] == 4 * 6 * 2 * 4
    assert 0 < told["seconds"] < 600
    assert not (files / "out").exists()
    summary = json.loads(run(files, "out", "--json"))
    assert {rate["model"] for rate in summary["rates"]} == {"ncp", "feedforward"}
    assert len([rate for rate in summary["rates"] if rate["condition"][5]]) == 2 * 4
    assert {(one["model"], one["clock"]) for one in summary["breaking_points"]} == {
        ("ncp", True), ("feedforward", True), ("ncp", False)
    }  # fmt: skip
    assert {one["conditions"] for one in summary["overall"]} == {2}
    # the header, and a line for each of two trainings and these three
    assert len((files / "out" / "breaking_points.csv").read_text().splitlines()) == 1 + 2 * 3
    assert all(set(rate["by_seed"]) == {"0", "1"} and rate["routes"] == 2 for rate in summary["rates"])
    assert json.loads(run(files, "out", "--cost", "--json"))["trainings"] == 0
    shown = run(files, "out")
    assert "winter snowfall" in shown
    assert "summer day, fog 100" in shown
    assert "fog, 0 to 100, untold" in shown


def test_a_device_that_is_not_there_is_refused_before_anything_is_done(files: Path) -> None:
    result = CliRunner().invoke(app, command(files, "out", "--device", "tpu"))
    assert isinstance(result.exception, ArgumentError)
    assert str(result.exception) == "device='tpu': allowed are cpu, cuda"
    assert not (files / "out").exists()


def test_killed_and_in_shards_it_comes_to_the_same_bytes(files: Path) -> None:
    run(files, "whole")
    whole = (files / "whole" / "drives.csv").read_bytes()
    for part in ("0/2", "1/2"):
        run(files, "parts", "--shard", part)
    assert (files / "parts" / "drives.csv").read_bytes() == whole
    process = subprocess.Popen([sys.executable, "-m", "wormdrive", *command(files, "killed")])
    deadline = time.monotonic() + 120
    while not list((files / "killed").glob("policy-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert not (files / "killed" / "drives.csv").exists()
    run(files, "killed")
    assert (files / "killed" / "drives.csv").read_bytes() == whole


def test_with_ray_a_cluster_does_the_work_a_thread_a_task(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, str, int]] = []

    def run_on_ray(
        cells: list[Cell], results: Path, progress: Progress, address: str, *, threads: int, device: str
    ) -> int:
        asked.append((len(cells), address, threads))
        return 0

    monkeypatch.setattr("wormdrive.benchmark.ray_runner.run_cells_on_ray", run_on_ray)
    for options in ([], ["--threads", "3"]):
        started = ["benchmark", str(files / "tiny.yaml"), "--out", str(files / "out"), "--ray", "head:6379", *options]
        assert CliRunner().invoke(app, started).exit_code == 0
    assert asked == [(1 + 4 + 4 * 2 + 2, "head:6379", threads) for threads in (1, 3)]


def verify(files: Path, *options: str) -> Result:
    whole = files / "whole"
    benchmark = ("--benchmark", str(files / "tiny.yaml"), "--sample", "6", "--threads", "1")
    return CliRunner().invoke(app, ["verify", str(whole / "drives.csv"), *benchmark, *options])


def test_a_table_is_verified_from_nothing_but_itself(files: Path) -> None:
    run(files, "whole")
    assert verify(files).stdout.startswith("6 of 6 drives came out the same, to the bit")
    told = json.loads(verify(files, "--results", str(files / "elsewhere"), "--json").stdout)
    assert (told["rows"], told["same_bits"], told["to_the_bit"], told["failed"]) == (6, 6, True, [])
    assert list((files / "elsewhere").glob("policy-*"))


def test_rows_of_bisected_ladders_are_found_again(files: Path) -> None:
    run(files, "whole")
    table = read_drives(files / "whole" / "drives.csv").select(clock=False)
    assert 2 * 2 <= len(table) <= 2 * 4
    table.write(files / "whole" / "drives.csv")
    assert verify(files).stdout.startswith(f"{min(6, len(table))} of {min(6, len(table))} drives came out the same")


def test_a_forged_table_is_found_out(files: Path) -> None:
    run(files, "whole")
    table = files / "whole" / "drives.csv"
    head, *lines = table.read_text().splitlines()
    forged = [line[:-1] + ("0" if line[-1] != "0" else "1") for line in lines]  # the last digit of each trajectory
    table.write_text("\n".join([head, *forged]) + "\n")
    result = verify(files)
    assert result.exit_code == 1
    assert result.stdout.startswith("0 of 6")
    # made on another machine bits may differ, and drives may not
    made = files / "whole" / "provenance.json"
    made.write_text(made.read_text().replace(Provenance.here().processor, "abacus"))
    assert verify(files).stdout.startswith("6 of 6 drives came out the same, within tolerance")
    assert verify(files).exit_code == 0


def test_ones_own_conditions_are_driven_summed_up_and_verified(files: Path) -> None:
    (files / "alps.yaml").write_text(OWN)
    summary = json.loads(run(files, "whole", "--conditions", str(files / "alps.yaml"), "--json"))
    named = {tuple(rate["condition"]) for rate in summary["rates"]}
    assert named == {
        ("alps", "winter", "given", "first snow", None, True),
        ("alps", "spring", "given", "late: ice", None, True),
    }
    assert not (files / "whole" / "drives.csv").exists()
    again = [
        "verify",
        str(files / "whole" / "drives-alps.csv"),
        "--benchmark",
        str(files / "tiny.yaml"),
        "--threads",
        "1",
    ]
    assert isinstance(CliRunner().invoke(app, again).exception, ArgumentError)
    result = CliRunner().invoke(app, [*again, "--conditions", str(files / "alps.yaml")])
    assert result.stdout.startswith("16 of 16 drives came out the same, to the bit")
    bad = files / "bad.yaml"
    bad.write_text(OWN.replace("0.1", "1.1"))
    result = CliRunner().invoke(app, command(files, "whole", "--conditions", str(bad)))
    assert str(result.exception) == (
        f"suite {bad}: given.first snow: conditions: season.snow_cover=1.1: allowed is a number in [0, 1]"
    )


def test_sealed_conditions_are_opened_when_all_is_trained_and_not_before(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wormdrive.benchmark.sealed._ROUTES", 1)
    monkeypatch.setattr("wormdrive.benchmark.sealed._ROUTE_LENGTH_M", 20)
    result = CliRunner().invoke(app, command(files, "whole", "--unseal", SEED))
    assert isinstance(result.exception, ArgumentError)
    assert "4 of 4 trainings are missing" in str(result.exception)
    assert not (files / "whole").exists()
    run(files, "whole")
    both = CliRunner().invoke(app, command(files, "whole", "--unseal", SEED, "--conditions", "seasons"))
    assert str(both.exception) == "--conditions and --unseal: allowed is one of them"
    summary = json.loads(run(files, "whole", "--unseal", SEED, "--json"))
    assert len({tuple(rate["condition"]) for rate in summary["rates"]}) == 24
    made = {
        name: (files / "whole" / name).read_bytes() for name in ("sealed.yaml", "unsealed.json", "drives-sealed.csv")
    }
    run(files, "whole", "--conditions", str(files / "whole" / "sealed.yaml"))
    assert made == {name: (files / "whole" / name).read_bytes() for name in made}


def test_a_guest_drives_what_the_trainings_drove_and_is_set_beside_them(files: Path) -> None:
    run(files, "out")
    told = json.loads(run(files, "out", "--guest", "expert", "--json"))
    assert told["beside"] == str(files / "out" / "drives.csv")
    shown = {(one["model"], one["season"]): one for one in told["guests"]}
    assert set(shown) == {(model, season) for model in ("ncp", "feedforward") for season in ("all", "summer", "winter")}
    whole = shown["ncp", "all"]
    assert (whole["guest"], whole["trainings"], whole["conditions"], whole["routes"]) == ("expert", 2, 2, 2)
    assert whole["guest_success"] == 1.0
    assert whole["difference"] == 1.0 - whole["success"]
    assert {one["model"] for one in told["breaking_points"]} == {"expert"}
    text = run(
        files, "out", "--guest", "tests.scenarios.own_drivers:straight", "--conditions", str(files / "short.yaml")
    )
    assert "short: expert, in the lane on 100 %" in text
    assert "unknown" in text
    assert len(read_drives(files / "out" / "drives-guests.csv")) == 2 * 8
    assert len((files / "out" / "guests.csv").read_text().splitlines()) == 1 + 2 * 2 * 3


def test_a_guest_of_a_shipped_benchmark_is_set_beside_its_shipped_table(files: Path) -> None:
    (files / "own.yaml").write_text(OWN.replace("given:", "name: own\ngiven:"))
    arguments = ["benchmark", "settled-question", "--out", str(files / "new"), "--guest", "expert", "--threads", "1"]
    result = CliRunner().invoke(app, [*arguments, "--conditions", str(files / "own.yaml"), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["beside"].endswith("drives.csv.gz")
    assert told["guests"] == [], "nobody else has driven these conditions"


def test_guests_train_nothing(files: Path) -> None:
    for option, value in (("--ray", ["auto"]), ("--cost", []), ("--unseal", [SEED])):
        result = CliRunner().invoke(app, command(files, "out", "--guest", "expert", option, *value))
        assert str(result.exception) == f"{option}: allowed without --guest only"
    result = CliRunner().invoke(app, command(files, "out", "--mount", "mount.yaml"))
    assert str(result.exception) == "--mount: allowed with --guest only"
    assert not (files / "out").exists()
