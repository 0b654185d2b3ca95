from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.yaml_file import read_yaml_table


def test_a_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text("name: x\nsizes: [1, 2]\n")
    assert read_yaml_table("suite", tmp_path / "good.yaml", ["name"]) == {"name": "x", "sizes": [1, 2]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- 1\n- 2\n", "a mapping with name, sizes is wanted"),
        (b"name: [1\n", "not YAML"),
        (b"\xff\xfe\x00", "not YAML"),
        (b"!!python/object:os.system {}\n", "not YAML"),
        (None, "cannot be read: No such file"),
    ],
)
def test_what_is_no_table_is_refused_by_name(content: bytes | None, message: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ArgumentError, match=message) as caught:
        read_yaml_table("suite", file, ["name", "sizes"])
    assert str(caught.value).startswith(f"suite {file}: ")
