"""The page: an audit as one self-contained ``explain.html``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from wormdrive.agents.inspection import inspect_policy
from wormdrive.audit.audit import Audit
from wormdrive.audit.page.drive_player import chosen_drives, player_json
from wormdrive.audit.page.fragments import environment
from wormdrive.audit.sections import SECTIONS, Section
from wormdrive.envs.common.extras import needs_extra
from wormdrive.perception.head import ConvHead
from wormdrive.scenarios.report.network import wiring_svg
from wormdrive.scenarios.report.templates import style_sheet

with needs_extra("report"):
    from markupsafe import Markup

__all__ = ["page", "verdict"]

_FOLDER: Final = Path(__file__).parent


def page(audit: Audit, command: str, *, threads: int = 1) -> str:
    """Return the page as HTML: no address in it leads outside. ``command`` is what makes it again.

    Raises
    ------
    EpisodeError
        A drive cannot be drawn.
    """
    anatomy = inspect_policy(audit.policy)
    shown = chosen_drives(audit.drives)
    return environment().get_template("explain.html.jinja").render(
        style=style_sheet(_FOLDER / "explain.css"),
        script=_markup((_FOLDER / "player.js").read_text(encoding="utf-8")),
        player=_markup(player_json(audit.policy, shown, threads=threads)),
        model=audit.model,
        kind=anatomy.kind,
        verdict=verdict(audit),
        drives=list(shown),
        facts=_facts(audit),
        has_eyes=audit.policy.needs_camera,
        head_is_shown=isinstance(audit.policy.head, ConvHead),
        neurons=audit.policy.neuron_names,
        wiring=None if anatomy.wiring is None else _markup(wiring_svg(anatomy.wiring, anatomy.effect)),
        sections=[
            (section, _fragment(section, audit), audit.missing.get(section.name))
            for section in SECTIONS
            if section.name in audit.found or section.name in audit.missing
        ],
        command=command,
    )  # fmt: skip


def verdict(audit: Audit) -> str:
    """Say in one sentence what was found; sections that had nothing to say are left out."""
    clauses = [
        clause
        for section in SECTIONS
        if section.name in audit.found and (clause := section.finding(audit.found[section.name]))
    ]
    return "; ".join(clauses) if clauses else "nothing could be measured on these drives"


def _facts(audit: Audit) -> dict[str, Any]:
    told = audit.to_json()
    return {
        "parameters": told["anatomy"]["parameters"],
        "drives": told["drives"],
        "seconds": sum(drive["seconds"] for drive in told["drives"]),
        "mean_offset_m": sum(d["mean_abs_offset_m"] * d["seconds"] for d in told["drives"])
        / sum(d["seconds"] for d in told["drives"]),
        "max_offset_m": max(drive["max_abs_offset_m"] for drive in told["drives"]),
    }


def _fragment(section: Section, audit: Audit) -> Markup | None:
    return _markup(section.fragment(audit.found[section.name])) if section.name in audit.found else None


def _markup(text: str) -> Markup:
    """Mark our own text as safe; what others wrote into it was escaped there."""
    return Markup(text)  # noqa: S704
