from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.phases import Phases
from wormdrive.convoy.benchmark import FOLLOWER, TABLE, run_benchmark
from wormdrive.convoy.config import ConvoyTrainConfig
from wormdrive.convoy.course import CONDITIONS
from wormdrive.convoy.drive_row import read_rows
from wormdrive.envs.common.errors import ArgumentError


@pytest.mark.slow
def test_what_is_missing_is_done_and_nothing_twice(tmp_path: Path) -> None:
    small: dict[str, Any] = {"config": ConvoyTrainConfig.small(), "routes": 1, "duration_s": 2.0}
    models = ("feedforward", "ncp")
    whole = run_benchmark(tmp_path / "whole", 1, models=models, **small)
    assert [row.model for row in whole] == [name for name in ("expert", *models) for _ in CONDITIONS]
    assert read_rows(tmp_path / "whole" / TABLE) == whole

    parts = tmp_path / "parts"
    run_benchmark(parts, 1, models=models[:1], **small)
    kept = (parts / "feedforward-0" / FOLLOWER).read_bytes()
    phases = Phases()
    assert run_benchmark(parts, 1, models=models, progress=phases, **small) == whole
    assert (parts / "feedforward-0" / FOLLOWER).read_bytes() == kept
    assert phases.begun.count("train") == 1
    assert "train eyes" not in phases.begun
    assert not [phase for phase in phases.begun if phase.startswith(("feedforward", "expert 0"))]

    with pytest.raises(ArgumentError, match=r"config\.txt: another configuration"):
        run_benchmark(parts, 1, models=models, **(small | {"routes": 2}))
