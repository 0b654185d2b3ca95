"""The page: a test of flights as one self-contained ``report.html``, and its figures beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wormdrive.envs.common.extras import needs_extra
from wormdrive.envs.find_target.dynamics import DT_S
from wormdrive.find_target.evaluation import FlightRow, write_flights
from wormdrive.find_target.report.charts import END_SERIES, WAY_SERIES, ends_chart, success_chart, ways_chart
from wormdrive.find_target.report.counts import ENDS, counted, plain
from wormdrive.find_target.report.views import FlightViews
from wormdrive.find_target.report.words import conclusions, headline
from wormdrive.find_target.suite import FlightSuite
from wormdrive.scenarios.report.canvas import marker_key
from wormdrive.scenarios.report.summary import interval
from wormdrive.scenarios.report.templates import page_environment, style_sheet
from wormdrive.scenarios.report.versions import versions
from wormdrive.scenarios.writing import write_text

with needs_extra("report"):
    from markupsafe import Markup

__all__ = ["PAGE", "render", "write_report"]

PAGE: Final = "report.html"
_FOLDER: Final = Path(__file__).parent


def write_report(
    folder: Path, suite: FlightSuite, rows: Sequence[FlightRow], views: Sequence[FlightViews], command: str
) -> Path:
    """Write ``report.html``, ``evaluation.json`` and ``flights.csv``; return the path of the first.

    Raises
    ------
    ArgumentError
        If one cannot be written.
    """
    values = {
        "model": rows[0].model,
        "suite": suite.model_dump(mode="json"),
        "conditions": plain(counted(rows)),
    }
    write_flights(folder / "flights.csv", rows)
    write_text(folder / "evaluation.json", json.dumps(values, indent=1, allow_nan=False) + "\n")
    write_text(folder / PAGE, render(suite, rows, views, command))
    return folder / PAGE


def render(suite: FlightSuite, rows: Sequence[FlightRow], views: Sequence[FlightViews], command: str) -> str:
    """Return the page as HTML: no address in it leads outside, styles, charts and pictures lie within.

    Parameters
    ----------
    rows:
        Of one pilot, all flights of the suite.
    views:
        What is shown of each condition.
    command:
        The command line that makes this page again.
    """
    environment = page_environment(_FOLDER)
    environment.filters |= {"interval": interval, "setting": _setting}
    counts = counted(rows)
    ways = [way for one in views for way in one.ways]
    seconds = max(len(way.to_target_m) for way in ways) * DT_S
    metres = 1.05 * max(float(way.to_target_m.max()) for way in ways)
    return environment.get_template("flights.html.jinja").render(
        style=style_sheet(_FOLDER / "flights.css"),
        model=rows[0].model,
        suite=suite,
        headline=headline(counts),
        conclusions=conclusions(counts, rows, views),
        counts=counts,
        success=_markup(success_chart(counts)),
        ends=_markup(ends_chart(counts)),
        keys=[(words, END_SERIES[reason]) for reason, words in ENDS.items()],
        failures=[words for reason, words in ENDS.items() if reason != "found"],
        ways=[(one.condition, _markup(ways_chart(one.condition, one.ways, seconds, metres))) for one in views],
        way_keys=[(_markup(marker_key(series)), words) for words, series in WAY_SERIES.items()],
        views=views,
        command=command,
        versions=versions(),
    )


def _setting(value: str | float | tuple[float, float]) -> str:
    """Word a value that a condition changes."""
    if isinstance(value, tuple):
        return f"{value[0]:g} to {value[1]:g}"
    return value if isinstance(value, str) else f"{value:g}"


def _markup(text: str) -> Markup:
    """Mark our own drawing as safe; every text in it was escaped when it was drawn."""
    return Markup(text)  # noqa: S704
