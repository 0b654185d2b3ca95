"""Sections of the audit, as data: what is measured, of whom it can be, and how a page tells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.attention.section import measure_attention
from wormdrive.audit.attention.seen_frames import FIRST
from wormdrive.audit.certificate.controller_bounds import BOUNDED, bounds_of
from wormdrive.audit.certificate.section import measure_certificate
from wormdrive.audit.counterfactuals.responses import RUN_UP
from wormdrive.audit.counterfactuals.section import measure_counterfactuals
from wormdrive.audit.dynamics.section import measure_dynamics
from wormdrive.audit.page.attention import attention_finding, attention_fragment
from wormdrive.audit.page.certificate import certificate_finding, certificate_fragment
from wormdrive.audit.page.counterfactuals import counterfactuals_finding, counterfactuals_fragment
from wormdrive.audit.page.dynamics import dynamics_finding, dynamics_fragment
from wormdrive.audit.page.trees import trees_finding, trees_fragment
from wormdrive.audit.page.wheel import wheel_finding, wheel_fragment
from wormdrive.audit.traced_drive import TracedDrive
from wormdrive.audit.trees.section import measure_trees
from wormdrive.audit.wheel.section import measure_wheel
from wormdrive.envs.common.errors import ArgumentError, one_of

__all__ = ["SECTIONS", "Measured", "Section", "require_measurable", "sections_named"]


class Measured(Protocol):
    """What a section found."""

    def to_json(self) -> dict[str, Any]:
        """All figures as plain data."""


def _nothing(_found: Any) -> str:
    return ""


def _anybody(_policy: Policy) -> bool:
    return True


@dataclass(frozen=True)
class Section:
    """A section of the audit.

    Attributes
    ----------
    name, heading:
        The key in ``explain.json``, and the title on the page.
    measure:
        From a policy and its drives to what was found; ``None`` if the policy's kind has nothing to measure.
    fragment:
        From what was found to HTML; every text in it is escaped.
    wants:
        What a kind must have to be measured, as it ends the sentence "needs ...".
    finding:
        A clause for the page's first sentence, such as "it forgets in 0.3 s"; empty if there is nothing to say.
    drives, frames:
        It takes at least so many drives, and only drives of at least so many frames.
    can:
        Whether a policy has it, where that is known before anything is driven.
    """

    name: str
    heading: str
    measure: Callable[[Policy, Sequence[TracedDrive]], Measured | None]
    fragment: Callable[[Any], str]
    wants: str
    finding: Callable[[Any], str] = _nothing
    drives: int = 1
    frames: int = 2
    can: Callable[[Policy], bool] = _anybody


SECTIONS: Final = (
    Section("trees", "Decision trees", measure_trees, trees_fragment, "neurons", trees_finding, drives=2),
    Section(
        "wheel", "A tree behind the wheel", measure_wheel, wheel_fragment, "drives of the simulator", wheel_finding,
        drives=2,
    ),
    Section(
        "counterfactuals", "Road or scenery", measure_counterfactuals, counterfactuals_fragment,
        "drives of the simulator", counterfactuals_finding, frames=RUN_UP + 1,
    ),
    Section(
        "attention", "Attention", measure_attention, attention_fragment,
        "pictures to look at", attention_finding, frames=FIRST + 1,
    ),
    Section("dynamics", "Dynamics", measure_dynamics, dynamics_fragment, "neurons", dynamics_finding, frames=46),
    Section(
        "certificate", "Certificate", measure_certificate, certificate_fragment,
        BOUNDED, certificate_finding, frames=101, can=lambda policy: bounds_of(policy) is not None,
    ),
)  # fmt: skip
"""In the order of the page."""


def sections_named(names: Sequence[str], *, frames: int | None = None) -> tuple[Section, ...]:
    """Return sections by their names, in the order of the page; all if there are no names.

    Raises
    ------
    ArgumentError
        There is no such section, or one that is named cannot be measured on drives of so many ``frames``.
    """
    known = {section.name: section for section in SECTIONS}
    for name in names:
        if name not in known:
            raise ArgumentError(one_of("section", name, known))
        if frames is not None and frames < known[name].frames:
            raise ArgumentError(f"section {name}: frames={frames}: allowed are {known[name].frames} or more")
    return tuple(section for section in SECTIONS if not names or section.name in names)


def require_measurable(policy: Policy, sections: Sequence[Section], name: str) -> None:
    """Refuse a policy, called ``name``, that has none of the sections, before it drives.

    Raises
    ------
    ArgumentError
        It is such a one.
    """
    if not any(section.can(policy) for section in sections):
        wanted = "; ".join(f"{section.name} needs {section.wants}" for section in sections)
        raise ArgumentError(f"{name}: nothing to measure: {wanted}; it is of kind {policy.config.kind!r}")
