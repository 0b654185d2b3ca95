from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark.report.sealed_examples import COVERS, SEALED_BENCHMARK, SEED, write_opened
from wormdrive.benchmark.committed_tables import committed_tables
from wormdrive.benchmark.definition import load_benchmark
from wormdrive.benchmark.opened_conditions import opened_beside
from wormdrive.benchmark.sealed import sealed_conditions
from wormdrive.envs.common.errors import ArgumentError


def test_conditions_are_read_with_their_snow_and_the_record_from_beside_a_table(tmp_path: Path) -> None:
    table = write_opened(tmp_path / "results")
    opened = opened_beside([tmp_path / "drives.csv", table], SEALED_BENCHMARK)
    assert opened is not None
    assert (opened.record.seed, opened.record.trainings, opened.suite) == (SEED, 45, "sealed")
    assert opened.snow_cover == COVERS


def test_where_none_lie_there_are_none(tmp_path: Path) -> None:
    assert opened_beside([tmp_path / "drives.csv"], SEALED_BENCHMARK) is None


def test_those_of_the_package_are_what_their_seed_draws() -> None:
    benchmark = load_benchmark("settled-question")
    tables = committed_tables(benchmark.name)
    opened = opened_beside(tables, benchmark)
    assert opened is not None
    assert len(opened.snow_cover) == 24
    assert sealed_conditions(opened.record.seed) == (tables[0].parent / "sealed.yaml").read_text(encoding="utf-8")
    assert opened.record.trainings == len(benchmark.policies())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seed": "f" * 32}, r"unsealed\.json: SHA-256 of seed is .*; allowed is"),
        ({"seed": "f" * 32, "seed_sha256": "0" * 64}, r"unsealed\.json: SHA-256 of seed is .*; allowed is 0000"),
        ({"conditions_sha256": "0" * 64}, r"sealed\.yaml: SHA-256 is .*; allowed is 0000"),
        ({"trainings": "many"}, r"unsealed\.json: trainings: .*integer.*; allowed is what --unseal writes"),
        ({"unsealed_at": None}, r"unsealed\.json: unsealed_at: .*string.*; allowed is what --unseal writes"),
    ],
)
def test_what_does_not_belong_together_is_refused(changed: dict[str, object], said: str, tmp_path: Path) -> None:
    table = write_opened(tmp_path, **changed)
    with pytest.raises(ArgumentError, match=said):
        opened_beside([table], SEALED_BENCHMARK)


def test_conditions_of_another_benchmark_are_refused(tmp_path: Path) -> None:
    table = write_opened(tmp_path)
    other = SEALED_BENCHMARK.model_copy(update={"sealed_seed_sha256": None})
    with pytest.raises(ArgumentError, match=r"unsealed\.json: seed_sha256 is .*; allowed is None"):
        opened_beside([table], other)


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_record_that_is_none_is_named(text: str, tmp_path: Path) -> None:
    table = write_opened(tmp_path)
    (tmp_path / "unsealed.json").write_text(text)
    with pytest.raises(ArgumentError, match=r"unsealed\.json: .*allowed is what --unseal writes"):
        opened_beside([table], SEALED_BENCHMARK)


def test_a_record_that_is_missing_is_named(tmp_path: Path) -> None:
    table = write_opened(tmp_path)
    (tmp_path / "unsealed.json").unlink()
    with pytest.raises(ArgumentError, match=r"unsealed\.json: cannot be read"):
        opened_beside([table], SEALED_BENCHMARK)
