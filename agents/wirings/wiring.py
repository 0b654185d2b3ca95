"""Wiring: who is connected to whom in a small nervous system, as immutable data.

A wiring is a list of named neurons and a list of signed synapses between them; nothing in it is trained. The published
wiring is the neural circuit policy of Lechner, Hasani et al., *Neural circuit policies enabling auditable autonomy*,
Nature Machine Intelligence 2, 642 (2020): sensory -> inter -> command (recurrent) -> motor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.wirings.wiring_generators import NcpDraw, Signs, draw_all, draw_some
from wormdrive.agents.wirings.wiring_rules import (
    MAX_NEURONS,
    MAX_SYNAPSES,
    ROLES,
    Neuron,
    Role,
    Synapse,
    check_ncp_arguments,
    check_neurons,
    check_room,
    check_synapses,
)
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["MAX_NEURONS", "MAX_SYNAPSES", "PAPER_SEED", "ROLES", "Neuron", "Role", "Synapse", "Wiring"]

PAPER_SEED = 20190120
"""Seed of the published 12/6/1 wiring; with 32 sensory neurons it has 252 synapses."""


@dataclass(frozen=True)
class Wiring:
    """Named neurons and signed synapses.

    Two orders follow from ``neurons`` and are relied upon everywhere (cells, weights, traces, saved files):

    - **input order**: the sensory neurons, as listed; input feature i drives sensory neuron i.
    - **state order**: all other neurons, as listed, motor neurons first; ``ncp`` lists motor, command, inter, which is
      also the order of the ``ncps`` library. Column i of a state (B, N) belongs to ``state_neurons[i]``, and output i
      is motor neuron i.

    Synapses are kept as listed, those from sensory neurons first; a cell's synapse parameters follow this order.

    Parameters
    ----------
    neurons:
        The neurons; names are unique, and at least one is sensory and one motor.
    synapses:
        At most one for each (source, target); none ends at a sensory neuron.

    Raises
    ------
    ArgumentError
        When one of these rules is broken.

    Examples
    --------
    >>> wiring = Wiring.ncp()
    >>> len(wiring.state_neurons), len(wiring.synapses), wiring.sensory_synapse_count
    (19, 252, 192)
    >>> Wiring.from_json(wiring.to_json()) == wiring
    True
    """

    neurons: tuple[Neuron, ...]
    synapses: tuple[Synapse, ...]

    def __post_init__(self) -> None:
        check_neurons(self.neurons)
        check_synapses(self.neurons, self.synapses)

    @classmethod
    def ncp(
        cls,
        sensory: int = 32,
        inter: int = 12,
        command: int = 6,
        motor: int = 1,
        *,
        sensory_fan_out: int = 6,
        inter_fan_out: int = 4,
        recurrent_command: int = 6,
        motor_fan_in: int = 6,
        seed: int = PAPER_SEED,
    ) -> Wiring:
        """Draw a neural circuit policy by the published algorithm; the defaults give the published network.

        Every sensory neuron reaches ``sensory_fan_out`` inter neurons, every inter neuron ``inter_fan_out`` command
        neurons; ``recurrent_command`` pairs of command neurons are drawn (a pair drawn twice counts once); every motor
        neuron hears ``motor_fan_in`` command neurons. A neuron that was left out is then joined by the mean number of
        synapses of its layer. Signs are drawn with equal odds. Same arguments, same wiring as
        ``ncps.wirings.NCP``, synapse by synapse.
        """
        check_ncp_arguments(locals())
        most = sensory * sensory_fan_out + inter * inter_fan_out + recurrent_command + motor * motor_fan_in
        check_room(most, "sensory_fan_out, inter_fan_out, recurrent_command, motor_fan_in")
        # The published wiring is defined by this legacy generator, whose stream NumPy keeps frozen.
        draw = NcpDraw(np.random.RandomState(seed))
        names = _names(sensory=sensory, motor=motor, command=command, inter=inter)
        draw.fan_out(names["sensory"], names["inter"], sensory_fan_out)
        draw.fan_out(names["inter"], names["command"], inter_fan_out)
        draw.recurrent(names["command"], recurrent_command)
        draw.fan_in(names["command"], names["motor"], motor_fan_in)
        return cls._of(names, draw.polarity)

    @classmethod
    def auto_ncp(
        cls, sensory: int = 32, neurons: int = 19, motor: int = 1, *, sparsity: float = 0.5, seed: int = 22222
    ) -> Wiring:
        """Draw a neural circuit policy of ``neurons`` neurons with a state: the layers' sizes and fans follow.

        Two fifths of those that are not motor neurons are command neurons; of all possible synapses between two layers
        about ``1 - sparsity`` exist. Same arguments, same wiring as ``ncps.wirings.AutoNCP``, synapse by synapse.
        """
        if not 1 <= motor < neurons - 2:
            raise ArgumentError(f"motor={motor!r}: allowed are 1 to neurons - 3 = {neurons - 3}")
        if not 0.1 <= sparsity <= 0.9:
            raise ArgumentError(f"sparsity={sparsity!r}: allowed are 0.1 to 0.9")
        density = 1.0 - sparsity
        command = max(int(0.4 * (neurons - motor)), 1)
        inter = neurons - motor - command
        return cls.ncp(
            sensory,
            inter,
            command,
            motor,
            sensory_fan_out=max(int(inter * density), 1),
            inter_fan_out=max(int(command * density), 1),
            recurrent_command=max(int(command * density * 2), 1),
            motor_fan_in=max(int(command * density), 1),
            seed=seed,
        )

    @classmethod
    def fully_connected(
        cls, sensory: int = 32, neurons: int = 19, motor: int = 1, *, self_connections: bool = True, seed: int = 1111
    ) -> Wiring:
        """Connect every sensory neuron and every neuron with a state to every neuron with a state.

        The first ``motor`` of the ``neurons`` are motor neurons, the others inter neurons. Two synapses in three
        excite. Same arguments, same wiring as ``ncps.wirings.FullyConnected``, synapse by synapse.
        """
        names = _names(sensory=sensory, motor=motor, inter=_rest(neurons, motor))
        check_room((sensory + neurons) * neurons, f"neurons={neurons!r}, sensory={sensory!r}")
        state, random = [*names["motor"], *names["inter"]], np.random.default_rng(seed)
        signs = draw_all(random, state, state, self_connections=self_connections)
        return cls._of(names, signs | draw_all(random, names["sensory"], state))

    @classmethod
    def random(
        cls,
        sensory: int = 32,
        neurons: int = 19,
        motor: int = 1,
        *,
        sensory_synapses: int = 192,
        inner_synapses: int = 60,
        seed: int = 1111,
    ) -> Wiring:
        """Draw synapses without any order of layers; the defaults have as many as the published network.

        ``sensory_synapses`` of those from a sensory neuron and ``inner_synapses`` of those between neurons with a state
        (also with themselves), all as likely, signs with equal odds. The first ``motor`` of the ``neurons`` are motor
        neurons, the others inter neurons. Nothing is added for a neuron that was left out.
        """
        names = _names(sensory=sensory, motor=motor, inter=_rest(neurons, motor))
        for name, count, most in (
            ("sensory_synapses", sensory_synapses, min(sensory * neurons, MAX_SYNAPSES)),
            ("inner_synapses", inner_synapses, min(neurons * neurons, MAX_SYNAPSES)),
        ):
            if not 0 <= count <= most:
                raise ArgumentError(f"{name}={count!r}: allowed are 0 to {most}")
        given = f"sensory_synapses={sensory_synapses!r}, inner_synapses={inner_synapses!r}"
        check_room(sensory_synapses + inner_synapses, given)
        state, random = [*names["motor"], *names["inter"]], np.random.default_rng(seed)
        signs = draw_some(random, names["sensory"], state, sensory_synapses)
        return cls._of(names, signs | draw_some(random, state, state, inner_synapses))

    @classmethod
    def _of(cls, names: Mapping[Role, Sequence[str]], signs: Signs) -> Wiring:
        """Put synapses in an order that does not depend on the order of drawing: sensory first, then by target."""
        neurons = tuple(Neuron(name, role) for role, group in names.items() for name in group)
        place, sensory = {neuron.name: i for i, neuron in enumerate(neurons)}, len(names["sensory"])
        synapses = [Synapse(source, target, polarity) for (source, target), polarity in signs.items()]
        synapses.sort(key=lambda s: (place[s.source] >= sensory, place[s.target], place[s.source]))
        return cls(neurons, tuple(synapses))

    @cached_property
    def sensory_neurons(self) -> tuple[Neuron, ...]:
        """The sensory neurons, in input order."""
        return tuple(n for n in self.neurons if n.role == "sensory")

    @cached_property
    def state_neurons(self) -> tuple[Neuron, ...]:
        """All neurons that have a state, in state order."""
        return tuple(n for n in self.neurons if n.role != "sensory")

    @property
    def input_size(self) -> int:
        """Number of sensory neurons F."""
        return len(self.sensory_neurons)

    @property
    def state_size(self) -> int:
        """Number of neurons with a state N."""
        return len(self.state_neurons)

    @cached_property
    def output_size(self) -> int:
        """Number of motor neurons M; they are the first M of the state."""
        return sum(n.role == "motor" for n in self.neurons)

    @cached_property
    def sensory_synapse_count(self) -> int:
        """Number of synapses that start at a sensory neuron; they come first in ``synapses``."""
        sensory = {n.name for n in self.sensory_neurons}
        return sum(s.source in sensory for s in self.synapses)

    @cached_property
    def sources(self) -> NDArray[np.int64]:
        """(E,) index of each synapse's source: in input order for the sensory ones, else in state order."""
        order = {n.name: i for group in (self.sensory_neurons, self.state_neurons) for i, n in enumerate(group)}
        return _frozen(np.array([order[s.source] for s in self.synapses], np.int64))

    @cached_property
    def targets(self) -> NDArray[np.int64]:
        """(E,) index of each synapse's target in state order."""
        order = {n.name: i for i, n in enumerate(self.state_neurons)}
        return _frozen(np.array([order[s.target] for s in self.synapses], np.int64))

    @cached_property
    def polarities(self) -> NDArray[np.int8]:
        """(E,) +1 or -1."""
        return _frozen(np.array([s.polarity for s in self.synapses], np.int8))

    def to_json(self) -> dict[str, Any]:
        """Plain data: ``{"neurons": [[name, role], ...], "synapses": [[source, target, polarity], ...]}``."""
        return {
            "neurons": [[n.name, n.role] for n in self.neurons],
            "synapses": [[s.source, s.target, s.polarity] for s in self.synapses],
        }

    @classmethod
    def from_json(cls, data: object) -> Wiring:
        """Build from what ``to_json`` gave; raises ``ArgumentError`` on anything else."""
        if not isinstance(data, Mapping) or set(data) != {"neurons", "synapses"}:
            raise ArgumentError("wiring: must be an object with the keys neurons and synapses, and no others")
        neurons, synapses = _rows(data, "neurons", 2), _rows(data, "synapses", 3)
        return cls(tuple(Neuron(*row) for row in neurons), tuple(Synapse(*row) for row in synapses))


def _names(sensory: int, motor: int, inter: int, command: int = 0) -> dict[Role, list[str]]:
    """Name the neurons of each role, in the order in which wirings list them."""
    if not 1 <= sensory <= MAX_NEURONS:
        raise ArgumentError(f"sensory={sensory!r}: allowed are 1 to {MAX_NEURONS}")
    sizes: dict[Role, int] = {"sensory": sensory, "motor": motor, "command": command, "inter": inter}
    return {role: [f"{role}_{i}" for i in range(size)] for role, size in sizes.items()}


def _rest(neurons: int, motor: int) -> int:
    """Count the neurons that are not motor neurons."""
    if not 1 <= motor <= neurons <= MAX_NEURONS:
        raise ArgumentError(f"neurons={neurons!r}, motor={motor!r}: allowed are 1 <= motor <= neurons <= {MAX_NEURONS}")
    return neurons - motor


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def _rows(data: Mapping[str, Any], key: str, length: int) -> list[list[Any]]:
    rows = data[key]
    if not isinstance(rows, list) or not all(isinstance(row, list | tuple) and len(row) == length for row in rows):
        raise ArgumentError(f"wiring: {key} must be a list of rows of {length} values")
    return [list(row) for row in rows]
