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

__all__ = ["POLICY_KINDS", "build_policy", "parse_policy_config"]

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
"""Allowed values of ``PolicyConfig.kind``."""


def parse_policy_config(data: object) -> PolicyConfig:
    """Plain data, as ``config.model_dump(mode="json")`` gave it -> the configuration of its kind.

    Raises
    ------
    ArgumentError
        Naming the field at fault, its value and what is allowed.
    """
    if not isinstance(data, Mapping):
        raise ArgumentError(f"policy configuration: a {type(data).__name__}: allowed is an object")
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ArgumentError("policy configuration: " + one_of("kind", kind, _KINDS))
    try:
        return _KINDS[kind][0].model_validate(dict(data))
    except ValidationError as error:
        raise ArgumentError("policy configuration: " + _first_fault(error)) from error


def build_policy(config: PolicyConfig | Mapping[str, Any]) -> Policy:
    """Build an untrained policy of the configuration's kind; first weights follow ``torch.manual_seed``."""
    if not isinstance(config, PolicyConfig):
        config = parse_policy_config(config)
    if config.kind not in _KINDS:
        raise ArgumentError("policy configuration: " + one_of("kind", config.kind, _KINDS))
    return _KINDS[config.kind][1](config)


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"]) or "whole"
    value = repr(fault.get("input"))
    return f"{where}={value if len(value) <= 80 else value[:77] + '...'}: {fault['msg']}"
