from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.folder_settings import require_same_settings


def test_a_folder_keeps_to_its_settings(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.txt"
    require_same_settings(file, "steps 3\n")
    require_same_settings(file, "steps 3\n")
    with pytest.raises(ArgumentError, match=r"config\.txt: another configuration; allowed is the same one"):
        require_same_settings(file, "steps 4\n")
    assert file.read_text() == "steps 3\n"


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ArgumentError, match=r"config\.txt: cannot be read"):
        require_same_settings(tmp_path / "config.txt", "steps 3\n")
