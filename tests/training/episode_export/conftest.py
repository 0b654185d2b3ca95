from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.training.config import RecordConfig
from wormdrive.training.recorder import record


@pytest.fixture(scope="package")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drives of twenty frames, with pushes."""
    out = tmp_path_factory.mktemp("recorded") / "episodes"
    record(RecordConfig(episodes=2, length=20, seed=4, disturbance=2.0), out)
    return out
