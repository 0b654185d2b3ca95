"""To and from ``ncps``, the library of the papers' authors: wirings both ways, trained LTC weights into ours.

``ncps`` is needed only by who has objects of it; it is imported by ``wiring_to_ncps`` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.cells.ltc_solver import LTCParameters
from wormdrive.agents.wirings.wiring import Neuron, Role, Synapse, Wiring
from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.common.extras import needs_extra

__all__ = ["FromNcps", "ltc_from_ncps", "wiring_from_ncps", "wiring_to_ncps"]

_STATE_ROLES: tuple[Role, ...] = ("motor", "command", "inter")


def wiring_from_ncps(theirs: Any) -> Wiring:
    """Read a built wiring of ``ncps.wirings``; neuron i there is state neuron i here, ``role_k`` by name.

    ``wiring_from_ncps(NCP(...))`` equals ``Wiring.ncp(...)`` of the same arguments, and so for the other kinds.

    Raises
    ------
    ArgumentError
        When it is no wiring, has not been built for a number of inputs, or breaks a rule of ``Wiring``.
    """
    try:
        units, inputs, outputs = theirs.units, theirs.input_dim, theirs.output_dim
        inner, sensory = theirs.adjacency_matrix, theirs.sensory_adjacency_matrix
    except AttributeError as error:
        raise ArgumentError(f"wiring: a {type(theirs).__name__}: allowed is a wiring of ncps ({error})") from error
    if inputs is None or outputs is None or sensory is None:
        raise ArgumentError("wiring: not built: call build(inputs) and set_output_dim(outputs) first")
    neurons = [Neuron(f"sensory_{i}", "sensory") for i in range(inputs)]
    count = dict.fromkeys(_STATE_ROLES, 0)
    for i in range(units):
        # A wiring restored by ncps' from_config has forgotten its roles; what it still knows is who is a motor neuron.
        role = "motor" if i < outputs else theirs.get_type_of_neuron(i)
        if role not in count or (role == "motor" and i >= outputs):
            raise ArgumentError(f"wiring: neuron {i}: " + one_of("type", role, _STATE_ROLES[1:]))
        neurons.append(Neuron(f"{role}_{count[role]}", role))
        count[role] += 1
    own = [neuron.name for neuron in neurons[inputs:]]
    synapses = _synapses(np.asarray(sensory), [n.name for n in neurons[:inputs]], own)
    return Wiring(tuple(neurons), tuple(synapses + _synapses(np.asarray(inner), own, own)))


def wiring_to_ncps(wiring: Wiring, layers: Sequence[Sequence[int]] | None = None) -> Any:
    """Make an ``ncps.wirings.Wiring`` with the same synapses, built, for ``ncps.torch.LTC`` and ``CfC``.

    Neurons keep their place in the state. Its ``layers``, of neurons by that place, are by default inter, command and
    motor, where there are any.

    Raises
    ------
    MissingPackageError
        When ncps is not installed.
    """
    with needs_extra("ncps"):
        from ncps.wirings import Wiring as NcpsWiring
    roles = [neuron.role for neuron in wiring.state_neurons]
    by_role = [[i for i, own in enumerate(roles) if own == role] for role in reversed(_STATE_ROLES)]
    shown = [list(layer) for layer in (by_role if layers is None else layers) if layer]

    class Exported(NcpsWiring):  # type: ignore[misc]  # ncps has no types
        num_layers = len(shown)

        def get_type_of_neuron(self, neuron_id: int) -> str:
            return roles[neuron_id]

        def get_neurons_of_layer(self, layer_id: int) -> list[int]:
            return shown[layer_id]

    theirs = Exported(wiring.state_size)
    theirs.set_output_dim(wiring.output_size)
    theirs.set_input_dim(wiring.input_size)
    numbers = zip(wiring.sources.tolist(), wiring.targets.tolist(), wiring.polarities.tolist(), strict=True)
    for k, (source, target, polarity) in enumerate(numbers):
        add = theirs.add_sensory_synapse if k < wiring.sensory_synapse_count else theirs.add_synapse
        add(source, target, polarity)
    return theirs


class FromNcps(NamedTuple):
    """An LTC of ours and the maps that ncps has around its own.

    ``outputs, state = cell(inputs * input_gain + input_bias, state)``, then ``outputs * output_gain + output_bias``.
    ``input_gain`` and ``input_bias`` (F,), ``output_gain`` and ``output_bias`` (M,).
    """

    cell: LTC
    input_gain: Tensor
    input_bias: Tensor
    output_gain: Tensor
    output_bias: Tensor


def ltc_from_ncps(theirs: Any) -> FromNcps:
    """Take over wiring, weights and unfolds of an ``ncps.torch.LTC`` or ``LTCCell``; of its numbers, those of synapses.

    Raises
    ------
    ArgumentError
        When it is something else, or holds negative weights, capacitances or leaks, as one does that was trained with
        explicit constraints (``implicit_param_constraints=False``) which were never applied.
    """
    cell = getattr(theirs, "rnn_cell", theirs)
    try:
        wiring = wiring_from_ncps(cell._wiring)
        values: dict[str, Tensor] = {name: p.detach().clone() for name, p in cell._params.items()}
        positive, unfolds = cell.make_positive_fn, int(cell._ode_unfolds)
    except AttributeError as error:
        raise ArgumentError(f"network: a {type(theirs).__name__}: allowed are LTC and LTCCell of ncps.torch") from error
    first_inner = wiring.sensory_synapse_count
    source, target = torch.tensor(wiring.sources.tolist()), torch.tensor(wiring.targets.tolist())

    def of_synapses(name: str) -> Tensor:
        sensory = values[f"sensory_{name}"][source[:first_inner], target[:first_inner]]
        return torch.cat([sensory, values[name][source[first_inner:], target[first_inner:]]])

    ours = LTC(wiring, unfolds).to(values["vleak"].dtype)
    with torch.no_grad():
        physical = LTCParameters(
            weight=positive(of_synapses("w")),
            reversal=of_synapses("erev"),
            slope=of_synapses("sigma"),
            midpoint=of_synapses("mu"),
            capacitance=positive(values["cm"]),
            leak=positive(values["gleak"]),
            rest=values["vleak"],
        )
    try:
        ours.set_physical(physical)
    except ArgumentError as error:
        raise ArgumentError(
            f"network: {error}; apply_weight_constraints() of ncps clamps them, and makes another network"
        ) from error
    one, zero = torch.ones(wiring.input_size), torch.zeros(wiring.input_size)
    return FromNcps(
        ours,
        values.get("input_w", one),
        values.get("input_b", zero),
        values.get("output_w", torch.ones(wiring.output_size)),
        values.get("output_b", torch.zeros(wiring.output_size)),
    )


def _synapses(signs: NDArray[Any], sources: list[str], targets: list[str]) -> list[Synapse]:
    """Read a matrix of signs (sources, targets), in the order in which ``Wiring`` draws: by target, then by source."""
    if signs.shape != (len(sources), len(targets)) or not np.isin(signs, (-1, 0, 1)).all():
        allowed = f"({len(sources)}, {len(targets)}) of -1, 0 and 1"
        raise ArgumentError(f"wiring: an adjacency matrix of shape {signs.shape}: allowed is {allowed}")
    pairs = np.argwhere(signs.T != 0)
    return [Synapse(sources[s], targets[t], int(signs[s, t])) for t, s in pairs.tolist()]
