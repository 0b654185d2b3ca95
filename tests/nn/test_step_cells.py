from __future__ import annotations

from typing import Any

import pytest
import torch
from ncps import torch as ncps_torch
from ncps.wirings import AutoNCP

from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.nn import CfC, CfCCell, LTCCell, WiredCfCCell
from wormdrive.nn.recurrent import RecurrentModule

F = 5


def test_a_cell_steps_as_its_network_runs() -> None:
    torch.manual_seed(0)
    wiring = Wiring.auto_ncp(F, 12, 2)
    cell, network = WiredCfCCell(F, wiring), CfC(F, wiring)
    network.load_state_dict(cell.state_dict())
    inputs, gaps = torch.randn(3, 4, F), torch.rand(3, 4)
    outputs, after = network(inputs, timespans=gaps)
    state = torch.zeros(3, 12)
    for t in range(4):
        out, state = cell(inputs[:, t], state, gaps[:, t] if t % 2 else gaps[:, t : t + 1])
        torch.testing.assert_close(out, outputs[:, t], rtol=0, atol=1e-6)
    torch.testing.assert_close(state, after, rtol=0, atol=1e-6)


def test_they_are_called_as_those_of_ncps() -> None:
    inputs = torch.randn(3, F)
    for ours, theirs, size in (
        (LTCCell(AutoNCP(12, 2), F), ncps_torch.LTCCell(AutoNCP(12, 2), F), 12),
        (CfCCell(F, 7, "pure", "relu", 16, 2), ncps_torch.CfCCell(F, 7, "pure", "relu", 16, 2), 7),
        (WiredCfCCell(F, AutoNCP(12, 2)), ncps_torch.WiredCfCCell(F, AutoNCP(12, 2)), 12),
    ):
        state = torch.zeros(3, size)
        for cell in (ours, theirs):
            outputs, after = cell(inputs, state, 0.5)
            assert outputs.shape == (3, 7 if size == 7 else 2)
            assert after.shape == state.shape


def test_the_number_of_inputs_may_be_the_wirings() -> None:
    built = AutoNCP(12, 2)
    with pytest.raises(ArgumentError, match="wiring: does not know how many inputs it has"):
        LTCCell(built)
    built.build(F)
    for cell in (LTCCell(built), LTCCell(Wiring.ncp(F)), WiredCfCCell(None, built)):
        assert cell.input_size == F


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((torch.zeros(3, 4), torch.zeros(3, 7)), r"input: \(3, 4\): allowed is a tensor of shape \(B, 5\)"),
        ((torch.zeros(3, 5), torch.zeros(3, 6)), r"hx: \(3, 6\): allowed is a tensor of shape \(B, 7\)"),
        ((torch.zeros(3, 5), torch.zeros(2, 7)), r"hx: shape \(2, 7\): allowed is \(3, 7\)"),
        ((torch.zeros(3, 5), torch.zeros(3, 7), torch.ones(2)), r"ts: shape \(2,\): allowed is a number, \(3,\)"),
        ((torch.zeros(3, 5), torch.zeros(3, 7), -1.0), "allowed are finite numbers >= 0"),
        ((torch.zeros(3, 5), torch.zeros(3, 7), torch.full((3,), torch.nan)), "allowed are finite numbers >= 0"),
    ],
)
@pytest.mark.parametrize("layers", [0, 1])
def test_what_does_not_fit_is_named(arguments: tuple[Any, ...], words: str, layers: int) -> None:
    cell: RecurrentModule = CfCCell(F, 7, backbone_layers=layers)
    with pytest.raises(ArgumentError, match=words):
        cell(*arguments)
