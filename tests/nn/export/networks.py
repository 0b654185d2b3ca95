"""Networks of every kind that can be exported, and their exports, run."""

from __future__ import annotations

from collections.abc import Callable

import torch

from tests.nn.parity import INPUTS, WIRINGS, stirred
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.nn import LRC, LTC, CfC
from wormdrive.nn.liquid_layer import LiquidLayer

NETWORKS: dict[str, Callable[[], LiquidLayer]] = {
    "ltc": lambda: LTC(INPUTS, Wiring.auto_ncp(INPUTS, 20, 4)),
    "ltc, all units": lambda: LTC(INPUTS, 7, input_mapping=None, output_mapping="linear", proj_size=2),
    "ltc with memory": lambda: LTC(INPUTS, Wiring.ncp(INPUTS), mixed_memory=True, ode_unfolds=3),
    "cfc": lambda: CfC(INPUTS, WIRINGS["ncp"]()),
    "cfc, one layer": lambda: CfC(INPUTS, WIRINGS["full, one motor"](), mixed_memory=True),
    "cfc on its wiring": lambda: CfC(INPUTS, Wiring.auto_ncp(INPUTS, 20, 4), keep_to_wiring=True),
    "cfc, pure": lambda: CfC(INPUTS, WIRINGS["ncp"](), mode="pure"),
    "cfc, no gate": lambda: CfC(INPUTS, WIRINGS["auto"](), mode="no_gate", proj_size=3),
    "dense": lambda: CfC(INPUTS, 11),
    "dense, no backbone": lambda: CfC(INPUTS, 11, backbone_layers=0, mixed_memory=True, proj_size=3),
    "dense, relu": lambda: CfC(INPUTS, 5, activation="relu", backbone_layers=2, backbone_units=9, backbone_dropout=0.5),
    "dense, gelu": lambda: CfC(INPUTS, 5, activation="gelu", mode="no_gate"),
    "dense, silu": lambda: CfC(INPUTS, 5, activation="silu", mode="pure", mixed_memory=True),
    "dense, tanh": lambda: CfC(INPUTS, 1, activation="tanh"),
    "dense, pure, no backbone": lambda: CfC(INPUTS, 5, backbone_layers=0, mode="pure"),
    "lrc": lambda: LRC(INPUTS, Wiring.auto_ncp(INPUTS, 20, 4), mixed_memory=True),
    "lrc, asymmetric": lambda: LRC(INPUTS, 6, elastance="asymmetric", ode_unfolds=3, ode_solver="semi_implicit"),
    "lrc, sensory synapses alone": lambda: LRC(
        INPUTS, Wiring.random(INPUTS, 4, 2, sensory_synapses=20, inner_synapses=0), proj_size=3
    ),
}

ELAPSED = (1.0, 0.5, 0.0, 3.0, 0.9, 1e-3)


def network(name: str) -> LiquidLayer:
    torch.manual_seed(0)
    made: LiquidLayer = stirred(NETWORKS[name]()).eval()
    return made


def expected(made: LiquidLayer, features: torch.Tensor) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Step through (T, B, F): outputs (B, M) and states (B, S) after every sample."""
    outputs, states = [], []
    hx = None
    with torch.no_grad():
        for sample, elapsed in zip(features, ELAPSED, strict=True):
            out, hx = made(sample[:, None], hx, elapsed)
            outputs.append(out[:, 0])
            states.append(torch.cat(hx, 1) if isinstance(hx, tuple) else hx)
    return outputs, states
