"""LRC: liquid resistance and liquid capacitance, a cell of 2024, with the same call as the others."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.nn.liquid_layer import LiquidLayer
from wormdrive.nn.lrc_cell import ELASTANCES, SOLVERS, Elastance, LRCCell, Solver
from wormdrive.nn.ltc import mapped
from wormdrive.nn.recurrent import check_name, check_size
from wormdrive.nn.wiring_argument import LayeredWiring, read_units, wiring_from_units

__all__ = ["LRC"]


class LRC(LiquidLayer):
    """Farsang, Neubauer, Grosu, *Liquid Resistance Liquid Capacitance Networks*, arXiv 2403.08791 (2024).

    The equations stand in ``lrc_cell``. Computed by torch, without kernels of its own. Motor neurons come out with a
    gain and a bias each.

    Parameters
    ----------
    input_size, units, return_sequences, batch_first, mixed_memory, proj_size:
        As for every ``LiquidLayer``.
    elastance:
        "asymmetric" or "symmetric".
    ode_unfolds:
        Solver steps a sample, 1 in the paper.
    ode_solver:
        "explicit" as in the paper, which wants steps no longer than a sample; or "semi_implicit", which takes any.

    Raises
    ------
    ArgumentError
        An argument is not allowed.

    Examples
    --------
    >>> rnn = LRC(20, Wiring.auto_ncp(20, 28, 4))
    >>> output, hx = rnn(torch.zeros(2, 3, 20))
    >>> output.shape, hx.shape
    (torch.Size([2, 3, 4]), torch.Size([2, 28]))
    """

    def __init__(
        self,
        input_size: int,
        units: int | Wiring | Any,
        proj_size: int | None = None,
        return_sequences: bool = True,
        batch_first: bool = True,
        mixed_memory: bool = False,
        elastance: Elastance = "symmetric",
        ode_unfolds: int = 1,
        ode_solver: Solver = "explicit",
    ) -> None:
        super().__init__(input_size, return_sequences=return_sequences, batch_first=batch_first)
        check_name("elastance", elastance, ELASTANCES)
        check_name("ode_solver", ode_solver, SOLVERS)
        self.units = read_units(units, input_size)
        self.wiring = wiring_from_units(self.units, input_size)
        self.rnn_cell = LRCCell(self.wiring, check_size("ode_unfolds", ode_unfolds, 1000), elastance, ode_solver)
        motor = self.wiring.output_size
        self.output_w = nn.Parameter(torch.ones(motor))
        self.output_b = nn.Parameter(torch.zeros(motor))
        names = [neuron.name for neuron in self.wiring.state_neurons]
        self._finish(names, slice(0, motor), mixed_memory=mixed_memory, proj_size=proj_size)

    def config(self) -> dict[str, Any]:
        """Arguments that make a network like this one, as plain data."""
        return {
            "input_size": self.input_size,
            "units": self.units.wiring.to_json() if isinstance(self.units, LayeredWiring) else self.units,
            "proj_size": self.proj_size,
            "return_sequences": self.return_sequences,
            "batch_first": self.batch_first,
            "mixed_memory": self.mixed_memory,
            "elastance": self.rnn_cell.elastance_kind,
            "ode_unfolds": self.rnn_cell.unfolds,
            "ode_solver": self.rnn_cell.solver,
        }

    def _outputs(self, motor: Tensor) -> Tensor:
        return mapped(motor, self.output_w, self.output_b)
