from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmark.numbers import Number
from tests.support.ray_cluster import RayCluster, ray_cluster
from wormdrive.benchmark.cell import in_order
from wormdrive.benchmark.drives_cell import Course, DrivesCell
from wormdrive.benchmark.folder_bytes import read_folder
from wormdrive.benchmark.policy_cells import EpisodesCell, PolicyCell
from wormdrive.benchmark.provenance import Provenance
from wormdrive.benchmark.ray_runner import run_cells_on_ray
from wormdrive.benchmark.runner import run_cells
from wormdrive.envs.common.errors import ArgumentError, MissingPackageError, WormdriveError
from wormdrive.scenarios.suite import Suite
from wormdrive.training.config import RecordConfig, TrainConfig
from wormdrive.training.progress import Progress, Silent


class Refused(Number):
    """Raises an error of ours."""

    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        raise ArgumentError(f"value={self.value}: allowed is another")


class Broken(Number):
    """Raises an error of somebody else's."""

    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        raise ZeroDivisionError("by nought")


class Doomed(PolicyCell):
    """A training whose process is killed in the midst of it, the first time; ``kills`` tells of what was."""

    kills: Path

    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        super().work(results, aside, progress if self.kills.exists() else Killer(self.kills))


class Killer:
    """Kills its process once some of the training is done."""

    def __init__(self, kills: Path) -> None:
        self.kills, self.phase = kills, ""

    def begin(self, phase: str, total: int, unit: str) -> None:
        self.phase = phase

    def advance(self, done: int, **figures: float) -> None:
        if self.phase == "train":
            self.kills.write_text(str(done))
            os.kill(os.getpid(), signal.SIGKILL)


class Heard:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.phases: list[tuple[str, int]] = []
        self.done: list[int] = []
        self.sigterm: list[object] = []

    def begin(self, phase: str, total: int, unit: str) -> None:
        self.phases.append((phase, total))

    def advance(self, done: int, **figures: float) -> None:
        self.done.append(done)
        self.sigterm.append(signal.getsignal(signal.SIGTERM))
        print("heard")


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    with ray_cluster() as started:
        yield started


@pytest.fixture
def address(cluster: RayCluster) -> str:
    return cluster.address


@pytest.mark.slow
def test_cells_are_done_once_and_in_order_and_results_are_written_here(address: str, tmp_path: Path) -> None:
    first = Number(1)
    sums = [Number(10 * k, first) for k in range(1, 8)]
    last = Number(1000, *sums)
    heard = Heard()
    assert run_cells_on_ray([last], tmp_path, heard, address) == 9
    assert (tmp_path / last.name / "value").read_text() == str(1000 + 280 + 7)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([".in-work", *(c.name for c in in_order([last]))])
    assert heard.phases == [("cells on the cluster", 9)]
    assert heard.done == sorted(heard.done)
    assert heard.done[-1] == 9
    before = (tmp_path / last.name / "value").stat().st_mtime_ns
    more = Number(2000, last)
    assert run_cells_on_ray([last, more], tmp_path, Silent(), address) == 1
    assert (tmp_path / more.name / "value").read_text() == str(2000 + 1287)
    assert (tmp_path / last.name / "value").stat().st_mtime_ns == before


def chain(seed: int, kind: type[PolicyCell] = PolicyCell) -> DrivesCell:
    suite = Suite(name="short", conditions={"summer": ("day",), "winter": ("day",)}, episodes=2, route_length_m=20.0)
    train = TrainConfig(model="ncp", window=4, steps=6, batch=2, seed=seed)
    return DrivesCell(kind("tiny", train, EpisodesCell(RecordConfig(episodes=1, length=24))), Course(suite, ""))


def bytes_of(results: Path) -> dict[str, bytes]:
    """All results but the journals, which hold times."""
    return {name: held for name, held in read_folder(results).items() if not name.endswith(".jsonl")}


@pytest.mark.slow
def test_two_workers_one_of_them_killed_at_a_training_come_to_the_bytes_of_one_process(
    address: str, tmp_path: Path
) -> None:
    doomed = chain(0, Doomed)
    assert isinstance(doomed.policy, Doomed)
    doomed.policy.kills = tmp_path / "kills"
    assert run_cells_on_ray([doomed, chain(1)], tmp_path / "cluster", Silent(), address) == 5
    assert int((tmp_path / "kills").read_text()) > 0
    run_cells([chain(0), chain(1)], tmp_path / "one", Silent())
    one = bytes_of(tmp_path / "one")
    assert {name.partition("-")[0] for name in one} == {"episodes", "policy", "drives"}
    assert bytes_of(tmp_path / "cluster") == one


