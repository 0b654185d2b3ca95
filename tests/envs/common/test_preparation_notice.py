from __future__ import annotations

import numba
import pytest

from wormdrive.envs.common import preparation_notice
from wormdrive.envs.common.preparation_notice import tell_preparing, watch_compilation


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation_notice, "_told", [])
    watch_compilation()


def compiled_here(module: str) -> None:
    def double(x: float) -> float:
        return 2.0 * x

    double.__module__ = module
    assert numba.njit(double)(1.5) == 3.0


def test_the_first_kernel_of_ours_that_compiles_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    compiled_here("somebody.elses")
    assert caplog.text == ""
    for _ in range(3):
        compiled_here("wormdrive.envs.mine")
    (record,) = caplog.records
    assert record.getMessage().startswith("compiling kernels for this machine: ")
    assert record.levelname == "WARNING"  # which goes to standard error where nobody says otherwise


def test_what_is_made_after_it_says_no_more(caplog: pytest.LogCaptureFixture) -> None:
    tell_preparing("baking the art of winter")
    compiled_here("wormdrive.envs.mine")
    (record,) = caplog.records
    assert "\n" not in record.getMessage()
    assert record.getMessage().startswith("baking the art of winter for this machine: ")
