"""Controllers: what is behind a policy's head, as plain arrays; one class a C template and an ONNX sub-graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.feedforward_policy import FeedForwardPolicy
from wormdrive.agents.ncp_policy import NCPPolicy
from wormdrive.agents.policy import Policy
from wormdrive.envs.errors import ArgumentError

__all__ = ["EXPORTED_KINDS", "Controller", "Dense", "Floats", "Liquid", "as_floats", "read_controller"]

EXPORTED_KINDS = ("ncp", "ltc_full", "ltc_random", "feedforward")
"""Kinds of policy that can be exported."""

Floats: TypeAlias = "NDArray[np.float32]"


@dataclass(frozen=True, eq=False)
class Liquid:
    """Nineteen neurons, or however many: see ``agents.ltc_solver`` for the equations and the arrays' meaning.

    ``sources`` and ``targets`` (E,) index features for the first ``sensory_count`` synapses, then neurons.
    """

    title: ClassVar[str] = "liquid network"
    template: ClassVar[str] = "liquid.c.jinja"

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


Controller: TypeAlias = "Liquid | Dense"


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
        if isinstance(policy, FeedForwardPolicy):
            return _dense(policy)
    raise ArgumentError(
        f"policy of kind {policy.config.kind!r}: those that can be exported are {', '.join(EXPORTED_KINDS)}"
    )


def _liquid(policy: NCPPolicy) -> Liquid:
    wiring, numbers = policy.config.wiring, policy.cell.physical()
    return Liquid(
        names=policy.neuron_names,
        sources=wiring.sources,
        targets=wiring.targets,
        sensory_count=wiring.sensory_synapse_count,
        **{name: as_floats(value) for name, value in numbers._asdict().items()},
        unfolds=policy.config.unfolds,
        input_gain=as_floats(policy.input_gain),
        input_bias=as_floats(policy.input_bias),
        output_gain=float(policy.output_gain.detach()),
        output_bias=float(policy.output_bias.detach()),
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
