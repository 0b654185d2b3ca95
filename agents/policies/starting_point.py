"""Starting point: the policy from whose weights another one went on learning, as its folder remembers it."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["StartingPoint", "parse_starting_point"]

_SHA256: Final = re.compile("[0-9a-f]{64}")
_LONGEST_NAME: Final = 4096


class StartingPoint(NamedTuple):
    """``model``, as it was named when training began, and the SHA-256 of its file of weights."""

    model: str
    weights_sha256: str


def parse_starting_point(data: Any) -> StartingPoint | None:
    """Check what a folder says; ``None`` where it says nothing.

    Raises
    ------
    ArgumentError
        It is no starting point.
    """
    if data is None:
        return None
    if isinstance(data, dict) and data.keys() == set(StartingPoint._fields):
        model, digest = data["model"], data["weights_sha256"]
        if (
            isinstance(model, str)
            and len(model) <= _LONGEST_NAME
            and isinstance(digest, str)
            and _SHA256.fullmatch(digest)
        ):
            return StartingPoint(model, digest)
    raise ArgumentError(f"started_from={str(data)[:100]}: allowed are {', '.join(StartingPoint._fields)}")
