"""The examples in docstrings are true, and networks can be copied."""

from __future__ import annotations

import copy
import doctest
import importlib
import pickle

import pytest
import torch

from tests.nn.export.networks import NETWORKS, network
from tests.nn.parity import INPUTS


@pytest.mark.parametrize("name", ["ltc", "cfc", "lrc", "stacked"])
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"wormdrive.nn.{name}"))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("name", NETWORKS)
@torch.no_grad()
def test_copies_and_pickles_compute_the_same_bits(name: str) -> None:
    made = network(name)
    inputs = torch.randn(2, 3, INPUTS)
    right = made(inputs)[0]
    for again in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert torch.equal(again(inputs)[0], right)
