"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["envs.roads.point_location", "carla_server.measurement"])
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"wormdrive.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
