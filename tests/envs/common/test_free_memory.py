from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest

from wormdrive.envs.common import free_memory as module
from wormdrive.envs.common.free_memory import free_memory


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells")
def test_says_what_the_system_says() -> None:
    assert 1e6 < free_memory() < 1e14


def test_reads_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "meminfo"
    monkeypatch.setattr(module, "_TABLE", table)
    assert free_memory() == math.inf
    table.write_text("MemTotal:  100 kB\n")
    assert free_memory() == math.inf
    table.write_text("MemTotal:  100 kB\nMemAvailable:   30 kB\n")
    assert free_memory() == 30 * 1024
