from __future__ import annotations

import json

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.extras import import_extra


def test_a_module_that_is_there() -> None:
    assert import_extra("json", "sb3") is json


def test_one_that_is_not_is_named_with_the_command() -> None:
    with pytest.raises(ArgumentError, match=r"^no_such: not installed; pip install 'wormdrive\[lerobot\]'$"):
        import_extra("no_such.module", "lerobot")
