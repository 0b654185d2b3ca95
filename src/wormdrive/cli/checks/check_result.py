"""Check result: what one check found, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

__all__ = ["CheckResult", "State", "guarded"]


class State(str, Enum):
    """``ok``; ``absent``, which only some jobs need; ``warning``; ``fault``: driving and training cannot run."""

    ok = "ok"
    absent = "absent"
    warning = "warning"
    fault = "fault"


@dataclass(frozen=True)
class CheckResult:
    """One line of the report: ``found`` for people, ``values`` for programs, ``advice`` in one line, empty if none."""

    name: str
    state: State
    found: str
    advice: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"state": self.state.value, "found": self.found, "advice": self.advice, **self.values}


def guarded(name: str, check: Callable[[], CheckResult]) -> CheckResult:
    """Run a check; one that breaks is a fault, too: a broken installation must not end the report on it."""
    try:
        return check()
    except Exception as error:  # whatever a half-installed library raises
        return CheckResult(
            name,
            State.fault,
            f"the check broke: {type(error).__name__}: {' '.join(str(error).split())[:200]}",
            "install again: pip install -c constraints.txt -e . (or: make)",
        )
