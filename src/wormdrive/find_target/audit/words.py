"""Words: what an audit of flights found, in sentences."""

from __future__ import annotations

from typing import Final

from wormdrive.audit.page.fragments import figures, percent
from wormdrive.find_target.audit.flight_audit import FlightAudit
from wormdrive.find_target.audit.forgetting import Forgetting
from wormdrive.find_target.audit.scenery import POSE

__all__ = ["turns", "verdict"]

_STILL: Final = 0.02


def turns(yaw: float) -> str:
    """Return a yaw rate, 1 is 1 rad/s to the left, in words."""
    if abs(yaw) < _STILL:
        return "does not turn"
    return f"turns {'left' if yaw > 0 else 'right'} at {abs(yaw):.2f} rad/s"


def verdict(audit: FlightAudit, name: str) -> str:
    """Say in one sentence what was found of a model."""
    found = audit.movers[name]
    worst = max((part for part in found.yaw if part != POSE), key=lambda part: found.yaw[part].total)
    # estimates of a share scatter beyond the whole
    said = [f"scenery has to do with {percent(min(found.yaw_scenery, 1.0))} of the variance of its yaw"]
    if found.yaw[worst].total > 0:
        said[0] += f", most of all {worst} ({percent(found.yaw[worst].total)})"
    changes = {season: turning.target_change[0] for season, turning in audit.turning[name].items()}
    if len(changes) > 1:
        most, least = max(changes, key=lambda season: changes[season]), min(changes, key=lambda season: changes[season])
        said.append(
            f"a target moved aside changes its yaw rate by {figures(changes[most], 2)} rad/s a radian in {most} and by "
            f"{figures(changes[least], 2)} in {least}"
        )
    return "; ".join([*said, _memory(audit.forgetting[name])])


def _memory(found: Forgetting) -> str:
    if not found.flights:
        return "it has no memory that could be wrong"
    half = found.half_life_s
    return "a wrong state is not halved" if half is None else f"a wrong state is halved within {figures(half, 2)} s"
