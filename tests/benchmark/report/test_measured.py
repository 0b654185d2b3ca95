from __future__ import annotations

from tests.benchmark.report.examples import BENCHMARK, by_chance, evidence, made_table
from wormdrive.benchmark.drive_table import concatenate
from wormdrive.benchmark.report.evidence import Evidence
from wormdrive.benchmark.report.measured import commands, limits, method


def test_trainings_of_the_negative_control_are_counted_apart() -> None:
    table = concatenate([made_table(by_chance), made_table(lambda *_: True, ["ncp", "feedforward"], ["state"], 2)])
    assert method(Evidence(table, BENCHMARK))[0].startswith(
        "45 trainings, 4 more of the negative control, 1,568 drives."
    )
    assert method(evidence(by_chance))[0].startswith("45 trainings, 1,440 drives.")


def test_limits_begin_with_what_so_few_trainings_can_show() -> None:
    few, _, road, _ = limits(evidence(by_chance))
    assert few.startswith("5 trainings of each: ")
    assert road == "One map, one car, cruise control: nothing is said of traffic or junctions."
    assert limits(evidence(by_chance, seeds=1))[0] == "Too few trainings to compare models."


def test_commands_open_the_sealed_conditions_where_some_were_driven() -> None:
    held = evidence(by_chance)
    assert commands(held, "settled-question", ["a.csv"], "0a" * 16) == [
        "wormdrive benchmark settled-question",
        f"wormdrive benchmark settled-question --unseal {'0a' * 16}",
        "wormdrive results a.csv --out docs --force",
        "wormdrive verify a.csv --results runs/settled-question --sample 20",
    ]
    assert [line.split()[1] for line in commands(held, "mine.yaml", ["a.csv"])] == ["benchmark", "results", "verify"]
