"""LTC: the liquid time-constant network, called as that of ncps."""

from __future__ import annotations

from typing import Any, Literal

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.agents.cells import ltc
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.nn.liquid_layer import LiquidLayer
from wormdrive.nn.recurrent import check_flag
from wormdrive.nn.wiring_argument import LayeredWiring, read_units, wiring_from_units

__all__ = ["LTC", "Mapping"]

Mapping = Literal["affine", "linear"]
_MAPPINGS = ("affine", "linear", None)


class LTC(LiquidLayer):
    """Hasani et al., *Liquid time-constant networks*, AAAI 2021, on a wiring; ``ncps.torch.LTC``, many times quicker.

    Four numbers a synapse and three a neuron, where ncps keeps a full matrix of each and a mask. The equations stand in
    ``wormdrive.agents``. Parameters that must not be negative are never: there is no constraint to apply after a step
    of training.

    Parameters
    ----------
    input_size, units, return_sequences, batch_first, mixed_memory, proj_size:
        As for every ``LiquidLayer``.
    input_mapping, output_mapping:
        "affine" (a gain and a bias for each feature, or motor neuron), "linear" (gains alone), or None.
    ode_unfolds:
        Solver steps a sample.
    implicit_param_constraints:
        Where weights, capacitances and leaks begin: as the softplus of what ncps draws, or as what it draws; so does
        ncps by this argument. They are a softplus either way.

    Raises
    ------
    ArgumentError
        An argument is not allowed.

    Examples
    --------
    >>> rnn = LTC(20, Wiring.auto_ncp(20, 28, 4))
    >>> output, hx = rnn(torch.zeros(2, 3, 20))
    >>> output.shape, hx.shape
    (torch.Size([2, 3, 4]), torch.Size([2, 28]))
    """

    def __init__(
        self,
        input_size: int,
        units: int | Wiring | Any,
        return_sequences: bool = True,
        batch_first: bool = True,
        mixed_memory: bool = False,
        input_mapping: Mapping | None = "affine",
        output_mapping: Mapping | None = "affine",
        ode_unfolds: int = 6,
        *,
        implicit_param_constraints: bool = True,
        proj_size: int | None = None,
    ) -> None:
        super().__init__(input_size, return_sequences=return_sequences, batch_first=batch_first)
        for name, value in (("input_mapping", input_mapping), ("output_mapping", output_mapping)):
            if value not in _MAPPINGS:
                raise ArgumentError(one_of(name, value, _MAPPINGS))
        self.units = read_units(units, input_size)
        self.wiring = wiring_from_units(self.units, input_size)
        self.rnn_cell = ltc.LTC(self.wiring, ode_unfolds)
        self.input_mapping, self.output_mapping = input_mapping, output_mapping
        self.implicit_param_constraints = check_flag("implicit_param_constraints", implicit_param_constraints)
        if implicit_param_constraints:
            cell = self.rnn_cell
            with torch.no_grad():
                for raw in (cell.raw_weight, cell.raw_capacitance, cell.raw_leak):
                    raw.copy_(F.softplus(raw))
        motor = self.wiring.output_size
        self.input_w = nn.Parameter(torch.ones(input_size)) if input_mapping is not None else None
        self.input_b = nn.Parameter(torch.zeros(input_size)) if input_mapping == "affine" else None
        self.output_w = nn.Parameter(torch.ones(motor)) if output_mapping is not None else None
        self.output_b = nn.Parameter(torch.zeros(motor)) if output_mapping == "affine" else None
        names = [neuron.name for neuron in self.wiring.state_neurons]
        self._finish(names, slice(0, motor), mixed_memory=mixed_memory, proj_size=proj_size)

    @property
    def ode_unfolds(self) -> int:
        """Solver steps a sample."""
        return int(self.rnn_cell.unfolds)

    def config(self) -> dict[str, Any]:
        """Arguments that make a network like this one, as plain data."""
        return {
            "input_size": self.input_size,
            "units": self.units.wiring.to_json() if isinstance(self.units, LayeredWiring) else self.units,
            "return_sequences": self.return_sequences,
            "batch_first": self.batch_first,
            "mixed_memory": self.mixed_memory,
            "input_mapping": self.input_mapping,
            "output_mapping": self.output_mapping,
            "ode_unfolds": self.ode_unfolds,
            "implicit_param_constraints": self.implicit_param_constraints,
            "proj_size": self.proj_size,
        }

    def _inputs(self, inputs: Tensor) -> Tensor:
        return mapped(inputs, self.input_w, self.input_b)

    def _outputs(self, motor: Tensor) -> Tensor:
        return mapped(motor, self.output_w, self.output_b)


def mapped(values: Tensor, gain: Tensor | None, bias: Tensor | None) -> Tensor:
    """Multiply by a gain and add a bias, where there are any."""
    if gain is not None and bias is not None:
        return torch.addcmul(bias, values, gain)
    return values if gain is None else values * gain
