"""Cells that write numbers: done once, in order, by several at once, and gone on with after an interruption."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from tests.benchmark.numbers import Number
from wormdrive.benchmark.cell import Cell, in_order
from wormdrive.benchmark.runner import Shard, run_cells
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.training.progress import Progress, Silent


class Interrupted(Number):
    """Keeps half of its work when Ctrl-C comes, which it does at once."""

    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        if not (aside / "half").exists():
            (aside / "half").write_text("done")
            raise KeyboardInterrupt
        super().work(results, aside, progress)


def value(cell: Cell, results: Path) -> int:
    return int((results / cell.name / "value").read_text())


def test_names_follow_from_all_that_determines() -> None:
    assert Number(1).name == Number(1).name
    assert len({Number(1).name, Number(2).name, Number(1, Number(2)).name, Number(1, Number(3)).name}) == 4
    assert Number(1, Number(2, Number(3))).group == Number(3).group


def test_what_is_needed_comes_first_and_once(tmp_path: Path) -> None:
    first, log = Number(1, log=tmp_path / "log"), tmp_path / "log"
    sums = [Number(10, first, log=log), Number(20, first, log=log)]
    assert [cell.name for cell in in_order(sums)] == [first.name, *(cell.name for cell in sums)]
    assert run_cells(sums, tmp_path / "results", Silent()) == 3
    assert [value(cell, tmp_path / "results") for cell in sums] == [11, 21]
    assert run_cells([*sums, Number(30, first, log=log)], tmp_path / "results", Silent()) == 1
    assert log.read_text().split() == ["1", "10", "20", "30"]


def test_an_interrupted_cell_goes_on_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    cell = Interrupted(5)
    with pytest.raises(KeyboardInterrupt):
        run_cells([cell], tmp_path, Silent())
    assert not cell.is_done(tmp_path)
    assert run_cells([cell], tmp_path, Silent()) == 1
    assert value(cell, tmp_path) == 5
    assert (tmp_path / cell.name / "half").exists()


def test_stops_between_cells(tmp_path: Path) -> None:
    cells = [Number(k) for k in range(5)]
    assert run_cells(cells, tmp_path, Silent(), stopped=lambda: sum(c.is_done(tmp_path) for c in cells) >= 2) == 2


def _run(results: Path, log: Path) -> None:
    first = Number(1, log=log, seconds=0.2)
    run_cells([Number(10 * k, first, log=log, seconds=0.1) for k in range(1, 7)], results, Silent())


@pytest.mark.slow
def test_several_processes_share_the_work(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_run, args=(tmp_path / "results", tmp_path / "log")) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert sorted(map(int, (tmp_path / "log").read_text().split())) == [1, 10, 20, 30, 40, 50, 60]


def test_shards_are_disjoint_whole_and_keep_chains_together() -> None:
    chains = [Number(k + 10, Number(k)) for k in range(9)]
    parts = [Shard(i, 3).takes(chains) for i in range(3)]
    names = [cell.name for part in parts for cell in part]
    assert sorted(names) == sorted(cell.name for cell in in_order(chains))
    for part in parts:
        held = {cell.name for cell in part}
        assert all(need.name in held for cell in part for need in cell.needs)
        assert len(part) == 6


@pytest.mark.parametrize("text", ["3/3", "-1/2", "1", "a/b", "0/0", "1/"])
def test_shards_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match="shard="):
        Shard.parse(text)


def test_a_shard_is_read() -> None:
    assert Shard.parse("1/4") == Shard(1, 4)
