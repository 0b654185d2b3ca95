from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
import typer

from wormdrive.cli.stopping import hear_sigterm, stoppable


@pytest.fixture
def _own_sigterm() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_ctrl_c_ends_with_130_and_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, stoppable(lambda: "two of three are kept"):
        raise KeyboardInterrupt
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err == "wormdrive: stopped; two of three are kept\n"


@pytest.mark.usefixtures("_own_sigterm")
def test_sigterm_ends_as_ctrl_c_does_with_143(capsys: pytest.CaptureFixture[str]) -> None:
    hear_sigterm()
    with pytest.raises(typer.Exit) as ended, stoppable(lambda: "nothing"):
        os.kill(os.getpid(), signal.SIGTERM)
    assert ended.value.exit_code == 143
    assert capsys.readouterr().err == "wormdrive: stopped; nothing\n"


def test_other_errors_pass() -> None:
    with pytest.raises(ValueError, match="broken"), stoppable(lambda: "never asked"):
        raise ValueError("broken")
