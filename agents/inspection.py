"""Inspection: what a policy is made of, counted and in seconds, for people who want to look inside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.liquid_cell import LiquidCell
from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.wirings.wiring import ROLES, Wiring

__all__ = ["Inspection", "inspect_policy"]


@dataclass(frozen=True)
class Inspection:
    """A policy taken apart.

    ``parameters``: trainable numbers in the ``head``, the ``cell``, the ``maps`` around it (features to sensory
    neurons, motor neuron to curvature) and the ``auxiliary`` read-out, which driving does not use. The rest is for
    liquid policies; None and empty for others.

    ``time_constants_s``: of each neuron with a state, by name, the shortest and the longest [s]. For an LTC they are
    C / (leak + sum of weights), with all synapses open, and C / leak, with all closed. For a CfC both are the time in
    which the time gate's logit grows by one while the neuron hears nothing; infinite where it does not depend on time.
    ``effect`` (E,): the current that an open synapse drives, weight times reversal potential; for a CfC the mean weight
    on both potentials. Its sign is what training made of the synapse's polarity.
    """

    kind: str
    parameters: dict[str, int]
    sample_period_s: float
    wiring: Wiring | None
    time_constants_s: dict[str, tuple[float, float]]
    effect: NDArray[np.float64] | None

    @property
    def neurons(self) -> dict[str, int]:
        """How many neurons of each role there are."""
        return {} if self.wiring is None else {r: sum(n.role == r for n in self.wiring.neurons) for r in ROLES}

    @property
    def synapses(self) -> dict[str, int]:
        """How many synapses go from role to role, ``"sensory -> inter"``; in the order of roles."""
        if self.wiring is None:
            return {}
        role = {neuron.name: neuron.role for neuron in self.wiring.neurons}
        pairs = Counter((ROLES.index(role[s.source]), ROLES.index(role[s.target])) for s in self.wiring.synapses)
        return {f"{ROLES[a]} -> {ROLES[b]}": count for (a, b), count in sorted(pairs.items())}

    def to_json(self) -> dict[str, Any]:
        """Plain data; an infinite time constant becomes None."""
        data: dict[str, Any] = {
            "kind": self.kind,
            "parameters": self.parameters | {"total": sum(self.parameters.values())},
            "sample_period_s": self.sample_period_s,
        }
        if self.wiring is None or self.effect is None:
            return data
        inhibit = int((self.wiring.polarities < 0).sum())
        flipped = int((np.sign(self.effect) == -self.wiring.polarities).sum())
        return data | {
            "neurons": self.neurons | {"with_state": self.wiring.state_size},
            "synapses": self.synapses
            | {"total": len(self.wiring.synapses), "inhibitory": inhibit, "sign_changed_by_training": flipped},
            "time_constants_s": {
                name: [t if np.isfinite(t) else None for t in times] for name, times in self.time_constants_s.items()
            },
            "effect": [round(float(e), 6) for e in self.effect],
            "wiring": self.wiring.to_json(),
        }


def inspect_policy(policy: Policy) -> Inspection:
    """Take a policy apart; it is not changed."""
    parameters, cell, period = policy.parts(), getattr(policy, "cell", None), policy.config.sample_period_s
    if not isinstance(cell, LiquidCell):
        return Inspection(policy.config.kind, parameters, period, None, {}, None)
    shortest, longest, effect = _inside(cell)
    times = {
        neuron.name: (float(a) * period, float(b) * period)
        for neuron, a, b in zip(cell.wiring.state_neurons, shortest, longest, strict=True)
    }
    return Inspection(policy.config.kind, parameters, period, cell.wiring, times, effect)


def _inside(cell: LiquidCell) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Shortest and longest time constants (N,) in samples, and effects of synapses (E,)."""
    with np.errstate(divide="ignore"):
        if isinstance(cell, LTC):
            p = cell.physical()
            weight, reversal, capacitance, leak = (
                t.detach().double().cpu().numpy() for t in (p.weight, p.reversal, p.capacitance, p.leak)
            )
            heard = np.bincount(cell.wiring.targets, weights=weight, minlength=cell.wiring.state_size)
            return capacitance / (leak + heard), capacitance / leak, weight * reversal
        assert isinstance(cell, CfC)  # noqa: S101  # there is no third kind
        rate = np.abs(cell.bias[2].detach().double().cpu().numpy())
        return 1.0 / rate, 1.0 / rate, cell.weight[:2].detach().double().mean(0).cpu().numpy()
