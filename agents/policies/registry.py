"""Registry: every kind of policy by name, so that files and command lines can ask for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from wormdrive.agents.policies.cfc_policy import CfCPolicy, CfCPolicyConfig
from wormdrive.agents.policies.cnn_policy import CNNPolicy, CNNPolicyConfig
from wormdrive.agents.policies.feedforward_policy import FeedForwardPolicy, FeedForwardPolicyConfig
from wormdrive.agents.policies.liquid_baselines import (
    FullLTCPolicy,
    FullLTCPolicyConfig,
    RandomLTCPolicy,
    RandomLTCPolicyConfig,
)
from wormdrive.agents.policies.ncp_policy import NCPPolicy, NCPPolicyConfig
from wormdrive.agents.policies.own_kinds import IMPORT_VARIABLE, PolicyKind, find_own, own_names, register_kind
from wormdrive.agents.policies.policy import Policy, PolicyConfig
from wormdrive.agents.policies.recurrent_policies import (
    CTRNNPolicy,
    CTRNNPolicyConfig,
    GRUODEPolicy,
    GRUODEPolicyConfig,
    GRUPolicy,
    GRUPolicyConfig,
    LSTMPolicy,
    LSTMPolicyConfig,
)
from wormdrive.agents.policies.transformer_policy import TransformerPolicy, TransformerPolicyConfig
from wormdrive.envs.common.errors import ArgumentError, one_of

__all__ = ["POLICY_KINDS", "build_policy", "parse_policy_config", "policy_kind", "register_policy"]

_KINDS: dict[str, tuple[type[PolicyConfig], type[Policy]]] = {
    "ncp": (NCPPolicyConfig, NCPPolicy),
    "cfc": (CfCPolicyConfig, CfCPolicy),
    "feedforward": (FeedForwardPolicyConfig, FeedForwardPolicy),
    "lstm": (LSTMPolicyConfig, LSTMPolicy),
    "ctrnn": (CTRNNPolicyConfig, CTRNNPolicy),
    "gru": (GRUPolicyConfig, GRUPolicy),
    "gru_ode": (GRUODEPolicyConfig, GRUODEPolicy),
    "cnn": (CNNPolicyConfig, CNNPolicy),
    "ltc_full": (FullLTCPolicyConfig, FullLTCPolicy),
    "ltc_random": (RandomLTCPolicyConfig, RandomLTCPolicy),
    "transformer": (TransformerPolicyConfig, TransformerPolicy),
}

POLICY_KINDS: tuple[str, ...] = tuple(_KINDS)
"""Values of ``PolicyConfig.kind`` that come with the package; ``register_policy`` adds others."""


def register_policy(name: str, policy: type[Policy], config: type[PolicyConfig] | None = None) -> None:
    """Make a kind of policy of your own known: ``train(TrainConfig(model=name))`` builds it, ``load_policy`` reads it.

    Commands find it through the entry points ``wormdrive.policies`` of an installed package (``mine =
    "package.module:MyPolicy"``), or where the variable ``WORMDRIVE_IMPORT`` names the module that registers it.

    Parameters
    ----------
    name:
        Of the kind.
    policy:
        Sub-class of ``Policy``, made of its configuration alone; its first weights follow ``torch.manual_seed``.
    config:
        Sub-class of ``PolicyConfig`` whose field ``kind`` is ``name`` by default; unless given, the class that
        ``policy``'s annotation ``config`` names.

    Raises
    ------
    ArgumentError
        The name is that of another kind, or a class is not allowed.
    """
    if name in _KINDS:
        raise ArgumentError(f"name={name!r}: is a kind that comes with the package; allowed is another one")
    register_kind(name, policy, config)


def policy_kind(name: object, what: str = "kind") -> PolicyKind:
    """Return a kind by name: one that comes with the package, or one of a user's own.

    Raises
    ------
    ArgumentError
        There is none; names ``what``.
    UserCodeError
        It is one of a user's own, and fails.
    """
    if isinstance(name, str):
        found = PolicyKind(*_KINDS[name]) if name in _KINDS else find_own(name)
        if found is not None:
            return found
    known = one_of(what, name, (*_KINDS, *own_names()))
    raise ArgumentError(f"{known}, or one that a module registers which {IMPORT_VARIABLE} names")


def parse_policy_config(data: object) -> PolicyConfig:
    """Plain data, as ``config.model_dump(mode="json")`` gave it -> the configuration of its kind.

    Raises
    ------
    ArgumentError
        Naming the field at fault, its value and what is allowed.
    """
    if not isinstance(data, Mapping):
        raise ArgumentError(f"policy configuration: a {type(data).__name__}: allowed is an object")
    kind = policy_kind(data.get("kind"), "policy configuration: kind")
    try:
        return kind.config.model_validate(dict(data))
    except ValidationError as error:
        raise ArgumentError("policy configuration: " + _first_fault(error)) from error


def build_policy(config: PolicyConfig | Mapping[str, Any]) -> Policy:
    """Build an untrained policy of the configuration's kind; first weights follow ``torch.manual_seed``."""
    if not isinstance(config, PolicyConfig):
        config = parse_policy_config(config)
    return policy_kind(config.kind, "policy configuration: kind").build(config)


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"]) or "whole"
    value = repr(fault.get("input"))
    return f"{where}={value if len(value) <= 80 else value[:77] + '...'}: {fault['msg']}"
