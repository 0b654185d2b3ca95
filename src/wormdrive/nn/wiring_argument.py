"""What networks may be told to be: a number of units, a wiring of ours, or one of ncps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.cells.layered_cfc import MOST_LAYERS
from wormdrive.agents.wirings.ncps_bridge import wiring_from_ncps
from wormdrive.agents.wirings.wiring import MAX_NEURONS, Wiring
from wormdrive.envs.common.errors import ArgumentError, is_whole

__all__ = ["LayeredWiring", "layered_wiring", "read_units", "wiring_from_units"]


class LayeredWiring(NamedTuple):
    """A wiring and its layers, from the first: neurons as columns of the state. What a CfC of ncps sees in a wiring."""

    wiring: Wiring
    layers: tuple[tuple[int, ...], ...]

    @property
    def order(self) -> NDArray[np.int64]:
        """The state order of a CfC of ncps: neurons by layer."""
        return np.concatenate([np.array(layer, np.int64) for layer in self.layers])

    def masks(self) -> list[NDArray[np.bool_]]:
        """Which neuron hears which of the inputs, or of the layer before: (sources, neurons), a layer each."""
        wiring, first = self.wiring, self.wiring.sensory_synapse_count
        sensory = np.zeros((wiring.input_size, wiring.state_size), bool)
        sensory[wiring.sources[:first], wiring.targets[:first]] = True
        inner = np.zeros((wiring.state_size, wiring.state_size), bool)
        inner[wiring.sources[first:], wiring.targets[first:]] = True
        found, heard = [], sensory
        for layer in self.layers:
            found.append(heard[:, list(layer)])
            heard = inner[list(layer)]
        return found

    def to_json(self) -> dict[str, Any]:
        """Plain data, that ``read_units`` reads."""
        return {**self.wiring.to_json(), "layers": [list(layer) for layer in self.layers]}


def read_units(units: Any, input_size: int) -> int | LayeredWiring:
    """Read the argument ``units``: a number, a ``Wiring``, a wiring of ncps (built, if it was not), or plain data.

    Raises
    ------
    ArgumentError
        It is something else, or has another number of inputs.
    """
    if is_whole(units):
        if not 1 <= units <= MAX_NEURONS:
            raise ArgumentError(f"units={units!r}: allowed are 1 to {MAX_NEURONS}, or a wiring")
        return int(units)
    if isinstance(units, LayeredWiring):
        found = units
    elif isinstance(units, Wiring):
        found = LayeredWiring(units, _layers_by_role(units))
    elif isinstance(units, Mapping):
        data = dict(units)
        layers = data.pop("layers", None)
        wiring = Wiring.from_json(data)
        found = LayeredWiring(wiring, _layers_by_role(wiring) if layers is None else _checked(layers))
    elif hasattr(units, "build") and hasattr(units, "sensory_adjacency_matrix"):
        found = _from_ncps(units, input_size)
    else:
        raise ArgumentError(f"units: a {type(units).__name__}: allowed are a whole number, a Wiring and one of ncps")
    if found.wiring.input_size != input_size:
        raise ArgumentError(f"units: a wiring of {found.wiring.input_size} inputs: allowed is input_size={input_size}")
    return found


def wiring_from_units(units: int | LayeredWiring, input_size: int) -> Wiring:
    """Return the wiring; a number of units means that all are connected, and all are motor neurons."""
    if isinstance(units, LayeredWiring):
        return units.wiring
    if input_size > MAX_NEURONS:
        raise ArgumentError(f"input_size={input_size!r}: allowed are 1 to {MAX_NEURONS}")
    return Wiring.fully_connected(input_size, units, units)


def layered_wiring(units: LayeredWiring) -> LayeredWiring:
    """Check that a CfC of ncps can be made of a wiring: few layers, motor neurons in front of the last one.

    Raises
    ------
    ArgumentError
        It cannot.
    """
    N, M = units.wiring.state_size, units.wiring.output_size
    if not 1 <= len(units.layers) <= MOST_LAYERS:
        raise ArgumentError(f"units: a wiring of {len(units.layers)} layers: allowed are 1 to {MOST_LAYERS}")
    if sorted(units.order.tolist()) != list(range(N)):
        raise ArgumentError(f"units: layers {units.layers}: allowed is each of the {N} neurons once")
    if units.layers[-1][:M] != tuple(range(M)):
        raise ArgumentError(f"units: last layer {units.layers[-1]}: allowed is one that begins with the motor neurons")
    return units


def _from_ncps(theirs: Any, input_size: int) -> LayeredWiring:
    """Read a wiring of ncps; a second ``build`` would draw more synapses, so one that is built stays as it is."""
    if not theirs.is_built():
        theirs.build(input_size)
    layers = (theirs.get_neurons_of_layer(layer) for layer in range(theirs.num_layers))
    return LayeredWiring(wiring_from_ncps(theirs), tuple(tuple(int(k) for k in layer) for layer in layers))


def _layers_by_role(wiring: Wiring) -> tuple[tuple[int, ...], ...]:
    """Inter, command and motor neurons, where there are any."""
    roles = [neuron.role for neuron in wiring.state_neurons]
    groups = (tuple(k for k, own in enumerate(roles) if own == role) for role in ("inter", "command", "motor"))
    return tuple(group for group in groups if group)


def _checked(layers: Any) -> tuple[tuple[int, ...], ...]:
    if not isinstance(layers, list) or not all(isinstance(one, list) and all(map(is_whole, one)) for one in layers):
        raise ArgumentError("units: layers: allowed are lists of whole numbers")
    return tuple(tuple(one) for one in layers)
