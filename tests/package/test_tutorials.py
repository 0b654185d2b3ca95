"""The tutorials on reinforcement learning and data sets are true: their code runs, block after block."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.one_thread import one_thread as one_thread
from wormdrive.cli.main import app

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.slow
@pytest.mark.parametrize("page", ["reinforcement-learning.md", "data-sets.md"])
def test_code_blocks_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "runs" / "minari"))
    blocks = re.findall(r"^```(bash|python)\n(.*?)^```", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for language, text in blocks:
        if language == "python":
            exec(compile(text, f"{page}: {text[:40]!r}", "exec"), names)
            continue
        for line in text.splitlines():
            command, *arguments = shlex.split(line)
            assert command == "wormdrive"
            result = CliRunner().invoke(app, arguments, catch_exceptions=False)
            assert result.exit_code == 0, result.output