@pytest.mark.slow
def test_from_a_machine_that_is_none_of_the_cluster_it_works_as_well(cluster: RayCluster, tmp_path: Path) -> None:
    cell = EpisodesCell(RecordConfig(episodes=1, length=24))
    assert run_cells_on_ray([cell], tmp_path / "client", Silent(), cluster.client_address) == 1
    run_cells([cell], tmp_path / "here", Silent())
    assert read_folder(tmp_path / "client" / cell.name) == read_folder(tmp_path / "here" / cell.name)


@pytest.mark.slow
def test_sigterm_means_what_it_meant_and_standard_output_is_left_alone(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def ours(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, ours)
    try:
        heard = Heard()
        run_cells_on_ray([Number(1)], tmp_path, heard, address)
        assert set(heard.sigterm) == {ours}
        assert signal.getsignal(signal.SIGTERM) is ours
    finally:
        signal.signal(signal.SIGTERM, before)
    told = capsys.readouterr()
    assert told.out == ""
    assert "heard" in told.err


@pytest.mark.slow
def test_what_a_stopped_training_left_aside_is_not_mixed_with_a_result(address: str, tmp_path: Path) -> None:
    cell = Number(5)
    (tmp_path / ".in-work" / cell.name / "run").mkdir(parents=True)
    (tmp_path / ".in-work" / cell.name / "run" / "checkpoint").write_text("old")
    run_cells_on_ray([cell], tmp_path, Silent(), address)
    assert [path.name for path in (tmp_path / cell.name).iterdir()] == ["value"]


@pytest.mark.slow
def test_errors_of_tasks_come_here_and_keep_what_was_done(address: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"^value=7: allowed is another$"):
        run_cells_on_ray([Refused(7, Number(3))], tmp_path, Silent(), address)
    assert Number(3).is_done(tmp_path)
    with pytest.raises(WormdriveError, match=r"number 8: failed on the cluster(.|\n)*by nought"):
        run_cells_on_ray([Broken(8)], tmp_path, Silent(), address)


@pytest.mark.slow
def test_machines_that_come_to_other_bits_are_refused(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    abacus = replace(Provenance.here(), processor="abacus")
    monkeypatch.setattr(Provenance, "here", lambda: abacus)
    with pytest.raises(ArgumentError, match=r"a worker at .*: allowed is what this machine is, .*abacus"):
        run_cells_on_ray([Number(1)], tmp_path, Silent(), address)
    assert not Number(1).is_done(tmp_path)


@pytest.mark.slow
def test_a_task_that_no_machine_has_room_for_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=f"ray='{address}': no machine of it has CPU=3 to set aside"):
        run_cells_on_ray([Number(1)], tmp_path, Silent(), address, threads=3)
    with pytest.raises(ArgumentError, match="no machine of it has CPU=1, GPU=1"):
        run_cells_on_ray([Number(1)], tmp_path, Silent(), address, device="cuda")


def test_without_ray_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingPackageError, match=r"^ray is not installed: pip install 'wormdrive\[ray\]'$"):
        run_cells_on_ray([Number(1)], tmp_path, Silent(), "auto")


def test_a_cluster_that_is_not_there_is_said_so_at_once(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed: extra `ray`")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for address in (f"127.0.0.1:{port}", f"ray://127.0.0.1:{port}"):
        with pytest.raises(ArgumentError, match=f"ray='{address}': cannot be reached: Connection refused"):
            run_cells_on_ray([Number(1)], tmp_path, Silent(), address)
    for address in ("here", "host:port", "ray://", "host:99999", ""):
        with pytest.raises(ArgumentError, match=f"ray='{address}': allowed are auto, local, HOST:PORT"):
            run_cells_on_ray([Number(1)], tmp_path, Silent(), address)


def test_nothing_is_asked_of_a_cluster_where_nothing_is_missing(tmp_path: Path) -> None:
    (tmp_path / Number(1).name).mkdir()
    assert run_cells_on_ray([Number(1)], tmp_path, Silent(), "nowhere") == 0
