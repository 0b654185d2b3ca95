"""The page: the results as one self-contained ``results.html``, figures and all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from wormdrive.benchmark.report.evidence import TARGET, Evidence
from wormdrive.benchmark.report.figures import (
    factor_figure,
    forest_figure,
    profile_figure,
    shares_figure,
    strip_figure,
)
from wormdrive.benchmark.report.films import Film
from wormdrive.benchmark.report.ladders import ladder_figures
from wormdrive.benchmark.report.sealed_chapter import sealed_figure
from wormdrive.benchmark.report.sealed_evidence import SealedEvidence
from wormdrive.benchmark.report.standing import Standing
from wormdrive.benchmark.report.words import model_title, percent
from wormdrive.envs.common.extras import needs_extra
from wormdrive.scenarios.report.canvas import marker_key
from wormdrive.scenarios.report.templates import page_environment, style_sheet

with needs_extra("report"):
    from markupsafe import Markup

__all__ = ["page"]

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class _Cell:
    rate: float
    shown: str
    interval: str
    centre: str


@dataclass(frozen=True)
class _Grid:
    """Every condition of one recipe by its models."""

    models: list[str]
    target: dict[str, list[_Cell]]
    others: dict[str, list[_Cell]]


def page(
    evidence: Evidence, shown: Mapping[str, Any], films: Sequence[Film] = (), sealed: SealedEvidence | None = None
) -> str:
    """Return the page as HTML: no address in it leads outside. ``shown`` is what ``chapters`` gave of the same."""
    environment = page_environment(_FOLDER)
    environment.filters["prose"] = _prose
    figures = {
        "strips": strip_figure,
        "forests": forest_figure,
        "profiles": profile_figure,
        "factors_drawn": factor_figure,
    }
    drawn = {
        name: {recipe: _markup(draw(evidence, recipe)) for recipe in evidence.recipes} for name, draw in figures.items()
    }
    return environment.get_template("results.html.jinja").render(
        shown,
        style=style_sheet(_FOLDER / "results.css"),
        recipe_names=evidence.recipes,
        keys={model_title(model): _markup(marker_key(k)) for k, model in enumerate(evidence.models)},
        shares_drawn=_markup(shares_figure(evidence)),
        grids=_grids(evidence),
        ladders_drawn={
            recipe: {title: _markup(drawing) for title, drawing in ladder_figures(evidence, recipe).items()}
            for recipe in evidence.recipes
        },
        sealed_drawn={name: _markup(sealed_figure(sealed, name)) for name in sealed.recipes} if sealed else {},
        films=films,
        **drawn,
    )


def _grids(evidence: Evidence) -> dict[str, _Grid]:
    grids = {}
    for recipe in evidence.recipes:
        held = [model for model in evidence.models if (recipe, model) in evidence.winter]
        grids[recipe] = _Grid([model_title(model) for model in held], {}, {})
    for (season, weather), driven in evidence.named.groups("season", "weather").items():
        centre = evidence.by_name(driven, "success_centre")
        for (recipe, model), one in evidence.by_name(driven).items():
            if recipe not in grids:
                continue  # the negative control: the answer tells it
            rows = grids[recipe].target if season == TARGET else grids[recipe].others
            rows.setdefault(f"{season} {weather}", []).append(_cell(one, centre[recipe, model]))
    return grids


def _cell(one: Standing, centre: Standing) -> _Cell:
    ends = one.interval
    between = f"{100 * ends.low:.0f} to {100 * ends.high:.0f} %" if ends and ends.low < ends.high else ""
    return _Cell(one.mean, percent(one.mean), between, percent(centre.mean))


def _prose(text: str) -> Markup:
    """Escape a text, set what stands in backticks as code, and keep a number on the line of its per cent sign."""
    return _markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text)).replace(" %", "&nbsp;%"))


def _markup(text: str) -> Markup:
    """Mark our own drawing as safe; every text in it was escaped when it was drawn."""
    return Markup(text)  # noqa: S704
