from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from wormdrive.benchmark.definition import Benchmark
from wormdrive.benchmark.sealed import sealed_conditions
from wormdrive.benchmark.unsealing import SEALED, UNSEALED, unseal
from wormdrive.envs.common.errors import ArgumentError

SEED = "00112233445566778899aabbccddeeff"
HASH = hashlib.sha256(SEED.encode()).hexdigest()
BENCHMARK = Benchmark.model_validate(
    {
        "name": "sealed",
        "trainings": [{"models": ["ncp", "feedforward"], "recipes": ["paper"], "seeds": 2}],
        "drives": [{"suite": "demo"}],
        "sealed_seed_sha256": HASH,
    }
)


def train(benchmark: Benchmark, results: Path, *, but: int = 0) -> None:
    """Pretend that the first trainings are there, all but some."""
    policies = benchmark.policies()
    for policy in policies[: len(policies) - but]:
        (results / policy.name).mkdir(exist_ok=True)


def test_the_conditions_of_the_seed_are_written_with_a_record(tmp_path: Path) -> None:
    train(BENCHMARK, tmp_path)
    file = unseal(BENCHMARK, SEED, tmp_path)
    assert file == tmp_path / SEALED
    assert file.read_text() == sealed_conditions(SEED)
    record = json.loads((tmp_path / UNSEALED).read_text())
    assert (record["benchmark"], record["seed"], record["seed_sha256"]) == ("sealed", SEED, HASH)
    assert record["conditions_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert record["trainings"] == 4
    assert record["trained_until"] <= record["unsealed_at"]
    before = (tmp_path / UNSEALED).read_bytes()
    file.unlink()
    assert unseal(BENCHMARK, SEED, tmp_path).read_text() == sealed_conditions(SEED)
    assert (tmp_path / UNSEALED).read_bytes() == before


def test_nobody_may_look_while_a_training_is_missing(tmp_path: Path) -> None:
    train(BENCHMARK, tmp_path, but=1)
    with pytest.raises(ArgumentError, match=r"1 of 4 trainings are missing \(feedforward, paper, seed 1\)"):
        unseal(BENCHMARK, SEED, tmp_path)
    assert not (tmp_path / SEALED).exists()
    assert not (tmp_path / UNSEALED).exists()


def test_another_seed_is_refused_with_both_hashes(tmp_path: Path) -> None:
    train(BENCHMARK, tmp_path)
    other = SEED[::-1]
    with pytest.raises(ArgumentError, match=f"{hashlib.sha256(other.encode()).hexdigest()}.*{HASH}") as caught:
        unseal(BENCHMARK, other, tmp_path)
    assert other not in str(caught.value)
    assert not (tmp_path / SEALED).exists()


def test_a_benchmark_that_sealed_nothing_has_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="has no sealed_seed_sha256"):
        unseal(BENCHMARK.model_copy(update={"sealed_seed_sha256": None}), SEED, tmp_path)


def test_trainings_that_came_after_the_opening_are_not_sealed_from_it(tmp_path: Path) -> None:
    train(BENCHMARK, tmp_path)
    unseal(BENCHMARK, SEED, tmp_path)
    more = BENCHMARK.model_copy(
        update={"trainings": tuple(group.model_copy(update={"seeds": 3}) for group in BENCHMARK.trainings)}
    )
    train(more, tmp_path)
    with pytest.raises(ArgumentError, match=r"trainings_sha256 is not .*--conditions .*sealed.yaml"):
        unseal(more, SEED, tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"benchmark": "another"}'])
def test_a_record_that_is_none_is_named(text: str, tmp_path: Path) -> None:
    train(BENCHMARK, tmp_path)
    (tmp_path / UNSEALED).write_text(text)
    with pytest.raises(ArgumentError, match=UNSEALED):
        unseal(BENCHMARK, SEED, tmp_path)
