"""The page: an audit of flights as one self-contained ``explain.html``, and its figures beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from wormdrive.audit.counterfactuals.shares import Share
from wormdrive.audit.page.attention import with_ends
from wormdrive.audit.page.counterfactuals import told_pair
from wormdrive.audit.page.dynamics import draw_forgetting
from wormdrive.audit.page.fragments import EXPLAIN_STYLE, environment, figures, percent
from wormdrive.envs.common.extras import needs_extra
from wormdrive.envs.seasons.conditions import SEASONS
from wormdrive.find_target.audit.flight_audit import FlightAudit
from wormdrive.find_target.audit.forgetting import Forgetting
from wormdrive.find_target.audit.looks import LookedAt, PartShare
from wormdrive.find_target.audit.movers import EXPERT, MovedPair
from wormdrive.find_target.audit.parts import PARTS, TARGET
from wormdrive.find_target.audit.scenery import POSE
from wormdrive.find_target.audit.turning import Turning
from wormdrive.find_target.audit.words import turns, verdict
from wormdrive.scenarios.report.pictures import data_uri, saliency_pictures, webp
from wormdrive.scenarios.report.templates import style_sheet
from wormdrive.scenarios.writing import write_text

with needs_extra("report"):
    from markupsafe import Markup

__all__ = ["FIGURES", "PAGE", "render", "write_flight_audit"]

PAGE: Final = "explain.html"
FIGURES: Final = "explain.json"
_FOLDER: Final = Path(__file__).parent


def write_flight_audit(audit: FlightAudit, folder: Path, command: str) -> Path:
    """Write ``explain.json`` and, last, ``explain.html``, each aside first; return the latter's path.

    Raises
    ------
    ArgumentError
        They cannot be written.
    """
    page = render(audit, command)
    write_text(folder / FIGURES, json.dumps(audit.to_json(), indent=1, allow_nan=False) + "\n")
    write_text(folder / PAGE, page)
    return folder / PAGE


def render(audit: FlightAudit, command: str) -> str:
    """Return the page as HTML: no address in it leads outside. ``command`` is what makes it again."""
    parts = [part for part in audit.movers[EXPERT].yaw if part != POSE]
    return environment(_FOLDER).get_template("flight_audit.html.jinja").render(
        style=style_sheet(EXPLAIN_STYLE, _FOLDER / "flight_audit.css"),
        audit=audit,
        models=list(audit.kinds),
        verdicts={name: verdict(audit, name) for name in audit.kinds},
        flown_by=list(audit.movers),
        pose=POSE,
        summary={name: _summary(audit, name) for name in audit.movers},
        shares={
            what: {
                part: [_cell(getattr(found, what)[part]) for found in audit.movers.values()] for part in (POSE, *parts)
            }
            for what in ("yaw", "forward")
        },
        seasons=SEASONS,
        turning={
            what: {
                name: [told(of[season]) if season in of else figures(None) for season in SEASONS]
                for name, of in audit.turning.items()
            }
            for what, told in _TURNING.items()
        },
        picture_parts=PARTS,
        looks=_by_season(audit, _parts),
        on_target=_by_season(audit, lambda of: with_ends(of[TARGET].attention, of[TARGET].attention_ci95)),
        pixels=[of[TARGET].pixels for of in next(iter(audit.looks.values())).seasons.values()],
        looked_at={name: [_looked_at(one) for one in found.shown] for name, found in audit.looks.items()},
        missed={name: found.missed for name, found in audit.looks.items()},
        forgetting={name: found.to_json() for name, found in audit.forgetting.items()},
        fading={name: _drawn(found) for name, found in audit.forgetting.items() if found.flights},
        pairs={name: [_pair(pair) for pair in audit.movers[name].pairs] for name in audit.kinds},
        command=command,
    )  # fmt: skip


def _summary(audit: FlightAudit, name: str) -> list[str]:
    found = audit.movers[name]
    return [
        _cell(found.yaw[POSE], "first"), percent(found.yaw_scenery),
        _cell(found.forward[POSE], "first"), percent(found.forward_scenery),
    ]  # fmt: skip


def _cell(share: Share, order: str = "total") -> str:
    """Estimates scatter about 0 where there is nothing; what lies below is written as 0."""
    low, high = getattr(share, f"{order}_ci95")
    return with_ends(max(getattr(share, order), 0.0), (max(low, 0.0), max(high, 0.0)))


def _pair(pair: MovedPair) -> dict[str, Any]:
    return told_pair(pair.part, (pair.before, pair.after), (turns(pair.yaw_before), turns(pair.yaw_after)))


def _change(found: tuple[float, float, float]) -> str:
    return "{:.2f} ({:.2f} to {:.2f})".format(*found)


_TURNING: Final[dict[str, Callable[[Turning], str]]] = {
    "The target alone is moved: change of the yaw rate [rad/s for each radian]": lambda found: _change(
        found.target_change
    ),
    "The camera is turned: change of the yaw rate [rad/s for each radian]": lambda found: _change(found.camera_change),
    "The target alone is moved: moments at which it turns to the target's side both times": lambda found: percent(
        found.target_both_ways
    ),
}
"""Tables on the positive control, and what stands in a cell of each."""


def _by_season(audit: FlightAudit, told: Callable[[dict[str, PartShare]], Any]) -> dict[str, dict[str, Any]]:
    """Return by model, then by season, what ``told`` says of the parts of its pictures."""
    return {name: {season: told(of) for season, of in found.seasons.items()} for name, found in audit.looks.items()}


def _parts(of: dict[str, PartShare]) -> list[str]:
    return [
        f"{percent(one.attention)} / {percent(one.pixels)} / {figures(one.hidden, 2)}"
        for one in (of[part] for part in PARTS)
    ]


def _looked_at(one: LookedAt) -> dict[str, str]:
    return {
        "season": one.season,
        "frame": data_uri(webp(one.frame), "image/webp"),
        "map": data_uri(webp(saliency_pictures(one.frame[None], one.map[None])[0]), "image/webp"),
    }


def _drawn(found: Forgetting) -> Markup:
    return Markup(draw_forgetting(found.flights))  # noqa: S704  (our own drawing)
