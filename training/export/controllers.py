"""Controllers: what is behind a policy's head, as plain arrays; one class a C template and an ONNX sub-graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.cfc_solver import CfCGraph
from wormdrive.agents.cells.ctrnn import CTRNN
from wormdrive.agents.cells.gru import GRUODE
from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.policies.cfc_policy import CfCPolicy
from wormdrive.agents.policies.feedforward_policy import FeedForwardPolicy
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.recurrent_policies import RecurrentPolicy
from wormdrive.envs.common.errors import ArgumentError

__all__ = [
    "EXPORTED_KINDS",
    "ClosedForm",
    "Controller",
    "Dense",
    "Floats",
    "Liquid",
    "Recurrent",
    "as_floats",
    "read_closed_form",
    "read_controller",
    "read_liquid",
]

EXPORTED_KINDS = ("ncp", "ltc_full", "ltc_random", "cfc", "lstm", "gru", "gru_ode", "ctrnn", "feedforward")
"""Kinds of policy that can be exported."""

Floats: TypeAlias = "NDArray[np.float32]"


@dataclass(frozen=True, eq=False)
class Liquid:
    """Nineteen neurons, or however many: see ``agents.cells.ltc_solver`` for the equations and the arrays' meaning.

    ``sources`` and ``targets`` (E,) index features for the first ``sensory_count`` synapses, then neurons.
    """

    title: ClassVar[str] = "liquid network"
    template: ClassVar[str] = "liquid.c.jinja"
    step_template: ClassVar[str] = "liquid_step.c.jinja"

    names: tuple[str, ...]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    sensory_count: int
    weight: Floats
    reversal: Floats
    slope: Floats
    midpoint: Floats
    capacitance: Floats
    leak: Floats
    rest: Floats
    unfolds: int
    input_gain: Floats
    input_bias: Floats
    output_gain: float
    output_bias: float

    @property
    def state_size(self) -> int:
        """Neurons that have a potential."""
        return len(self.rest)

    @property
    def weight_bytes(self) -> int:
        """Bytes of the constants in C, but for those inside expressions."""
        index = sum(2 if ends.max() > 255 else 1 for ends in (self.sources, self.targets))
        return (4 * 4 + index) * len(self.targets) + 3 * 4 * self.state_size + 2 * 4 * len(self.input_gain)


@dataclass(frozen=True, eq=False)
class Dense:
    """Features -> hidden units with rectifiers -> output: weights (hidden, features), (hidden,), (hidden,)."""

    title: ClassVar[str] = "hidden layer"
    template: ClassVar[str] = "dense.c.jinja"
    names: ClassVar[tuple[str, ...]] = ()
    state_size: ClassVar[int] = 0

    hidden_weight: Floats
    hidden_bias: Floats
    output_weight: Floats
    output_bias: float

    @property
    def weight_bytes(self) -> int:
        """Bytes of the constants in C, but for those inside expressions."""
        return 4 * (self.hidden_weight.size + self.hidden_bias.size + self.output_weight.size)


@dataclass(frozen=True, eq=False)
class ClosedForm:
    """Neurons that move without a solver: see ``agents.cells.cfc_solver`` for the equations.

    Synapses (E,), those that carry old values first, then by the turn of their targets: ``sources`` are rows of
    [features F, old activity N, new activity N]. ``weight`` (4, E), ``memory`` and ``bias`` (4, N). ``turns``: neurons
    that move together, one turn after the other; ``turn_ends``: how many synapses have been heard by then.
    """

    title: ClassVar[str] = "closed-form liquid network"
    template: ClassVar[str] = "closed_form.c.jinja"
    step_template: ClassVar[str] = "closed_form_step.c.jinja"

    names: tuple[str, ...]
    features: int
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    weight: Floats
    memory: Floats
    bias: Floats
    turns: tuple[NDArray[np.int64], ...]
    turn_ends: tuple[int, ...]
    output_gain: float
    output_bias: float

    @property
    def state_size(self) -> int:
        """Neurons that are not sensory."""
        return int(self.bias.shape[1])

    @property
    def order(self) -> NDArray[np.int64]:
        """Neurons in the order in which they move."""
        return np.concatenate(self.turns)

    @property
    def old_count(self) -> int:
        """Synapses that carry features or activity of the sample before."""
        return int((self.sources < self.features + self.state_size).sum())

    @property
    def weight_bytes(self) -> int:
        """Bytes of the constants in C, but for those inside expressions."""
        index = sum(2 if ends.max() > 255 else 1 for ends in (self.sources, self.targets))
        order = 2 if self.state_size > 256 else 1
        return (4 * 4 + index) * len(self.targets) + (2 * 4 * 4 + order) * self.state_size


@dataclass(frozen=True, eq=False)
class Recurrent:
    """A layer of N units on F features: ``kind`` is lstm, gru, gru_ode or ctrnn; see ``agents.cells.recurrent_cell``.

    ``input_weight`` (gates N, F), ``recurrent_weight`` (gates N, N), ``bias`` (gates N,), ``output_weight`` (N,);
    ``unfolds`` a sample, 1 where there are none; ``time_constants`` (N,) [samples], of the CT-RNN only.
    """

    title: ClassVar[str] = "recurrent layer"
    template: ClassVar[str] = "recurrent.c.jinja"

    kind: str
    names: tuple[str, ...]
    state_size: int
    input_weight: Floats
    recurrent_weight: Floats
    bias: Floats
    output_weight: Floats
    output_bias: float
    unfolds: int
    time_constants: Floats

    @property
    def neurons(self) -> int:
        """N."""
        return int(self.output_weight.size)

    @property
    def weight_bytes(self) -> int:
        """Bytes of the constants in C, but for those inside expressions."""
        arrays = (self.input_weight, self.recurrent_weight, self.bias, self.output_weight, self.time_constants)
        return 4 * sum(array.size for array in arrays)


Controller: TypeAlias = "Liquid | ClosedForm | Recurrent | Dense"


def read_controller(policy: Policy) -> Controller:
    """Take what is behind the head apart.

    Raises
    ------
    ArgumentError
        When there is no export for this kind of policy.
    """
    if policy.config.kind in EXPORTED_KINDS:
        if isinstance(policy, NCPPolicy):
            return _liquid(policy)
        if isinstance(policy, CfCPolicy):
            return _closed_form(policy)
        if isinstance(policy, RecurrentPolicy):
            return _recurrent(policy)
        if isinstance(policy, FeedForwardPolicy):
            return _dense(policy)
    raise ArgumentError(
        f"policy of kind {policy.config.kind!r}: those that can be exported are {', '.join(EXPORTED_KINDS)}"
    )


def _liquid(policy: NCPPolicy) -> Liquid:
    return read_liquid(
        policy.cell,
        policy.neuron_names,
        input_gain=as_floats(policy.input_gain),
        input_bias=as_floats(policy.input_bias),
        output_gain=float(policy.output_gain.detach()),
        output_bias=float(policy.output_bias.detach()),
    )


def read_liquid(
    cell: LTC,
    names: Sequence[str],
    *,
    input_gain: Floats,
    input_bias: Floats,
    output_gain: float = 1.0,
    output_bias: float = 0.0,
) -> Liquid:
    """Take an LTC apart, with the maps around it."""
    wiring, numbers = cell.wiring, cell.physical()
    return Liquid(
        names=tuple(names),
        sources=wiring.sources,
        targets=wiring.targets,
        sensory_count=wiring.sensory_synapse_count,
        **{name: as_floats(value) for name, value in numbers._asdict().items()},
        unfolds=cell.unfolds,
        input_gain=input_gain,
        input_bias=input_bias,
        output_gain=output_gain,
        output_bias=output_bias,
    )


def _closed_form(policy: CfCPolicy) -> ClosedForm:
    return read_closed_form(
        policy.cell,
        policy.neuron_names,
        output_gain=float(policy.output_gain.detach()),
        output_bias=float(policy.output_bias.detach()),
    )


def read_closed_form(
    cell: CfC,
    names: Sequence[str],
    *,
    output_gain: float = 1.0,
    output_bias: float = 0.0,
    order: Sequence[int] | None = None,
) -> ClosedForm:
    """Take a CfC apart, with the map behind it; ``order``: the cell's neuron at each column, None: the same."""
    graph, numbers = CfCGraph(cell.wiring), cell.parameters_in_equation()
    F, N = graph.input_size, graph.state_size
    column = np.arange(N) if order is None else np.argsort(np.array(order, np.int64))
    own = np.argsort(column)
    turn_of = np.zeros(N, np.int64)
    for number, one in enumerate(graph.turns, 1):
        turn_of[one] = number
    turn = np.where(graph.source < F + N, 0, turn_of[graph.target])
    listed = np.argsort(turn, kind="stable")
    rows = np.concatenate([np.arange(F), F + column, F + N + column])
    return ClosedForm(
        names=tuple(names),
        features=F,
        sources=rows[graph.source[listed]],
        targets=column[graph.target[listed]],
        weight=as_floats(numbers.weight)[:, listed],
        memory=as_floats(numbers.memory)[:, own],
        bias=as_floats(numbers.bias)[:, own],
        turns=tuple(np.sort(column[one]) for one in graph.turns),
        turn_ends=tuple(int((turn <= number).sum()) for number in range(1, len(graph.turns) + 1)),
        output_gain=output_gain,
        output_bias=output_bias,
    )


