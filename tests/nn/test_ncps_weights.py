"""Weights of ncps and networks of ours: the same outputs, gradients and states, there and back."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import torch

from tests.nn.parity import INPUTS, WIRINGS, run_each, stirred, theirs
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError, MissingPackageError
from wormdrive.nn.cfc import CfC
from wormdrive.nn.ltc import LTC
from wormdrive.nn.ncps_weights import from_ncps, load_ncps_state_dict, ncps_state_dict, to_ncps

UNITS: list[Any] = [7, *WIRINGS.values()]
NAMES = ["units", *WIRINGS]
MODES = ("default", "pure", "no_gate")
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("LTC", {}),
    ("LTC", {"implicit_param_constraints": False}),
    *(("CfC", {"mode": mode}) for mode in MODES),
]


def made(units: Any) -> Any:
    return units if isinstance(units, int) else units()


def same(ours: Any, right: Any, share: float = 1e-6) -> None:
    """Compare, to a share of the largest number, or of one; no_gate goes up to two.

    Their CfC on a single layer returns all of it; ours the motor neurons, which come first.
    """
    if isinstance(ours, tuple):
        for mine, other in zip(ours, right, strict=True):
            same(mine, other, share)
    else:
        atol = share * max(1.0, float(right.detach().abs().max()))
        torch.testing.assert_close(ours, right[..., : ours.shape[-1]], rtol=0, atol=atol)


@pytest.mark.parametrize("units", UNITS, ids=NAMES)
@pytest.mark.parametrize(("kind", "settings"), KINDS)
@pytest.mark.parametrize("mixed", [False, True])
def test_outputs_and_states_are_theirs(kind: str, settings: dict[str, Any], units: Any, mixed: bool) -> None:
    other = theirs(kind, made(units), mixed_memory=mixed, **settings)
    ours = from_ncps(other)
    inputs = torch.randn(3, 10, INPUTS, generator=torch.Generator().manual_seed(2))
    state = 0.3 * torch.randn(3, ours.state_size, generator=torch.Generator().manual_seed(3))
    hx: Any = (state, state.flip(0)) if mixed else state
    for given in (None, hx):
        with torch.no_grad():
            same(ours(inputs, given), other(inputs, given))
    # In float64 only the epsilon is left that ncps adds to denominators.
    ours, other = ours.double(), other.double()
    with torch.no_grad():
        exact: Any = (state.double(), state.flip(0).double()) if mixed else state.double()
        same(ours(inputs.double(), exact), other(inputs.double(), exact), 1e-7)


@pytest.mark.parametrize("units", UNITS, ids=NAMES)
@pytest.mark.parametrize(("kind", "settings"), KINDS)
def test_there_and_back(kind: str, settings: dict[str, Any], units: Any) -> None:
    other = theirs(kind, made(units), mixed_memory=True, **settings)
    ours = from_ncps(other)
    again = to_ncps(ours)
    inputs = torch.randn(3, 10, INPUTS)
    with torch.no_grad():
        same(again(inputs), other(inputs))
        back = from_ncps(again)
        same(back(inputs), ours(inputs))
    assert back.config().keys() == ours.config().keys()


@pytest.mark.parametrize(
    "settings",
    [
        {"backbone_layers": 0},
        {"backbone_layers": 2, "backbone_units": 12, "activation": "silu"},
        {"backbone_layers": 3, "backbone_units": 9, "activation": "gelu", "backbone_dropout": 0.3},
        {"activation": "relu", "proj_size": 5},
        {"activation": "tanh", "backbone_layers": 2},
        {"backbone_layers": 0, "proj_size": 2},
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_dense_networks_with_and_without_a_backbone(mode: str, settings: dict[str, Any]) -> None:
    other = theirs("CfC", 11, mode=mode, **settings).eval()
    ours = from_ncps(other)
    assert not ours.training
    inputs = torch.randn(4, 6, INPUTS)
    with torch.no_grad():
        same(ours(inputs), other(inputs))
        same(to_ncps(ours)(inputs), other(inputs))


@pytest.mark.parametrize("settings", [{"input_mapping": "linear"}, {"output_mapping": None, "ode_unfolds": 3}])
def test_maps_around_an_ltc(settings: dict[str, Any]) -> None:
    other = theirs("LTC", WIRINGS["auto"](), **settings)
    inputs = torch.randn(2, 5, INPUTS)
    with torch.no_grad():
        same(from_ncps(other)(inputs), other(inputs))
        same(to_ncps(from_ncps(other))(inputs), other(inputs))


@pytest.mark.parametrize(("kind", "settings"), KINDS)
def test_elapsed_times_forms_and_last_samples(kind: str, settings: dict[str, Any]) -> None:
    other = theirs(kind, WIRINGS["auto"](), **settings)
    ours = from_ncps(other)
    inputs, gaps = torch.randn(3, 6, INPUTS), 0.1 + 2 * torch.rand(3, 6)
    with torch.no_grad():
        same(ours(inputs, timespans=gaps)[0], run_each(other, inputs, gaps))
        same(ours(inputs, timespans=gaps[..., None])[0], run_each(other, inputs, gaps))
        ours.return_sequences = other.return_sequences = False
        same(ours(inputs), other(inputs))
        ours.batch_first = other.batch_first = False
        same(ours(inputs.transpose(0, 1)), other(inputs.transpose(0, 1)))
        ours.return_sequences = other.return_sequences = True
        same(ours(inputs.transpose(0, 1)), other(inputs.transpose(0, 1)))
        if kind == "CfC":  # theirs forgets that timespans have a batch
            ours.batch_first = other.batch_first = True
            one, state = inputs[0], 0.1 * torch.ones(ours.state_size)
            same(ours(one, state, gaps[0]), other(one, state, gaps[0]))
        else:
            ours.batch_first = other.batch_first = True
            same(ours(inputs[0]), other(inputs[0]))


@pytest.mark.parametrize(("kind", "settings"), [KINDS[0], KINDS[2]])
def test_gradients_are_theirs(kind: str, settings: dict[str, Any]) -> None:
    other = theirs(kind, WIRINGS["ncp"](), **settings).double()
    ours = from_ncps(other)
    inputs = torch.randn(3, 8, INPUTS, dtype=torch.float64, requires_grad=True)
    found = []
    for network in (ours, other):
        (grad,) = torch.autograd.grad(network(inputs, torch.zeros(3, 13).double())[0].square().sum(), inputs)
        found.append(grad)
    torch.testing.assert_close(*found, rtol=1e-6, atol=1e-9)


def test_what_training_changes_never_leaves_their_graph() -> None:
    """Weights that are masked have no gradient, so that a network is theirs after training, too."""
    ours = from_ncps(theirs("CfC", WIRINGS["auto"]()))
    optimiser = torch.optim.SGD(ours.parameters(), 0.5)
    inputs = torch.randn(4, 7, INPUTS)
    for _ in range(3):
        optimiser.zero_grad()
        ours(inputs)[0].square().sum().backward()
        optimiser.step()
    with torch.no_grad():
        same(to_ncps(ours)(inputs), ours(inputs))


def test_a_wiring_of_ours_goes_out() -> None:
    for ours in (LTC(INPUTS, Wiring.auto_ncp(INPUTS, 20, 4)), CfC(INPUTS, Wiring.auto_ncp(INPUTS, 20, 4))):
        other = to_ncps(stirred(ours))
        inputs = torch.randn(2, 4, INPUTS)
        with torch.no_grad():
            same(ours(inputs), other(inputs))


def test_what_does_not_fit_is_refused_and_changes_nothing() -> None:
    ours = LTC(INPUTS, WIRINGS["auto"]())
    before = {name: value.clone() for name, value in ours.state_dict().items()}
    right = ncps_state_dict(ours)
    cases: list[tuple[dict[str, Any], str]] = [
        ({k: v for k, v in right.items() if k != "rnn_cell.cm"}, "'rnn_cell.cm' is missing"),
        (right | {"extra": torch.zeros(1)}, "'extra' is not part of this network"),
        (right | {"rnn_cell.w": torch.ones(3, 3)}, r"'rnn_cell.w' has shape \(3, 3\): allowed is \(20, 20\)"),
        (right | {"rnn_cell.sparsity_mask": torch.ones(20, 20)}, "sparsity_mask' is that of another wiring"),
    ]
    for tensors, words in cases:
        with pytest.raises(ArgumentError, match=words):
            load_ncps_state_dict(ours, tensors)
    explicit = LTC(INPUTS, WIRINGS["auto"](), implicit_param_constraints=False)
    with pytest.raises(ArgumentError, match=r"weight: .* are negative or NaN"):
        load_ncps_state_dict(explicit, ncps_state_dict(explicit) | {"rnn_cell.w": -torch.ones(20, 20)})
    assert all(torch.equal(value, before[name]) for name, value in ours.state_dict().items())


def test_what_ncps_has_not_is_refused() -> None:
    with pytest.raises(ArgumentError, match="a Linear: allowed are LTC and CfC of ncps"):
        from_ncps(torch.nn.Linear(1, 1))
    with pytest.raises(ArgumentError, match="keep_to_wiring=True: allowed is False"):
        to_ncps(CfC(INPUTS, Wiring.auto_ncp(INPUTS, 20, 4), keep_to_wiring=True))
    with pytest.raises(ArgumentError, match="proj_size=3: allowed is None"):
        to_ncps(LTC(INPUTS, 5, proj_size=3))


def test_without_ncps_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ncps", None)
    with pytest.raises(MissingPackageError, match=r"^ncps is not installed: pip install 'wormdrive\[ncps\]'$"):
        to_ncps(CfC(INPUTS, 5))
    with pytest.raises(MissingPackageError, match=r"^ncps is not installed: pip install 'wormdrive\[ncps\]'$"):
        to_ncps(LTC(INPUTS, 5))
