"""Wiring rules: what neurons and synapses are, how many there may be, and what else every wiring keeps to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.common.free_memory import free_memory

__all__ = [
    "MAX_NEURONS", "MAX_SYNAPSES", "ROLES", "Neuron", "Role", "Synapse",
    "check_ncp_arguments", "check_neurons", "check_room", "check_synapses",
]  # fmt: skip

Role = Literal["sensory", "inter", "command", "motor"]
ROLES: tuple[Role, ...] = get_args(Role)

MAX_NEURONS = 4096
MAX_SYNAPSES = 1 << 24
BYTES_A_SYNAPSE = 1000
"""About what one costs while a wiring is drawn, checked and made into a cell; free memory must hold all of them."""
_ALWAYS_HELD = 1 << 16
"""Synapses that free memory is not asked for."""


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


def check_neurons(neurons: tuple[Neuron, ...]) -> None:
    """See that names are unique, roles known and in order, and that there are sensory and motor neurons."""
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


def check_synapses(neurons: tuple[Neuron, ...], synapses: tuple[Synapse, ...]) -> None:
    """See that synapses connect neurons that there are, once each, sensory ones first."""
    check_room(len(synapses), "wiring")
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


def check_room(synapses: int, given: str) -> None:
    """See that so many synapses are allowed, and that free memory holds them."""
    if synapses > MAX_SYNAPSES:
        raise ArgumentError(f"{given}: {synapses} synapses: at most {MAX_SYNAPSES} are allowed")
    if synapses > _ALWAYS_HELD and synapses * BYTES_A_SYNAPSE > free_memory():
        raise ArgumentError(
            f"{given}: {synapses} synapses need about {synapses * BYTES_A_SYNAPSE / 1e9:.1f} GB: allowed is what free "
            f"memory holds, {free_memory() / 1e9:.1f} GB"
        )


def check_ncp_arguments(arguments: Mapping[str, Any]) -> None:
    """See that layers have sizes, and that none is to reach more neurons than the next one has."""
    for name in ("sensory", "inter", "command", "motor"):
        if not 1 <= arguments[name] <= MAX_NEURONS:
            raise ArgumentError(f"{name}={arguments[name]!r}: allowed are 1 to {MAX_NEURONS}")
    for name, most in (("sensory_fan_out", "inter"), ("inter_fan_out", "command"), ("motor_fan_in", "command")):
        if not 1 <= arguments[name] <= arguments[most]:
            raise ArgumentError(f"{name}={arguments[name]!r}: allowed are 1 to {most}={arguments[most]}")
    if not 0 <= arguments["recurrent_command"] <= MAX_SYNAPSES:
        raise ArgumentError(f"recurrent_command={arguments['recurrent_command']!r}: allowed are 0 to {MAX_SYNAPSES}")
