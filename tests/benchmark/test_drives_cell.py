from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.benchmark.course import Course, LadderBisection
from wormdrive.benchmark.drive_row import DriveRow
from wormdrive.benchmark.drive_table import DriveTable, read_drives
from wormdrive.benchmark.drives_cell import DrivesCell
from wormdrive.benchmark.policy_cells import EpisodesCell, PolicyCell
from wormdrive.benchmark.runner import run_cells
from wormdrive.scenarios.evaluate import embedded
from wormdrive.scenarios.shift import Ladder
from wormdrive.scenarios.suite import Suite, Trial
from wormdrive.training.config import RecordConfig, TrainConfig
from wormdrive.training.progress import Silent

SUITE = Suite(
    name="short",
    maps=("country_loop",),
    conditions={"summer": ("day",), "winter": ("day",)},
    ladders={"fog": Ladder(rungs={"conditions.weather.fog_density": (0.0, 60.0, 100.0)})},
    episodes=2,
    route_length_m=20.0,
)
POLICY = PolicyCell(
    "tiny",
    TrainConfig(model="feedforward", window=4, steps=2, batch=2, seed=3),
    EpisodesCell(RecordConfig(episodes=1, length=24)),
)


def test_a_cell_is_named_by_the_scenarios_that_it_drives() -> None:
    named = DrivesCell(POLICY, Course(SUITE, ""))
    assert named.group == DrivesCell(POLICY, Course(SUITE, "fog")).group == POLICY.digest
    assert DrivesCell(POLICY, Course(SUITE.narrowed(episodes=1), "")).name != named.name
    assert DrivesCell(POLICY, Course(SUITE, ""), tell_elapsed=False).name != named.name
    assert DrivesCell(POLICY, LadderBisection(SUITE, "fog")).name != DrivesCell(POLICY, Course(SUITE, "fog")).name
    # another ladder changes nothing in the named conditions
    assert DrivesCell(POLICY, Course(SUITE.model_copy(update={"ladders": {}}), "")).name == named.name


@pytest.mark.slow
def test_a_row_a_drive_and_the_same_bits_with_any_threads(tmp_path: Path) -> None:
    cells = [DrivesCell(POLICY, Course(SUITE, shift), threads=1) for shift in ("", "fog")]
    assert run_cells(cells, tmp_path / "one", Silent()) == 4
    table = read_drives(cells[0].file(tmp_path / "one"))
    assert [(row.season, row.weather, row.shift, row.rung, row.route) for row in table] == [
        ("summer", "day", "", None, 0), ("summer", "day", "", None, 1),
        ("winter", "day", "", None, 0), ("winter", "day", "", None, 1),
    ]  # fmt: skip
    assert {(row.model, row.recipe, row.seed, row.suite) for row in table} == {("feedforward", "tiny", 3, "short")}
    assert all(row.distance_m > 5 and row.offset_mean_m <= row.offset_p95_m for row in table)
    assert len({row.digest for row in table}) == 4
    ladder = read_drives(cells[1].file(tmp_path / "one"))
    assert [row.rung for row in ladder] == [0.0, 0.0, 60.0, 60.0, 100.0, 100.0]
    again = [DrivesCell(POLICY, Course(SUITE, shift), threads=2) for shift in ("", "fog")]
    run_cells(again, tmp_path / "two", Silent())
    for one, two in zip(cells, again, strict=True):
        assert two.file(tmp_path / "two").read_bytes() == one.file(tmp_path / "one").read_bytes()


class Told(Silent):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.totals: list[int] = []
        self.done: list[int] = []

    def begin(self, phase: str, total: int, unit: str) -> None:
        self.totals.append(total)

    def advance(self, done: int, **figures: float) -> None:
        self.done.append(done)


@pytest.mark.slow
def test_a_bisected_ladder_has_the_rungs_around_the_break_and_the_bits_of_the_whole(tmp_path: Path) -> None:
    whole = DrivesCell(POLICY, Course(SUITE, "fog"))
    part = DrivesCell(POLICY, LadderBisection(SUITE, "fog"))
    run_cells([whole], tmp_path, Silent())
    told = Told()
    run_cells([part], tmp_path, told)
    rows = read_drives(whole.file(tmp_path))
    asked: list[Trial] = []
    expected: list[DriveRow] = []
    found = dict(zip([(trial.rung, trial.episode) for trial in whole.course.trials], rows, strict=True))
    while coming := part.course.coming([(trial, found[trial.rung, trial.episode].success) for trial in asked]):
        asked += coming
        expected += [found[trial.rung, trial.episode] for trial in coming]
    assert 2 <= len(expected) < len(rows)
    assert read_drives(part.file(tmp_path)) == DriveTable(tuple(expected))
    assert told.totals[-1] == told.done[-1] == 4
    assert told.done == sorted(told.done)


@pytest.mark.slow
def test_rows_say_whether_the_time_was_told(tmp_path: Path) -> None:
    cell = DrivesCell(POLICY, Course(SUITE, ""), tell_elapsed=False)
    run_cells([cell], tmp_path, Silent())
    assert read_drives(cell.file(tmp_path)).values("clock") == [False]
    assert not cell.candidate(tmp_path).make_driver(embedded()(1, None)).tell_elapsed
