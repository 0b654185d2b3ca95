"""Audit: drives of one policy, traced, and what every section found in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wormdrive.agents.inspection import inspect_policy
from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.sections import SECTIONS, Measured, Section
from wormdrive.audit.traced_drive import TracedDrive, trace_episode
from wormdrive.envs.common.errors import ArgumentError, EpisodeError, MapError, RouteError
from wormdrive.envs.episodes.episode import Episode
from wormdrive.training.progress import Progress, Silent

__all__ = ["Audit", "audit", "plain"]


@dataclass(frozen=True, eq=False)
class Audit:
    """What was found of one policy.

    Attributes
    ----------
    model:
        What it is called.
    drives:
        All drives, the policy reading along.
    found:
        By the section's name, what it measured.
    missing:
        By the section's name, why nothing could be measured.
    """

    model: str
    policy: Policy
    drives: tuple[TracedDrive, ...]
    found: Mapping[str, Measured]
    missing: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return all figures as plain data; what is infinite or not a number is None."""
        sections = {name: found.to_json() for name, found in self.found.items()}
        data: dict[str, Any] = plain(
            {
                "model": self.model,
                "anatomy": inspect_policy(self.policy).to_json(),
                "drives": [_drive(drive) for drive in self.drives],
                "sections": sections | dict.fromkeys(self.missing),
                "missing": dict(self.missing),
            }
        )
        return data


def audit(
    policy: Policy,
    episodes: Sequence[Episode],
    *,
    model: str = "",
    threads: int = 1,
    sections: Iterable[Section] = SECTIONS,
    progress: Progress | None = None,
) -> Audit:
    """Show a policy the frames of some drives and measure all ``sections``.

    A section that the policy's kind has nothing for, or that finds too few drives that are long enough, is left out,
    with the reason.

    Raises
    ------
    ArgumentError
        There is no drive.
    EpisodeError
        A drive cannot be drawn.
    """
    if not episodes:
        raise ArgumentError("episodes: none: allowed are one or more")
    told, wanted = progress or Silent(), tuple(sections)
    told.begin("look along", len(episodes), "drives")
    drives = []
    for k, episode in enumerate(episodes):
        drives.append(trace_episode(policy, episode, threads=threads))
        told.advance(k + 1)
    found: dict[str, Measured] = {}
    missing: dict[str, str] = {}
    told.begin("measure", len(wanted), "sections")
    for k, section in enumerate(wanted):
        measured = _measure(section, policy, drives)
        if isinstance(measured, str):
            missing[section.name] = measured
        else:
            found[section.name] = measured
        told.advance(k + 1)
    return Audit(model, policy, tuple(drives), found, missing)


def _measure(section: Section, policy: Policy, drives: Sequence[TracedDrive]) -> Measured | str:
    """Return what a section found, or why it cannot."""
    held = [drive for drive in drives if len(drive) >= section.frames]
    if len(held) < section.drives:
        drives_wanted = "a drive" if section.drives == 1 else f"{section.drives} drives"
        longest = max(len(drive) for drive in drives)
        return (
            f"needs {drives_wanted} of {section.frames} frames or more: there are {len(held)} (the longest of "
            f"{len(drives)} has {longest})"
        )
    try:
        measured = section.measure(policy, held)
    except (EpisodeError, MapError, RouteError) as error:  # drives of CARLA: no route, nothing to draw again
        return f"needs drives of the embedded simulator: {error}"
    return f"needs {section.wants}: a policy of kind {policy.config.kind!r} has none" if measured is None else measured


def _drive(drive: TracedDrive) -> dict[str, Any]:
    episode = drive.episode
    offset = np.abs(episode.state.lateral_offset_m)
    return {
        "map": str(episode.scenario.map),
        "season": episode.scenario.conditions.season.name,
        "route_seed": episode.scenario.route_seed,
        "seed": episode.scenario.seed,
        "frames": len(drive),
        "seconds": len(drive) * episode.dt_s,
        "mean_abs_offset_m": float(offset.mean()),
        "max_abs_offset_m": float(offset.max()),
    }


def plain(value: Any) -> Any:
    """Return plain data that JSON can hold; what is infinite or not a number is None."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
