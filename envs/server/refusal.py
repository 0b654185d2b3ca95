"""RefusedError: an answer of 'no' with a reason, which reaches the caller as a wrapped error."""

from __future__ import annotations

from wormdrive.envs.errors import WormdriveError

__all__ = ["RefusedError"]


class RefusedError(WormdriveError):
    """A call that cannot be served; the message says which and why, and goes to the client."""
