"""Tables of the results: text cell by cell, the same for the page and for ``results.md``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wormdrive.agents.policies.registry import POLICY_KINDS, build_policy
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.report.evidence import TARGET, Evidence
from wormdrive.benchmark.report.recipe_parts import augmentation_words, eyes_words
from wormdrive.benchmark.report.standing import Standing, departures
from wormdrive.benchmark.report.words import (
    departures_words,
    model_title,
    p_value,
    percent,
    points,
    share,
    short_rate,
)
from wormdrive.benchmark.statistics.comparison import Comparison
from wormdrive.scenarios.candidate import policy_candidate

__all__ = ["Table", "contrasts", "departures_table", "differences", "differences_table", "factors", "models",
           "other_seasons", "recipes", "shares", "standing_cell", "suite_table", "winter"]  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rows of text under a header; a cell may hold several lines. ``recipe`` is set where all rows are of one."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    recipe: str = ""

    @property
    def markdown(self) -> str:
        """The table in GitHub's Markdown: first column to the left, numbers to the right."""
        lines = [self.header, (":---", *["---:"] * (len(self.header) - 1)), *self.rows]
        return "\n".join("| " + " | ".join(map(_markdown_cell, line)) + " |" for line in lines)


def _pair(pair: tuple[str, str]) -> tuple[str, str]:
    """Word a recipe and a model."""
    return f"`{pair[0]}`", model_title(pair[1])


def _markdown_cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", "<br>")


def winter(evidence: Evidence, recipe: str) -> Table:
    """Success in winter of one recipe's models, and how many drives of each training succeeded."""
    driven = evidence.target.select(recipe=recipe)
    weathers = driven.values("weather")
    whole = _of(evidence, driven, recipe)
    centre = _of(evidence, driven, recipe, "success_centre")
    by_weather = [_of(evidence, driven.select(weather=weather), recipe) for weather in weathers]
    return Table(
        f"`{recipe}` in {TARGET}",
        ("model", "all weathers", "by the centre", *weathers),
        tuple(
            (
                model_title(model),
                short_rate(one),
                percent(centre[model].mean),
                *(standing_cell(by[model]) for by in by_weather),
            )
            for model, one in whole.items()
        ),
        recipe,
    )


def _of(evidence: Evidence, driven: DriveTable, recipe: str, metric: str = "success") -> dict[str, Standing]:
    return {model: one for (name, model), one in evidence.by_name(driven, metric).items() if name == recipe}


def standing_cell(standing: Standing) -> str:
    """Word a standing in two lines: its mean with the interval, and how many drives of each training succeeded."""
    return f"{short_rate(standing)}\n{_counts(standing)}"


def other_seasons(evidence: Evidence) -> Table:
    """Success in the other seasons, all weathers together, and the weather in which it is lowest."""
    seasons = evidence.other_seasons.values("season")
    by_season = {season: evidence.by_name(evidence.other_seasons.select(season=season)) for season in seasons}
    lowest: dict[tuple[str, str], tuple[float, str]] = {}
    for (season, weather), driven in evidence.other_seasons.groups("season", "weather").items():
        for pair, standing in evidence.by_name(driven).items():
            found = standing.mean, f"{season} {weather} {percent(standing.mean)}"
            lowest[pair] = min(lowest.get(pair, found), found, key=lambda one: one[0])
    return Table(
        "The other seasons, all weathers together",
        ("recipe", "model", *seasons, "lowest"),
        tuple(
            (*_pair(pair), *(short_rate(held[pair]) if pair in held else "" for held in by_season.values()), low)
            for pair, (_, low) in lowest.items()
        ),
    )


def suite_table(evidence: Evidence, driven: DriveTable, caption: str) -> Table:
    """Success over all conditions of another suite, by the wheel and by the centre."""
    wheel, centre = evidence.by_name(driven), evidence.by_name(driven, "success_centre")
    return Table(
        caption,
        ("recipe", "model", "by the wheel", "by the centre", "each training"),
        tuple((*_pair(pair), short_rate(one), short_rate(centre[pair]), _counts(one)) for pair, one in wheel.items()),
    )


def _counts(standing: Standing) -> str:
    return f"{' '.join(str(count) for count in standing.counts)} of {standing.drives}"


def departures_table(evidence: Evidence) -> Table:
    """Kilometres per departure of a wheel, time over the border, offsets and whiteness: winter, then the rest."""
    parts = {TARGET: evidence.target}
    if len(evidence.other_seasons):
        parts["else"] = evidence.other_seasons
    offset = {name: evidence.by_name(part, "offset_p95_m") for name, part in parts.items()}
    white = {name: evidence.by_name(part, "whiteness_degps") for name, part in parts.items()}
    found = {
        name: {pair: departures(driven) for pair, driven in part.groups("recipe", "model").items()}
        for name, part in parts.items()
    }

    measures = ("km per departure", "wheel over", "offset 95 % [m]", "whiteness [deg/s]")

    def cells(pair: tuple[str, str]) -> Iterable[str]:
        for name in parts:
            if pair not in found[name]:
                yield from [""] * len(measures)
                continue
            yield departures_words(found[name][pair])
            yield percent(found[name][pair].wheel_over_share)
            yield f"{offset[name][pair].mean:.2f}"
            yield f"{white[name][pair].mean:.2f}"

    return Table(
        "Departures, offsets and steering",
        ("recipe", "model", *(f"{name}: {measure}" for name in parts for measure in measures)),
        tuple((*_pair(pair), *cells(pair)) for pair in evidence.winter),
    )


