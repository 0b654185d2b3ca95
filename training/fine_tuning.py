"""Fine-tuning: a training that begins with another policy's weights."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import parse_policy_config
from wormdrive.agents.policies.serialization import WEIGHTS_FILE, load_policy, policy_folder
from wormdrive.agents.policies.starting_point import StartingPoint
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["starting_policy"]


def starting_policy(start: str | Path, model: str, overrides: Mapping[str, Any]) -> Policy:
    """Load the policy to start from, which remembers that it is one.

    Parameters
    ----------
    start:
        A policy's folder, or the name of a shipped one.
    model, overrides:
        The kind that is wanted, and what is wanted of its configuration: no other than it has.

    Raises
    ------
    ArgumentError
        It is of another kind or architecture: names the first that differs.
    ModelError
        There is no such policy, or its files are not what they should be.
    """
    policy = load_policy(start)
    config = policy.config
    if config.kind != model:
        raise ArgumentError(f"model={model!r}: allowed from {start} is its kind, {config.kind!r}")
    held = config.model_dump(mode="json")
    wanted = parse_policy_config(_merged(held, overrides)).model_dump(mode="json")
    if difference := _first_difference(held, wanted):
        place, had, asked = difference
        raise ArgumentError(f"policy.{place}={asked!r}: allowed from {start} is its own, {had!r}")
    weights = (policy_folder(start) / WEIGHTS_FILE).read_bytes()
    policy.started_from = StartingPoint(str(start), hashlib.sha256(weights).hexdigest())
    return policy


def _merged(held: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Lay overrides over a configuration, table by table."""
    merged = dict(held)
    for name, value in overrides.items():
        below = held.get(name)
        merged[name] = _merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _first_difference(one: Any, other: Any, place: str = "") -> tuple[str, Any, Any] | None:
    """Return where two configurations differ first, and both values; nothing where they do not."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in [*one, *(name for name in other if name not in one)]:
            below = f"{place}.{name}" if place else str(name)
            if found := _first_difference(one.get(name), other.get(name), below):
                return found
        return None
    return None if one == other else (place, one, other)
