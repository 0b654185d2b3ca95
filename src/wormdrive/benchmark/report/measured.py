"""How it was measured, and what that leaves open, in sentences that hold for the table at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wormdrive.benchmark.committed_tables import committed_tables
from wormdrive.benchmark.report.evidence import TARGET, Evidence, least_p
from wormdrive.benchmark.report.words import listing, model_title
from wormdrive.training.config import Recipe

__all__ = ["DEFAULT", "commands", "limits", "method"]

DEFAULT: Final = "settled-question"
"""The benchmark that commands mean unless told otherwise."""


def method(evidence: Evidence) -> list[str]:
    """Say how it was measured, a sentence or a few an item."""
    routes = len(evidence.target.values("route"))
    weathers = listing(evidence.target.values("weather"))
    maps = listing([name.replace("_", " ") for name in evidence.named.values("map")])
    others = len(evidence.other_seasons.groups("season", "weather"))
    other_routes = len(evidence.other_seasons.values("route"))
    knowing = listing([f"`{name}`" for name, held in evidence.recipe_configs.items() if TARGET in held.knows])
    return [
        f"{_trainings(evidence)}, {len(evidence.table):,} drives. {_budget(evidence)}",
        f"Each training drives the same {routes} routes of {maps} in {TARGET} ({weathers})"
        + (f" and {other_routes} of them in {others} other conditions" if others else "")
        + "; routes and seeds are none of those of training. A drive succeeds when the whole route is driven and no "
        'wheel leaves the lane (outer edge of the tyre: ISO 17361, ISO 11270, UN R157); "by the centre" counts the '
        "car's centre alone.",
        "The unit is the training, not the drive: drives of one training are not independent. Intervals (95 %) are of "
        "a bootstrap that draws trainings and routes anew, and are about new trainings on new routes. Where all "
        "trainings came out alike there is none, and what is said holds for these trainings only.",
        f"A model less the memoryless one ({model_title(evidence.reference)}): each route paired with itself, tested "
        f"by permuting whole trainings, on {TARGET} success over all weathers; Holm's correction over the models of "
        "one recipe that have as many trainings as the memoryless one. Which comparisons make a family was fixed "
        "before these drives were looked at.",
        f"Shares of variance (omega squared) are of the success of {TARGET} drives: main effects, and interactions of "
        "what was chosen; all else is chance and further interactions. Eyes are preprocessing and head.",
        f"Made after the looks of {TARGET}: {knowing}, by way of the augmentation `wheel_tracks`."
        if knowing
        else f"No recipe was made after the looks of {TARGET}.",
        *(
            f"`{name}` was developed, and chosen among others, by people who saw how these drive in {TARGET}."
            for name, held in evidence.recipe_configs.items()
            if TARGET in held.chosen_after
        ),
        *(
            f"`{name}` is the negative control: no pictures, the true state instead; it is in no comparison of recipes."
            for name in evidence.controls
        ),
    ]


def _trainings(evidence: Evidence) -> str:
    told = f"{sum(evidence.seeds.values())} trainings"
    controls = len(evidence.named.select(recipe=evidence.controls).groups("recipe", "model", "seed"))
    return f"{told}, {controls} more of the negative control" if controls else told


def _budget(evidence: Evidence) -> str:
    configs = evidence.recipe_configs.values()
    frames = sorted({_frames(held) for held in configs})
    record = sorted({(held.record.episodes, held.record.length) for held in configs})
    drives = listing([f"{episodes} recorded drives of {length} frames" for episodes, length in record])
    alike = "Every training has the same budget" if len(frames) == len(record) == 1 else "Budgets of trainings"
    factors = evidence.benchmark.learning_rates
    rates = [f"{model_title(model)} {factor:g}" for model, factor in factors.items() if model in evidence.models]
    searched = f" Learning rates are the recipe's times a factor chosen on summer: {listing(rates)}." if rates else ""
    return f"{alike}: {drives}, {listing([f'{count:,}' for count in frames])} frames learnt from.{searched}"


def _frames(held: Recipe) -> int:
    train = held.train
    return train.batch * train.window * (train.steps + train.rounds * train.round_steps)


def limits(evidence: Evidence) -> list[str]:
    """Say what this does not show."""
    counts = listing([str(count) for count in sorted(set(evidence.seeds.values()))])
    maps = len(evidence.named.values("map"))
    few = (
        f"{counts} trainings of each: small differences cannot be told from none, and no corrected p-value could have "
        f"been below {least_p(evidence.differences):.3f}."
    )
    return [
        few if evidence.differences else "Too few trainings to compare models.",
        "A simulator's winter is not winter: pictures and tyres are models.",
        f"{'One map' if maps == 1 else f'{maps} maps'}, one car, cruise control: nothing is said of traffic or "
        "junctions.",
        "One budget of training for all: whoever learns more slowly is seen unfinished.",
    ]


def commands(evidence: Evidence, benchmark: str, tables: Sequence[str], seed: str | None = None) -> list[str]:
    """Return the commands that make this again, and that check it.

    ``benchmark`` is its name on the command line, ``tables`` the paths given there, none for those that come with the
    package, ``seed`` that of sealed conditions, if some were driven.
    """
    name = evidence.benchmark.name
    first = tables[0] if tables else f"scenarios/results/{name}/{committed_tables(name)[0].name}"
    which = [] if benchmark == DEFAULT else ["--benchmark", benchmark]
    return [
        f"wormdrive benchmark {benchmark}",
        *([] if seed is None else [f"wormdrive benchmark {benchmark} --unseal {seed}"]),
        " ".join(["wormdrive results", *tables, *which, "--out docs --force"]),
        " ".join(["wormdrive verify", first, *which, f"--results runs/{name}", "--sample 20"]),
    ]
