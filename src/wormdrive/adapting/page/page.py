"""The page: findings as one self-contained ``adapting.html``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from wormdrive.adapting.course import ARRIVES, PHASES
from wormdrive.adapting.findings import ALL, Figure, Findings
from wormdrive.adapting.page.distances import distances_svg
from wormdrive.adapting.ways import BASELINE, WAYS
from wormdrive.envs.common.extras import needs_extra
from wormdrive.scenarios.report.templates import page_environment, style_sheet

with needs_extra("report"):
    from markupsafe import Markup

__all__ = ["page", "verdict"]

_FOLDER: Final = Path(__file__).parent
_SAYS: Final = {way.name: way.says for way in WAYS}


def page(findings: Findings, command: str) -> str:
    """Return the page as HTML: no address in it leads outside. ``command`` is what makes it again."""
    environment = page_environment(_FOLDER)
    course, driven = findings.course, {one.way for training in findings.trainings for one in training.driven}
    return environment.get_template("adapting.html.jinja").render(
        style=style_sheet(_FOLDER / "adapting.css"),
        verdict=verdict(findings),
        course=course,
        says={way: says for way, says in _SAYS.items() if way in driven},
        trainings=len(findings.trainings),
        groups=[
            (group, len(trainings), _rows(findings, group), _drawing(findings, group))
            for group, trainings in findings.groups.items()
        ],
        command=command,
    )  # fmt: skip


def verdict(findings: Findings) -> str:
    """Say in one sentence how far frozen weights come, and what the way that comes farthest gains, also afterwards."""
    group = ALL if ALL in findings.groups else next(iter(findings.groups))
    arriving, winter, summer = PHASES
    course, frozen = findings.course, findings.figure(group, BASELINE, arriving, "metres").mean
    comes = f"while {course.arrives} arrives"
    said = f"{comes} frozen weights keep the lane for {frozen:.0f} of {course.length_m:.0f} m"
    others = [way for way in findings.ways(group) if way != BASELINE]
    if not others:
        return said
    best = max(others, key=lambda way: findings.change(group, way, arriving, "metres").mean)
    farther = _signed(findings.change(group, best, arriving, "metres"), "m")
    before, after = (
        ", ".join(
            f"{_shown(findings.figure(group, way, phase, 'on_road').mean, '%')} in {phase}"
            for phase in (winter, summer)
        )
        for way in (BASELINE, best)
    )
    found = f"{said}, and farthest beside them comes {best}: {farther}"
    return f"{found}; afterwards the car's centre stays in the lane in {after}, instead of {before}"


def _rows(findings: Findings, group: str) -> list[dict[str, Any]]:
    rows = []
    for way in findings.ways(group):
        cells = []
        for phase, metric in (
            *((PHASES[0], metric) for metric in ("metres", "in_lane", "on_road")),
            *((phase, metric) for phase in PHASES[1:] for metric in ("in_lane", "on_road")),
        ):
            unit = "m" if metric == "metres" else "%"
            change = None if way == BASELINE else findings.change(group, way, phase, metric)
            cells.append(
                {
                    "value": _shown(findings.figure(group, way, phase, metric).mean, unit),
                    "change": None if change is None else (_difference(change.mean, unit), _ends(change, unit)),
                    "sure": change is not None and change.clear,
                }
            )
        trainings = findings.groups[group]
        counts = {what: sum(one.count(way, what) for one in trainings) for what in ("updates", "hand_overs")}
        rows.append({"way": way, "says": _SAYS[way], "cells": cells, **counts})
    return rows


def _drawing(findings: Findings, group: str) -> Markup:
    values = {}
    for way in findings.ways(group):
        held = [training.scores(way, PHASES[0], "metres") for training in findings.groups[group]]
        values[way] = [float(scores.mean()) for scores in held if scores is not None]
    snow = findings.course.arrives == ARRIVES[0]
    return Markup(distances_svg(values, findings.course.length_m, snow=snow))  # noqa: S704 - our own


def _shown(value: float, unit: str) -> str:
    return f"{value:.0f} m" if unit == "m" else f"{100 * value:.0f} %"


def _signed(change: Figure, unit: str) -> str:
    """Return a change with its sign and, where there is one, its interval."""
    ends = _ends(change, unit)
    return _difference(change.mean, unit) + (f" ({ends})" if ends else "")


def _difference(value: float, unit: str) -> str:
    return f"{_sign(value, unit)} {'m' if unit == 'm' else 'points'}"


def _ends(change: Figure, unit: str) -> str:
    if change.low is None or change.high is None:
        return ""
    return f"{_sign(change.low, unit)} to {_sign(change.high, unit)}"


def _sign(value: float, unit: str) -> str:
    rounded = round(value if unit == "m" else 100 * value)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{abs(rounded)}"