def differences(evidence: Evidence) -> Table:
    """Winter success of each model less that of the memoryless one."""
    return differences_table(
        f"{TARGET.capitalize()} success less that of the memoryless network, each route paired with itself",
        evidence.differences,
        evidence.untested,
    )


def differences_table(caption: str, tested: Iterable[Comparison], untested: Iterable[Comparison]) -> Table:
    """Return differences with their intervals, the tested ones first."""
    return Table(
        caption,
        ("recipe", "model", "difference (95 %)", "p", "p after Holm"),
        tuple(
            (*_pair((one.recipe, one.model)), points(one.difference), p_value(one.p_value), p_value(one.p_corrected))
            for one in tested
        )
        + tuple(
            (*_pair((one.recipe, one.model)), points(one.difference), p_value(one.p_value), "not tested")
            for one in untested
        ),
    )


def shares(evidence: Evidence) -> Table:
    """Return what each factor explains of the variance of winter success."""
    held = evidence.shares
    rows: list[tuple[str, ...]] = []
    if held is not None:
        rows = [
            (" with ".join(one.term.factors), share(one.omega_squared), f"{100.0 * one.eta_squared:.0f} %")
            for one in held.shares
        ]
        rows.append(("all else", f"{100.0 * held.rest:.0f} %", ""))
    return Table(
        f"Shares of the variance of {TARGET} success", ("factor", "omega squared (95 %)", "eta squared"), tuple(rows)
    )


def contrasts(evidence: Evidence) -> Table:
    """Pairs of recipes that differ in one part alone."""
    return Table(
        f"One part changed alone: {TARGET} success, mean over the models",
        ("part", "from", "to", "difference (95 %)"),
        tuple((one.part, f"`{one.other}`", f"`{one.recipe}`", points(one.difference)) for one in evidence.contrasts),
    )


def factors(evidence: Evidence) -> Table:
    """Success with several shifts at once."""
    held = evidence.by_factors
    counts = sorted({k for by_count in held.values() for k in by_count})
    return Table(
        "Success with k shifts at once",
        ("recipe", "model", *(f"k = {k}" for k in counts)),
        tuple(
            (*_pair(pair), *(short_rate(by_count[k]) if k in by_count else "" for k in counts))
            for pair, by_count in held.items()
        ),
    )


def recipes(evidence: Evidence) -> Table:
    """Return what the recipes are."""
    rows = []
    for name in (*evidence.recipes, *evidence.controls):
        held = evidence.benchmark.recipe(name)
        policy = held.train.policy
        rows.append(
            (
                f"`{name}`",
                eyes_words(held),
                "no" if policy.get("auxiliary") is False else "yes",
                augmentation_words(held),
                ", ".join(held.seasons),
                ", ".join(held.knows) or "nothing else",
                ", ".join(held.chosen_after) or "no other",
            )
        )
    header = (
        "recipe",
        "eyes",
        "auxiliary read-out",
        "augmentation",
        "trained in",
        "designed by who knew",
        "chosen after driving in",
    )
    return Table("Recipes", header, tuple(rows))


def models(evidence: Evidence) -> Table:
    """Return how large the models are, and how many trainings of each there are."""
    rows = []
    for model in evidence.models:
        trainings = {name: evidence.seeds[name, model] for name in evidence.recipes if (name, model) in evidence.seeds}
        if trainings:
            size = _size(evidence, next(iter(trainings)), model)
            rows.append((model_title(model), f"`{model}`", *size, _numbers(list(trainings.values()))))
    header = ("model", "`--model`", "numbers in the head", "behind it", "trainings by recipe")
    return Table("Models", header, tuple(rows))


def _size(evidence: Evidence, recipe: str, model: str) -> tuple[str, str]:
    if model not in POLICY_KINDS:
        return "", ""
    policy = build_policy({"kind": model, **evidence.recipe_configs[recipe].train.policy})
    counted = policy_candidate(policy, model).parameters
    assert counted is not None  # noqa: S101 - there is a policy
    return f"{counted.head:,}", f"{counted.network + counted.maps:,}"


def _numbers(values: Sequence[int]) -> str:
    """Word numbers of trainings, one a recipe: 5, or 5 by 3 recipes, 3 by 5."""
    counts = sorted(set(values), reverse=True)
    if len(counts) == 1:
        return str(counts[0])
    first, *more = (f"{count} by {values.count(count)}" for count in counts)
    return ", ".join([f"{first} {'recipe' if values.count(counts[0]) == 1 else 'recipes'}", *more])
