"""CfC: the closed-form continuous-time network, called as that of ncps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from wormdrive.agents.cells import cfc
from wormdrive.agents.cells.layered_cfc import LayeredCfC
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError, is_real, is_whole
from wormdrive.nn.closed_form import ACTIVATIONS, MODES, Activation, ClosedFormLayer, ClosedFormLayers, Mode
from wormdrive.nn.liquid_layer import LiquidLayer
from wormdrive.nn.recurrent import LARGEST, check_flag, check_name, check_size
from wormdrive.nn.wiring_argument import LayeredWiring, layered_wiring, read_units

__all__ = ["CfC"]

_MOST_BACKBONE_LAYERS = 64


class CfC(LiquidLayer):
    """Hasani et al., *Closed-form continuous-time neural networks*, Nature Machine Intelligence 4 (2022).

    Called as ``ncps.torch.CfC``, and the same network by the same weights. Of a number of units every one comes out;
    behind a wiring, its motor neurons. On a wiring, or without a backbone, the mode "default" computes in fused
    kernels.

    The state of a network on a wiring is in the order of its layers: inter, command, motor (``neurons`` tells their
    names); with ``keep_to_wiring`` it is in that of the wiring, motor neurons first.

    Parameters
    ----------
    input_size, units, return_sequences, batch_first, mixed_memory, proj_size:
        As for every ``LiquidLayer``.
    mode:
        "default", "pure" or "no_gate": see ``closed_form``.
    activation:
        Of the backbone: "lecun_tanh", "tanh", "relu", "gelu" or "silu".
    backbone_units, backbone_layers, backbone_dropout:
        Width (128), number of layers (1; 0: none) and dropout (0) of the backbone, which a wiring has not.
    keep_to_wiring:
        Whether a neuron hears its synapses and its own past alone, as in ``wormdrive.CfC``. As in ncps, False, wirings
        restrict the potentials: layers are wholly recurrent, and time gates hear all of the layer before.

    Raises
    ------
    ArgumentError
        An argument is not allowed.

    Examples
    --------
    >>> rnn = CfC(20, 50)
    >>> output, hx = rnn(torch.zeros(2, 3, 20), torch.zeros(2, 50))
    >>> output.shape, hx.shape
    (torch.Size([2, 3, 50]), torch.Size([2, 50]))
    """

    def __init__(
        self,
        input_size: int,
        units: int | Wiring | Any,
        proj_size: int | None = None,
        return_sequences: bool = True,
        batch_first: bool = True,
        mixed_memory: bool = False,
        mode: Mode = "default",
        activation: Activation = "lecun_tanh",
        backbone_units: int | None = None,
        backbone_layers: int | None = None,
        backbone_dropout: float | None = None,
        *,
        keep_to_wiring: bool = False,
    ) -> None:
        super().__init__(input_size, return_sequences=return_sequences, batch_first=batch_first)
        check_name("mode", mode, MODES)
        check_name("activation", activation, ACTIVATIONS)
        self.units = read_units(units, input_size)
        self.mode, self.activation = mode, activation
        self.backbone_units, self.backbone_layers = backbone_units, backbone_layers
        self.backbone_dropout = backbone_dropout
        self.keep_to_wiring = check_flag("keep_to_wiring", keep_to_wiring)
        if isinstance(self.units, LayeredWiring):
            wiring = self.units.wiring
            for name in ("backbone_units", "backbone_layers", "backbone_dropout"):
                if getattr(self, name) is not None:
                    raise ArgumentError(
                        f"{name}={getattr(self, name)!r}: allowed is None on a wiring, without backbone"
                    )
            if keep_to_wiring and mode != "default":
                raise ArgumentError(f"mode={mode!r}: allowed is 'default' with keep_to_wiring=True")
            self.rnn_cell, order = _strict(wiring) if keep_to_wiring else _layered(layered_wiring(self.units), mode)
            columns = np.arange(wiring.state_size) if keep_to_wiring else self.units.order
            names = [wiring.state_neurons[k].name for k in columns]
            first = 0 if keep_to_wiring else wiring.state_size - len(self.units.layers[-1])
            motor = slice(first, first + wiring.output_size)
        else:
            if keep_to_wiring:
                raise ArgumentError("keep_to_wiring=True: allowed is False where units is a number")
            self.rnn_cell, order = self._dense(self.units), None
            names, motor = [f"motor_{k}" for k in range(self.units)], slice(0, self.units)
        self._finish(names, motor, mixed_memory=mixed_memory, proj_size=proj_size, order=order)

    def config(self) -> dict[str, Any]:
        """Arguments that make a network like this one, as plain data."""
        return {
            "input_size": self.input_size,
            "units": self.units.to_json() if isinstance(self.units, LayeredWiring) else self.units,
            "proj_size": self.proj_size,
            "return_sequences": self.return_sequences,
            "batch_first": self.batch_first,
            "mixed_memory": self.mixed_memory,
            "mode": self.mode,
            "activation": self.activation,
            "backbone_units": self.backbone_units,
            "backbone_layers": self.backbone_layers,
            "backbone_dropout": self.backbone_dropout,
            "keep_to_wiring": self.keep_to_wiring,
        }

    def _dense(self, units: int) -> LayeredCfC | ClosedFormLayers:
        """Make the cell of a number of units."""
        width = 128 if self.backbone_units is None else check_size("backbone_units", self.backbone_units, LARGEST)
        layers = 1 if self.backbone_layers is None else self.backbone_layers
        dropout = 0.0 if self.backbone_dropout is None else self.backbone_dropout
        if not is_whole(layers) or not 0 <= layers <= _MOST_BACKBONE_LAYERS:
            raise ArgumentError(f"backbone_layers={layers!r}: allowed are 0 to {_MOST_BACKBONE_LAYERS}")
        if not is_real(dropout) or not 0.0 <= dropout < 1.0 or not math.isfinite(dropout):
            raise ArgumentError(f"backbone_dropout={dropout!r}: allowed are numbers from 0 to below 1")
        if not layers and self.mode == "default":
            return LayeredCfC([np.ones((self.input_size, units), bool)])
        layer = ClosedFormLayer(
            self.input_size,
            units,
            self.mode,
            backbone=[width] * layers,
            activation=self.activation,
            dropout=float(dropout),
        )
        return ClosedFormLayers([layer])


def _strict(wiring: Wiring) -> tuple[cfc.CfC, None]:
    return cfc.CfC(wiring), None


def _layered(units: LayeredWiring, mode: Mode) -> tuple[LayeredCfC | ClosedFormLayers, list[int] | None]:
    """Make the cell of ncps' graph, and say which of its neurons is each column of ``hx``."""
    masks = units.masks()
    if mode == "default":
        cell = LayeredCfC(masks)
        return cell, np.concatenate([layer.neurons for layer in cell.layers]).tolist()
    layers = [ClosedFormLayer(mask.shape[0], mask.shape[1], mode, mask=torch.from_numpy(mask)) for mask in masks]
    return ClosedFormLayers(layers), None
