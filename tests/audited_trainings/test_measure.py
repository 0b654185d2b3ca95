from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.phases import Phases
from wormdrive.agents.policies.serialization import save_policy
from wormdrive.audit.sections import sections_named
from wormdrive.audit.told_policy import TOLD, told_policy
from wormdrive.audited_trainings.audit_cell import AuditSettings
from wormdrive.audited_trainings.audit_row import AuditRow, read_rows
from wormdrive.audited_trainings.measure import SETTINGS, TABLE, audit_cells, measure
from wormdrive.benchmark.definition import load_benchmark
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.benchmark.trainings import trainings_of
from wormdrive.envs.common.errors import ArgumentError

SMALL = AuditSettings(routes=1, frames=48, sections=sections_named(["dynamics"]))


def trainings(results: Path, *kinds: str) -> list[PolicyCell]:
    """Return trainings from two seeds by ``state``, whose networks are all told the road and steer by its law."""
    for cell in load_benchmark("settled-question").policies():
        if cell.recipe == "state" and cell.config.model in kinds and not cell.folder(results).exists():
            save_policy(told_policy(), cell.folder(results))
    return trainings_of(kinds, results, ["state"], "settled-question", seeds=2)


def labels(rows: list[AuditRow]) -> list[str]:
    return [row.training.label for row in rows]


@pytest.mark.slow
def test_what_is_missing_is_done_and_nothing_twice(tmp_path: Path) -> None:
    results, out, phases = tmp_path / "results", tmp_path / "out", Phases()
    few = audit_cells(trainings(results, "ncp")[:1], results, SMALL)
    assert labels(measure(few, out, phases)) == ["ncp, state, seed 0", TOLD]
    assert phases.begun.count("drive") == 2
    kept = (out / "ncp-state-0" / "explain.html").stat().st_mtime_ns

    more = audit_cells(trainings(results, "lstm", "ncp"), results, SMALL)
    rows = measure(more, out, phases)
    assert labels(rows) == [
        *(f"{kind}, state, seed {seed}" for kind in ("lstm", "ncp") for seed in range(2)),
        TOLD,
    ]
    assert phases.begun.count("drive") == 5
    assert (out / "ncp-state-0" / "explain.html").stat().st_mtime_ns == kept
    assert read_rows(out / TABLE) == rows
    assert len({tuple(row.figures.items()) for row in rows}) == 1, "they are the same network, on the same roads"
    again = labels(measure(few, out, phases))
    assert sorted(again) == sorted(labels(rows)), "a row for every audit that lies there"
    assert again[0] == "ncp, state, seed 0"

    with pytest.raises(ArgumentError, match=r"config\.txt: another configuration"):
        measure(audit_cells(trainings(results, "ncp"), results, replace(SMALL, frames=49)), out, phases)


@pytest.mark.slow
def test_other_weights_are_refused(tmp_path: Path) -> None:
    results, out = tmp_path / "results", tmp_path / "out"
    cells = trainings(results, "ncp")[:1]
    measure(audit_cells(cells, results, SMALL), out, Phases())
    other = told_policy()
    other.output.weight.data *= 2.0
    save_policy(other, cells[0].folder(results))
    with pytest.raises(ArgumentError, match=r"training\.json: is of other weights"):
        measure(audit_cells(cells, results, SMALL), out, Phases())


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "explain.json").touch()
    with pytest.raises(ArgumentError, match="holds no audits of trainings"):
        measure(audit_cells([], tmp_path, SMALL), tmp_path, Phases())
    assert not (tmp_path / SETTINGS).exists()