def _recurrent(policy: RecurrentPolicy) -> Recurrent:
    cell = policy.cell
    return Recurrent(
        kind=policy.config.kind,
        # The LSTM remembers two numbers a unit.
        names=policy.neuron_names * (policy.state_size // policy.config.neurons),
        state_size=policy.state_size,
        input_weight=as_floats(cell.input_weight),
        recurrent_weight=as_floats(cell.recurrent_weight),
        bias=as_floats(cell.bias),
        output_weight=as_floats(policy.output.weight[0]),
        output_bias=float(policy.output.bias.detach()[0]),
        unfolds=cell.unfolds if isinstance(cell, CTRNN | GRUODE) else 1,
        time_constants=as_floats(cell.time_constants) if isinstance(cell, CTRNN) else np.zeros(0, np.float32),
    )


def _dense(policy: FeedForwardPolicy) -> Dense:
    return Dense(
        hidden_weight=as_floats(policy.hidden.weight),
        hidden_bias=as_floats(policy.hidden.bias),
        output_weight=as_floats(policy.output.weight[0]),
        output_bias=float(policy.output.bias.detach()[0]),
    )


def as_floats(value: Tensor) -> NDArray[Any]:
    """Copy a tensor into float32."""
    array: NDArray[Any] = np.ascontiguousarray(value.detach().float().cpu().numpy())
    return array
