"""Own kinds: policies of a user's own, by name, so that ``train --model mine`` and ``load_policy`` know them.

A kind is looked for among those that ``register_policy`` was told of; then among the entry points
``wormdrive.policies`` of installed packages; then in the modules that the variable ``WORMDRIVE_IMPORT`` names,
separated by commas. Files name kinds, and never modules: a policy's folder has no code imported that its reader has not
installed or named.
"""

from __future__ import annotations

import os
import re
from contextlib import nullcontext
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final, NamedTuple, get_type_hints

from wormdrive.agents.policies.policy import Policy, PolicyConfig
from wormdrive.envs.common.errors import ArgumentError, UserCodeError
from wormdrive.envs.common.import_path import import_attribute, import_own_module, running_own_code

__all__ = ["ENTRY_POINTS", "IMPORT_VARIABLE", "PolicyKind", "find_own", "import_kind", "own_names", "register_kind"]

ENTRY_POINTS: Final = "wormdrive.policies"
IMPORT_VARIABLE: Final = "WORMDRIVE_IMPORT"

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


class PolicyKind(NamedTuple):
    """A kind of policy: its configuration, and the class that is built of it; whose code it is, if it is a user's."""

    config: type[PolicyConfig]
    policy: type[Policy]
    own: str | None = None

    def build(self, config: PolicyConfig) -> Policy:
        """Build an untrained policy.

        Raises
        ------
        UserCodeError
            It is a user's own, and cannot be built.
        """
        with running_own_code(self.own, "building a policy") if self.own else nullcontext():
            return self.policy(config)


_own: dict[str, PolicyKind] = {}


def register_kind(name: str, policy: type[Policy], config: type[PolicyConfig] | None = None) -> None:
    """Make a kind of policy known; see ``register_policy``, which keeps the names of those that come with the package.

    Raises
    ------
    ArgumentError
        The name, a class or the configuration's ``kind`` is not allowed, or the name is taken by another class.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ArgumentError(f"name={name!r}: allowed are small letters, digits and _, from a letter on, 40 at most")
    if not (isinstance(policy, type) and issubclass(policy, Policy)):
        raise ArgumentError(f"policy={policy!r}: allowed is a sub-class of wormdrive.Policy")
    config = config or _annotated(policy)
    if not (isinstance(config, type) and issubclass(config, PolicyConfig)):
        raise ArgumentError(f"config={config!r}: allowed is a sub-class of wormdrive.PolicyConfig")
    if config.model_fields["kind"].default != name:
        raise ArgumentError(
            f"{config.__name__}.kind={config.model_fields['kind'].default!r}: allowed is {name!r} by default, the name "
            "under which it is registered"
        )
    held = _own.get(name)
    if held is not None and _place(held.policy) != _place(policy):  # the same place: a notebook's cell was run again
        raise ArgumentError(f"name={name!r}: is taken by {'.'.join(_place(held.policy))}; allowed is another one")
    _own[name] = PolicyKind(config, policy, ":".join(_place(policy)))


def find_own(name: str) -> PolicyKind | None:
    """Return a kind of a user's own, importing what may register it; ``None`` where nobody does.

    Raises
    ------
    ArgumentError
        ``WORMDRIVE_IMPORT`` names a module that does not exist.
    UserCodeError
        What should register it fails, or does not register it.
    """
    if name in _own:
        return _own[name]
    for entry in _entries():
        if entry.name == name:
            return _loaded(entry)
    for module in filter(None, (part.strip() for part in os.environ.get(IMPORT_VARIABLE, "").split(","))):
        import_own_module(module, f"{IMPORT_VARIABLE}={os.environ[IMPORT_VARIABLE]!r}")
    return _own.get(name)


def import_kind(path: str, argument: str) -> str:
    """Import ``module:Class``, a policy of a user's own, register it unless its module has, and return its kind's name.

    Raises
    ------
    ArgumentError
        There is no such class, or it cannot be registered.
    UserCodeError
        Its module fails.
    """
    policy = import_attribute(path, argument)
    if not (isinstance(policy, type) and issubclass(policy, Policy)):
        raise ArgumentError(f"{argument}={path!r}: allowed is a sub-class of wormdrive.Policy")
    for name, kind in _own.items():
        if kind.policy is policy:
            return name
    fields = getattr(_annotated(policy), "model_fields", {})
    name = str(fields["kind"].default if "kind" in fields else "")
    register_kind(name, policy)
    return name


def own_names() -> tuple[str, ...]:
    """Names of the kinds that are registered or stand among the entry points; nothing is imported."""
    return tuple(dict.fromkeys([*_own, *(entry.name for entry in _entries())]))


def _entries() -> list[EntryPoint]:
    return sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name)


def _loaded(entry: EntryPoint) -> PolicyKind:
    """Import an entry point, whose module registers the kind, or which is the class of the policy itself."""
    path = f"{ENTRY_POINTS}, {entry.name} = {entry.value}"
    with running_own_code(path, "importing it"):
        found: Any = entry.load()
    if entry.name not in _own and isinstance(found, type) and issubclass(found, Policy):
        register_kind(entry.name, found)
    if entry.name not in _own:
        raise UserCodeError(f"{path}: registers no {entry.name!r}: allowed is a sub-class of wormdrive.Policy")
    return _own[entry.name]


def _annotated(policy: type[Policy]) -> Any:
    """Return the class that a policy's annotation ``config`` names."""
    try:
        return get_type_hints(policy).get("config")
    except NameError as error:
        raise ArgumentError(f"{policy.__name__}.config: {error}: allowed is a class that its module knows") from error


def _place(policy: type[Policy]) -> tuple[str, str]:
    return policy.__module__, policy.__qualname__
