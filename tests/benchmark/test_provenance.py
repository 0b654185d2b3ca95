from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.benchmark.provenance import Provenance
from wormdrive.envs.common.errors import ArgumentError


def test_it_comes_back_and_is_the_same_here(tmp_path: Path) -> None:
    Provenance.here().write(tmp_path / "provenance.json")
    assert Provenance.read(tmp_path / "provenance.json") == Provenance.here()
    assert all(vars(Provenance.here()).values())


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not JSON"), ("[]", "a table of processor"), ('{"processor": "x"}', "a table of"), (None, "cannot be read")],
)
def test_what_is_something_else_is_refused_by_name(text: str | None, message: str, tmp_path: Path) -> None:
    file = tmp_path / "provenance.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ArgumentError, match=message) as caught:
        Provenance.read(file)
    assert str(file) in str(caught.value)
