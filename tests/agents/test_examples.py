"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name",
    [
        "agents.wiring",
        "agents.ltc",
        "agents.cfc",
        "agents.stepper",
        "agents.cfc_policy",
        "agents.ncp_policy",
        "agents.lstm",
        "agents.recurrent_policies",
        "agents.cnn_policy",
        "perception.head",
        "perception.dense_head",
        "perception.preprocess",
    ],
)
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"wormdrive.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
