"""The tests that ncps has for its torch networks, run against ours, where they are at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OWN_TESTS = os.environ.get("WORMDRIVE_NCPS_TESTS", "")
"""Path of ``ncps/tests/test_torch.py``, which the package of ncps does not hold."""

ALIAS = """
import sys

import ncps
import wormdrive.nn

sys.modules["ncps.torch"] = ncps.torch = wormdrive.nn
"""


@pytest.mark.slow
@pytest.mark.skipif(not OWN_TESTS, reason="WORMDRIVE_NCPS_TESTS does not say where ncps/tests/test_torch.py is")
def test_they_pass(tmp_path: Path) -> None:
    shutil.copy(OWN_TESTS, tmp_path / "test_torch.py")
    (tmp_path / "conftest.py").write_text(ALIAS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_torch.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "14 passed" in done.stdout
