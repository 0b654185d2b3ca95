from __future__ import annotations

from pathlib import Path

import pytest

from tests.agents.mounted.onnx_files import mean_of_picture
from wormdrive.agents.mounted.mount import Mount
from wormdrive.agents.policies.registry import build_policy
from wormdrive.benchmark.definition import Benchmark
from wormdrive.benchmark.drive_table import read_drives
from wormdrive.benchmark.guests import GUESTS, Guest, GuestDrivesCell, guest_cells, guest_table
from wormdrive.benchmark.runner import run_cells
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.candidate import load_candidate, policy_candidate
from wormdrive.training.progress import Silent

SUITE = """
name: short
maps: [country_loop]
conditions: {summer: [day], winter: [day]}
ladders: {fog: {rungs: {conditions.weather.fog_density: [0, 100]}}}
episodes: 2
route_length_m: 20
"""


@pytest.fixture
def benchmark(tmp_path: Path) -> Benchmark:
    (tmp_path / "short.yaml").write_text(SUITE)
    suite = str(tmp_path / "short.yaml")
    trainings = {"models": ["feedforward"], "recipes": ["demo"], "seeds": 1}
    return Benchmark.model_validate(
        {
            "name": "tiny",
            "trainings": [trainings],
            "drives": [
                {"suite": suite},
                {"suite": suite, "shifts": ["fog"], "models": [], "tell_elapsed": False},
            ],
        }
    )


def guest(model: str) -> Guest:
    return Guest.of(model, load_candidate(model))


def cells_of(benchmark: Benchmark, *guests: Guest) -> list[GuestDrivesCell]:
    return guest_cells(benchmark, guests)


def test_guests_drive_each_course_once(benchmark: Benchmark) -> None:
    cells = cells_of(benchmark, guest("expert"), guest("tests.scenarios.own_drivers:straight"))
    assert [(cell.training.model, cell.course.shift) for cell in cells] == [
        ("expert", ""), ("expert", "fog"),
        ("tests.scenarios.own_drivers:straight", ""), ("tests.scenarios.own_drivers:straight", "fog"),
    ]  # fmt: skip
    assert len({cell.name for cell in cells}) == 4
    with pytest.raises(ArgumentError, match="guest 'expert': is there twice"):
        cells_of(benchmark, guest("expert"), guest("expert"))


def test_a_guest_that_has_changed_drives_anew(benchmark: Benchmark, tmp_path: Path) -> None:
    file = mean_of_picture(tmp_path / "mean.onnx", gain=0.01)

    def name(mount: Mount) -> str:
        return cells_of(benchmark, Guest.of(str(file), load_candidate(file, mount=mount)))[0].name

    before = name(Mount())
    assert name(Mount()) == before
    assert name(Mount(delay_s=0.1)) != before
    mean_of_picture(file, gain=0.02)
    assert name(Mount()) != before
    own = "tests.scenarios.own_drivers:net"
    described = guest(own).described
    assert described == guest(own).described
    assert [Path(source).name for source in described["files"]] == ["own_drivers.py"]
    one, other = (Guest.of("mine", policy_candidate(build_policy({"kind": "feedforward"}), "mine")) for _ in range(2))
    assert one.described["numbers"] != other.described["numbers"], "their weights were drawn anew"


@pytest.mark.slow
def test_their_rows_are_kept_beside_those_of_others(benchmark: Benchmark, tmp_path: Path) -> None:
    file, results = tmp_path / "results" / GUESTS, tmp_path / "results"
    for model in ("expert", "tests.scenarios.own_drivers:straight", "expert"):
        cells = cells_of(benchmark, guest(model))
        run_cells(cells, results, Silent())
        guest_table(cells, results, file).write(file)
    table = read_drives(file)
    assert {(row.model, row.recipe, row.seed) for row in table} == {
        ("expert", "guest", 0), ("tests.scenarios.own_drivers:straight", "guest", 0),
    }  # fmt: skip
    assert len(table) == 2 * (2 * 2 + 2 * 2)
    assert all(row.success for row in table.select(model="expert"))
