"""RequestError: an answer of 'no' with a reason, which reaches the caller as a wrapped error."""

from __future__ import annotations

from wormdrive.envs.common.errors import WormdriveError

__all__ = ["RequestError"]


class RequestError(WormdriveError):
    """A call that cannot be served; the message says which and why, and goes to the client."""
