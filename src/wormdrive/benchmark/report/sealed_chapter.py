"""Sealed chapter: what sealed means, and how policies drive there, in sentences, tables and a figure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from wormdrive.benchmark.report.evidence import LEVEL, least_p
from wormdrive.benchmark.report.sealed_evidence import SealedEvidence
from wormdrive.benchmark.report.tables import Table, differences_table, standing_cell
from wormdrive.benchmark.report.words import listing, model_title, p_value, percent, rate
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.scenarios.report.canvas import Canvas, Scale

__all__ = [
    "conditions_table",
    "meaning",
    "models_table",
    "recipes_table",
    "sealed_clause",
    "sealed_figure",
    "snow_differences",
]

_WIDTH: Final = 520.0
_LEFT: Final = 44.0
_HEIGHT: Final = 220.0
_TOP: Final = 28.0
_PERCENT: Final = [(k / 100.0, f"{k}") for k in range(0, 101, 20)]


def meaning(sealed: SealedEvidence) -> list[str]:
    """Say what sealed means, and who drove."""
    record, count = sealed.opened.record, sum(sealed.trainings.values())
    conditions, routes = len(sealed.driven.values("shift")), len(sealed.driven.values("route"))
    so_far = f"All {count}" if count == record.trainings else f"{count} of the {record.trainings}"
    return [
        f"{conditions} conditions, from bare roads to snowed-in ones, none of them a preset's, were drawn within "
        f"declared ranges from a seed. Its SHA-256 ({record.seed_sha256[:12]}...) has stood in the benchmark's "
        "definition since before the first training.",
        f"The seed was opened on {_minute(record.unsealed_at)}, when all {record.trainings} trainings were there (the "
        f"last ended on {_minute(record.trained_until)}): no recipe, network or training can have been chosen by these "
        "conditions. The ranges, though, were written by people who had seen winter.",
        f"{so_far} have driven in them, {routes} routes in each: {sealed.driven_each:,} drives a training.",
    ]


def _minute(date: str) -> str:
    return f"{datetime.fromisoformat(date):%Y-%m-%d at %H:%M} UTC"


def sealed_clause(sealed: SealedEvidence | None) -> str:
    """Say for the first paragraph how recipes that see drive in sealed snow; nothing where none was driven."""
    if sealed is None or not sealed.snow_means:
        return ""
    means = sealed.snow_means
    order = sorted(means, key=lambda name: -_estimate(means[name]))
    count, record = sum(sealed.trainings.values()), sealed.opened.record
    some = "" if count == record.trainings else f"; driven so far by {count} of {record.trainings} trainings"
    conditions = len(sealed.in_snow.values("shift"))
    return (
        f"Success in {conditions} sealed conditions with snow (from a seed that was fixed before the first training "
        f"and opened after the last{some}): {listing([f'`{name}` {rate(means[name])}' for name in order])}."
    )


def recipes_table(sealed: SealedEvidence) -> Table:
    """Success of each recipe by how much snow lies, mean over its networks."""
    trainings = {
        recipe: sum(count for (name, _), count in sealed.trainings.items() if name == recipe)
        for recipe in sealed.recipes
    }
    return Table(
        "Sealed conditions: success by recipe, mean over its networks",
        ("recipe", "trainings", *_headers(sealed)),
        tuple(
            (f"`{recipe}`", str(trainings[recipe]), *(rate(by_group[group]) for group in sealed.groups))
            for recipe, by_group in sealed.recipe_means.items()
        ),
    )


def models_table(sealed: SealedEvidence) -> Table:
    """Success of each network by how much snow lies, and how many drives of each training succeeded."""
    by_group = sealed.standings
    pairs = next(iter(by_group.values()))
    return Table(
        "Sealed conditions: success by recipe and network, each training's below it",
        ("recipe", "model", *_headers(sealed)),
        tuple(
            (f"`{recipe}`", model_title(model), *(standing_cell(held[recipe, model]) for held in by_group.values()))
            for recipe, model in pairs
        ),
    )


def _headers(sealed: SealedEvidence) -> list[str]:
    return [f"{group} ({len(names)} conditions)" for group, names in sealed.groups.items()]


def conditions_table(sealed: SealedEvidence) -> Table:
    """Success in each condition by recipe, mean over trainings and networks, the least snow first."""
    rows = []
    for name, held in sealed.by_condition.items():
        cells = []
        for recipe in sealed.recipes:
            values = [value for (own, _), value in held.items() if own == recipe]
            cells.append(percent(sum(values) / len(values)) if values else "")
        rows.append((name, *cells))
    return Table(
        "Each sealed condition: success by recipe, mean over its networks",
        ("condition", *(f"`{recipe}`" for recipe in sealed.recipes)),
        tuple(rows),
    )


def snow_differences(sealed: SealedEvidence) -> tuple[Table, str]:
    """Return networks less the memoryless one in snow, and a sentence on them."""
    table = differences_table(
        "Success in sealed snow less that of the memoryless network, each route paired with itself",
        sealed.differences,
        sealed.untested,
    )
    held = sealed.differences
    sure = [one for one in held if one.p_corrected < LEVEL]
    if not held:
        return table, "No recipe has several trainings of the memoryless network and of another that drove here."
    if least_p(held) >= LEVEL:
        return table, (
            f"With so few trainings no p-value could be below {p_value(least_p(held))}: intervals are all there is."
        )
    told = listing([f"{model_title(one.model)} under `{one.recipe}`" for one in sure])
    return table, (
        f"Tested in snow as in winter, by the same families: {f'significant: {told}' if sure else 'none'} of "
        f"{len(held)} comparisons{'' if sure else ' is significant'} (smallest p = "
        f"{p_value(min(one.p_corrected for one in held))} after Holm)."
    )


def sealed_figure(sealed: SealedEvidence, recipe: str) -> str:
    """Draw success against the share of the road under snow, a line a model; bare roads are one point."""
    evidence, covers = sealed.evidence, sealed.opened.snow_cover
    held = [model for model in evidence.models if (recipe, model) in sealed.trainings]
    if not held:
        return ""
    canvas = Canvas(_WIDTH, _HEIGHT + 44.0, f"Success against snow on the road by recipe {recipe}")
    across, up = Scale(0.0, 1.0, _LEFT + 8.0, _WIDTH - 14.0), Scale(0.0, 1.0, _HEIGHT, _TOP)
    canvas.across(across, _PERCENT, _TOP, _HEIGHT, "share of the road under snow [%]")
    canvas.up(up, _PERCENT, _LEFT, _WIDTH - 14.0, "drives with all wheels in the lane [%]")
    for model in held:
        series = evidence.models.index(model)
        by_cover: dict[float, list[float]] = {}
        for name, by_pair in sealed.by_condition.items():
            by_cover.setdefault(covers[name], []).append(by_pair[recipe, model])
        places = [(cover, sum(values) / len(values)) for cover, values in by_cover.items()]
        canvas.curve([(across(x), up(y)) for x, y in places], f"curve faint s{series % 6}")
        for x, y in places:
            words = f"{model_title(model)}, snow on {100.0 * x:.0f} %: {percent(y)}"
            canvas.mark((across(x), up(y)), series, words, "mark small")
    return canvas.svg


def _estimate(value: Interval | float) -> float:
    return value.estimate if isinstance(value, Interval) else value
