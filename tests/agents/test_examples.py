"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name",
    [
        "agents.wirings.wiring",
        "agents.cells.ltc",
        "agents.cells.cfc",
        "agents.cells.layered_cfc",
        "agents.cells.stepper",
        "agents.policies.cfc_policy",
        "agents.policies.ncp_policy",
        "agents.cells.lstm",
        "agents.policies.recurrent_policies",
        "agents.policies.cnn_policy",
        "perception.head",
        "perception.dense_head",
        "perception.preprocess",
        "perception.road_state",
    ],
)
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"wormdrive.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
