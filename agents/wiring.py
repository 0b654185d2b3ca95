"""Wiring: who is connected to whom in a small nervous system, as immutable data.

A wiring is a list of named neurons and a list of signed synapses between them; nothing in it is trained. The published
wiring is the neural circuit policy of Lechner, Hasani et al., *Neural circuit policies enabling auditable autonomy*,
Nature Machine Intelligence 2, 642 (2020): sensory -> inter -> command (recurrent) -> motor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.errors import ArgumentError, one_of

__all__ = ["MAX_NEURONS", "MAX_SYNAPSES", "PAPER_SEED", "Neuron", "Role", "Synapse", "Wiring"]

Role = Literal["sensory", "inter", "command", "motor"]
ROLES: tuple[Role, ...] = get_args(Role)

PAPER_SEED = 20190120
"""Seed of the published 12/6/1 wiring; with 32 sensory neurons it has 252 synapses."""

MAX_NEURONS = 4096
MAX_SYNAPSES = 1 << 18


@dataclass(frozen=True)
class Neuron:
    """A neuron: its name, unique in the wiring, and what it does."""

    name: str
    role: Role


@dataclass(frozen=True)
class Synapse:
    """A connection from neuron ``source`` to neuron ``target``; ``polarity`` +1 excites, -1 inhibits."""

    source: str
    target: str
    polarity: int


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
        _check_neurons(self.neurons)
        _check_synapses(self.neurons, self.synapses)

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
        _check_ncp_arguments(locals())
        # The published wiring is defined by this legacy generator, whose stream NumPy keeps frozen.
        draw = _NcpDraw(np.random.RandomState(seed))
        names: dict[Role, list[str]] = {
            "sensory": [f"sensory_{i}" for i in range(sensory)],
            "motor": [f"motor_{i}" for i in range(motor)],
            "command": [f"command_{i}" for i in range(command)],
            "inter": [f"inter_{i}" for i in range(inter)],
        }
        draw.fan_out(names["sensory"], names["inter"], sensory_fan_out)
        draw.fan_out(names["inter"], names["command"], inter_fan_out)
        draw.recurrent(names["command"], recurrent_command)
        draw.fan_in(names["command"], names["motor"], motor_fan_in)
        neurons = tuple(Neuron(name, role) for role, group in names.items() for name in group)
        synapses = [Synapse(source, target, polarity) for (source, target), polarity in draw.polarity.items()]
        # A stable order that does not depend on the order of drawing: by target within sensory, then within the rest.
        place = {neuron.name: i for i, neuron in enumerate(neurons)}
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


class _NcpDraw:
    """The published drawing, in the published order of random numbers."""

    def __init__(self, random: np.random.RandomState) -> None:
        self.random = random
        self.polarity: dict[tuple[str, str], int] = {}

    def _connect(self, source: str, target: str) -> None:
        self.polarity[source, target] = int(self.random.choice([-1, 1]))

    def _pick(self, among: Sequence[str], size: int) -> list[str]:
        return [among[i] for i in self.random.choice(len(among), size=size, replace=False)]

    def fan_out(self, sources: Sequence[str], targets: Sequence[str], size: int) -> None:
        left_out = list(targets)
        for source in sources:
            for target in self._pick(targets, size):
                left_out = [t for t in left_out if t != target]
                self._connect(source, target)
        mean_fan_in = min(max(len(sources) * size // len(targets), 1), len(sources))
        for target in left_out:
            for source in self._pick(sources, mean_fan_in):
                self._connect(source, target)

    def recurrent(self, group: Sequence[str], count: int) -> None:
        for _ in range(count):
            source = group[self.random.choice(len(group))]
            target = group[self.random.choice(len(group))]
            self._connect(source, target)

    def fan_in(self, sources: Sequence[str], targets: Sequence[str], size: int) -> None:
        left_out = list(sources)
        for target in targets:
            for source in self._pick(sources, size):
                left_out = [s for s in left_out if s != source]
                self._connect(source, target)
        mean_fan_out = min(max(len(targets) * size // len(sources), 1), len(targets))
        for source in left_out:
            for target in self._pick(targets, mean_fan_out):
                self._connect(source, target)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def _rows(data: Mapping[str, Any], key: str, length: int) -> list[list[Any]]:
    rows = data[key]
    if not isinstance(rows, list) or not all(isinstance(row, list | tuple) and len(row) == length for row in rows):
        raise ArgumentError(f"wiring: {key} must be a list of rows of {length} values")
    return [list(row) for row in rows]


def _check_neurons(neurons: tuple[Neuron, ...]) -> None:
    if len(neurons) > MAX_NEURONS:
        raise ArgumentError(f"wiring: {len(neurons)} neurons, at most {MAX_NEURONS} are allowed")
    seen: set[str] = set()
    motor_over = False
    for neuron in neurons:
        if not isinstance(neuron.name, str) or not 0 < len(neuron.name) <= 100:
            raise ArgumentError(f"wiring: neuron name {neuron.name!r}: a text of 1 to 100 characters is allowed")
        if neuron.role not in ROLES:
            raise ArgumentError(f"wiring: neuron {neuron.name!r}: " + one_of("role", neuron.role, ROLES))
        if neuron.name in seen:
            raise ArgumentError(f"wiring: two neurons are named {neuron.name!r}; names must be unique")
        if neuron.role == "motor" and motor_over:
            raise ArgumentError(f"wiring: motor neuron {neuron.name!r} must come before inter and command neurons")
        motor_over = motor_over or neuron.role in ("inter", "command")
        seen.add(neuron.name)
    for role in ("sensory", "motor"):
        if not any(n.role == role for n in neurons):
            raise ArgumentError(f"wiring: no {role} neuron; at least one is needed")


def _check_synapses(neurons: tuple[Neuron, ...], synapses: tuple[Synapse, ...]) -> None:
    if len(synapses) > MAX_SYNAPSES:
        raise ArgumentError(f"wiring: {len(synapses)} synapses, at most {MAX_SYNAPSES} are allowed")
    roles = {n.name: n.role for n in neurons}
    seen: set[tuple[str, str]] = set()
    inner_began = False
    for s in synapses:
        label = f"wiring: synapse {s.source!r} -> {s.target!r}"
        if not isinstance(s.source, str) or not isinstance(s.target, str):
            raise ArgumentError(f"{label}: both ends must be names")
        if s.source not in roles or s.target not in roles:
            raise ArgumentError(f"{label}: both ends must be neurons of the wiring")
        if roles[s.target] == "sensory":
            raise ArgumentError(f"{label}: a sensory neuron takes its value from the input and can be no target")
        if type(s.polarity) is not int or s.polarity not in (-1, 1):
            raise ArgumentError(f"{label}: " + one_of("polarity", s.polarity, (-1, 1)))
        if (s.source, s.target) in seen:
            raise ArgumentError(f"{label}: listed twice")
        if roles[s.source] == "sensory" and inner_began:
            raise ArgumentError(f"{label}: synapses from sensory neurons must come first")
        inner_began = inner_began or roles[s.source] != "sensory"
        seen.add((s.source, s.target))


def _check_ncp_arguments(arguments: Mapping[str, Any]) -> None:
    for name in ("sensory", "inter", "command", "motor"):
        if not 1 <= arguments[name] <= MAX_NEURONS:
            raise ArgumentError(f"{name}={arguments[name]!r}: allowed are 1 to {MAX_NEURONS}")
    for name, most in (("sensory_fan_out", "inter"), ("inter_fan_out", "command"), ("motor_fan_in", "command")):
        if not 1 <= arguments[name] <= arguments[most]:
            raise ArgumentError(f"{name}={arguments[name]!r}: allowed are 1 to {most}={arguments[most]}")
    if not 0 <= arguments["recurrent_command"] <= MAX_SYNAPSES:
        raise ArgumentError(f"recurrent_command={arguments['recurrent_command']!r}: allowed are 0 to {MAX_SYNAPSES}")
