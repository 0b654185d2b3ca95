from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from wormdrive.agents.mounted.mount import Mount, parse_mount
from wormdrive.agents.mounted.torch_network import TorchNetwork
from wormdrive.envs.common.errors import ModelError, UserCodeError

CPU = torch.device("cpu")
PICTURE = np.full((1, 3, 78, 200), 0.25, np.float32)


class Sum(nn.Module):
    """Remembers what it has seen."""

    def forward(self, picture: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        total = picture.mean((1, 2, 3)) + (0.0 if state is None else state)
        return total, total


class Wrong(nn.Module):
    def forward(self, picture: Tensor) -> list[float]:
        return [1.0]


def test_a_module_says_a_number_in_evaluation_mode() -> None:
    module = nn.Sequential(nn.Dropout(0.9), nn.Flatten(), nn.Linear(3 * 78 * 200, 1))
    network = TorchNetwork(module, Mount(), "mine:factory", CPU)
    assert network.numbers == 3 * 78 * 200 + 1
    assert network(PICTURE, None, 0.03) == network(PICTURE, None, 0.03)


def test_what_it_returns_to_remember_is_given_back() -> None:
    network = TorchNetwork(Sum(), Mount(), "mine:factory", CPU)
    said, state = network(PICTURE, None, 0.03)
    assert said == pytest.approx(0.25)
    assert network(PICTURE, state, 0.03)[0] == pytest.approx(0.5)


def test_what_it_raises_or_returns_is_told_with_its_name() -> None:
    linear = TorchNetwork(nn.Sequential(nn.Flatten(), nn.Linear(10, 1)), Mount(), "mine:factory", CPU)
    with pytest.raises(
        UserCodeError, match=r"mine:factory: showing it a picture \(1, 3, 78, 200\) raised RuntimeError"
    ):
        linear(PICTURE, None, 0.03)
    with pytest.raises(UserCodeError, match=r"mine:factory: returned a list for a picture"):
        TorchNetwork(Wrong(), Mount(), "mine:factory", CPU)(PICTURE, None, 0.03)
    pooled = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.raises(ModelError, match=r"mine:factory: says 3 numbers a picture"):
        TorchNetwork(pooled, Mount(), "mine:factory", CPU)(PICTURE, None, 0.03)
    beyond = parse_mount({"output": {"index": 3}})
    with pytest.raises(ModelError, match=r"allowed is an output.index below that"):
        TorchNetwork(pooled, beyond, "mine:factory", CPU)(PICTURE, None, 0.03)
