"""Cells of one sample, called as ``LTCCell``, ``CfCCell`` and ``WiredCfCCell`` of ncps."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.nn.cfc import CfC
from wormdrive.nn.closed_form import Activation, Mode
from wormdrive.nn.liquid_layer import LiquidLayer
from wormdrive.nn.ltc import LTC, Mapping
from wormdrive.nn.samples import Samples

__all__ = ["CfCCell", "LTCCell", "WiredCfCCell"]


def _step(layer: LiquidLayer, inputs: Any, state: Any, elapsed: Any) -> tuple[Tensor, Tensor]:
    """One sample: (B, F), (B, N), a number or (B,) or (B, 1) -> outputs (B, M) and state (B, N)."""
    for name, value, width in (("input", inputs, layer.input_size), ("hx", state, layer.state_size)):
        if not isinstance(value, Tensor) or value.ndim != 2 or value.shape[1] != width:
            found = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
            raise ArgumentError(f"{name}: {found}: allowed is a tensor of shape (B, {width})")
    B = inputs.shape[0]
    if len(state) != B:
        raise ArgumentError(f"hx: shape {tuple(state.shape)}: allowed is ({B}, {layer.state_size})")
    if isinstance(elapsed, Tensor) and elapsed.ndim:
        if elapsed.shape not in (torch.Size([B]), torch.Size([B, 1])):
            raise ArgumentError(f"ts: shape {tuple(elapsed.shape)}: allowed is a number, ({B},) or ({B}, 1)")
        elapsed = elapsed.reshape(B, 1)
    outputs, after = layer.run(Samples(inputs[:, None], elapsed, None), state)
    return outputs[:, 0], after


class LTCCell(LTC):
    """An ``LTC`` that takes one sample; ``in_features`` may be left out where the wiring knows."""

    def __init__(
        self,
        wiring: Wiring | Any,
        in_features: int | None = None,
        input_mapping: Mapping | None = "affine",
        output_mapping: Mapping | None = "affine",
        ode_unfolds: int = 6,
        *,
        implicit_param_constraints: bool = False,
    ) -> None:
        if in_features is None:
            in_features = _inputs_of(wiring)
        super().__init__(
            in_features,
            wiring,
            input_mapping=input_mapping,
            output_mapping=output_mapping,
            ode_unfolds=ode_unfolds,
            implicit_param_constraints=implicit_param_constraints,
        )

    def forward(  # type: ignore[override]
        self, inputs: Tensor, states: Tensor, elapsed_time: Tensor | float = 1.0
    ) -> tuple[Tensor, Tensor]:
        """Run one sample: (B, F), (B, N), a number or (B,) -> (B, M), (B, N)."""
        return _step(self, inputs, states, elapsed_time)


class CfCCell(CfC):
    """A ``CfC`` of a number of units that takes one sample; its outputs are its state."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        mode: Mode = "default",
        backbone_activation: Activation = "lecun_tanh",
        backbone_units: int = 128,
        backbone_layers: int = 1,
        backbone_dropout: float = 0.0,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            mode=mode,
            activation=backbone_activation,
            backbone_units=backbone_units,
            backbone_layers=backbone_layers,
            backbone_dropout=backbone_dropout,
        )

    def forward(  # type: ignore[override]
        self,
        input: Tensor,  # noqa: A002 - torch's and ncps' name
        hx: Tensor,
        ts: Tensor | float = 1.0,
    ) -> tuple[Tensor, Tensor]:
        """Run one sample: (B, F), (B, N), a number or (B,) -> (B, N), (B, N)."""
        return _step(self, input, hx, ts)


class WiredCfCCell(CfC):
    """A ``CfC`` on a wiring that takes one sample; ``input_size`` may be None where the wiring knows."""

    def __init__(self, input_size: int | None, wiring: Wiring | Any, mode: Mode = "default") -> None:
        super().__init__(_inputs_of(wiring) if input_size is None else input_size, wiring, mode=mode)

    def forward(  # type: ignore[override]
        self,
        input: Tensor,  # noqa: A002 - torch's and ncps' name
        hx: Tensor,
        timespans: Tensor | float = 1.0,
    ) -> tuple[Tensor, Tensor]:
        """Run one sample: (B, F), (B, N), a number or (B,) -> (B, M), (B, N)."""
        return _step(self, input, hx, timespans)


def _inputs_of(wiring: Any) -> int:
    found = wiring.input_size if isinstance(wiring, Wiring) else getattr(wiring, "input_dim", None)
    if found is None:
        raise ArgumentError(
            "wiring: does not know how many inputs it has: allowed is one that is built, or in_features"
        )
    return int(found)
