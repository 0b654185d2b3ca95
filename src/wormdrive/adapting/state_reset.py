"""State reset: the network forgets its state again and again; what then is lost was in the state."""

from __future__ import annotations

from wormdrive.adapting.car import Acted, Seen
from wormdrive.agents.policies.policy import Policy

__all__ = ["StateReset"]


class StateReset:
    """Puts the state back to where drives begin, once every ``every`` frames."""

    def __init__(self, policy: Policy, every: int = 30) -> None:
        self._policy, self._every, self._seen = policy, every, 0

    @property
    def counts(self) -> dict[str, int]:
        """How often it was reset."""
        return {"resets": self._seen // self._every}

    def after(self, seen: Seen) -> Acted:
        """Forget, if it is time; the steering of this frame stands."""
        self._seen += 1
        forget = self._seen % self._every == 0
        return Acted(seen.curvature, self._policy.initial_state(1) if forget else seen.state)
