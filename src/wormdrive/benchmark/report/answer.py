"""Answer: the first paragraph, sentence by sentence from the statistics, by rules that were written before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wormdrive.benchmark.choice import rank
from wormdrive.benchmark.report.evidence import LEVEL, TARGET, Contrast, Evidence, least_p
from wormdrive.benchmark.report.recipe_parts import AUGMENTATION, AUXILIARY, EYES, single_changes
from wormdrive.benchmark.report.winter_shares import MODEL, RECIPE, ROUTE, SEED, WEATHER
from wormdrive.benchmark.report.words import (
    LIQUID,
    listing,
    model_title,
    p_value,
    percent,
    points,
    rate,
    share,
    signed,
)
from wormdrive.benchmark.statistics.comparison import Comparison
from wormdrive.benchmark.statistics.interval import Interval

__all__ = ["GOAL", "Answer", "answer"]

GOAL: Final = 0.9
"""Success in winter by day that a recipe without knowledge of winter was to reach."""

_PAIRS_TOLD: Final = 2
"""Of more pairs of recipes that differ in one part the extremes are told."""

_NAMES: Final = {
    RECIPE: "the recipe",
    EYES: "the eyes",
    AUGMENTATION: "the augmentation",
    MODEL: "the kind of network",
    SEED: "the training seed",
}
_ASKED: Final = (ROUTE, WEATHER)
"""Terms that cannot be the answer."""


@dataclass(frozen=True)
class Answer:
    """``lead`` is the answer in one sentence, ``first`` what nobody may miss, ``sentences`` are the reasons."""

    lead: str
    first: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def paragraph(self) -> str:
        """The first paragraph, to which ``sentences`` are the list below."""
        return " ".join((self.lead, *self.first))


def answer(evidence: Evidence, beside: str = "") -> Answer:
    """Say who carries a summer policy into winter; what does not, first; and last what else is to be told."""
    first = [_networks(evidence), *_goal(evidence)]
    told = [_shares(evidence), _seeds(evidence), *_parts(evidence), *_recipes(evidence), beside]
    return Answer(
        f"{_about_neurons(evidence)}{_decides(evidence)}.",
        tuple(sentence for sentence in first if sentence),
        tuple(sentence for sentence in told if sentence),
    )


def _significant(evidence: Evidence) -> list[Comparison]:
    return [one for one in evidence.differences if one.p_corrected < LEVEL]


def _about_neurons(evidence: Evidence) -> str:
    better = [one for one in _significant(evidence) if one.model in LIQUID and one.difference.estimate > 0.0]
    if better:
        under = listing([f"{model_title(one.model)} under `{one.recipe}`" for one in better])
        return f"The liquid neurons carry a part of it ({under})"
    if not evidence.testable:
        return "These trainings are too few to tell whether the neurons carry it"
    worse = [one for one in _significant(evidence) if one.model in LIQUID]
    if worse:
        under = listing([f"{model_title(one.model)} under `{one.recipe}`" for one in worse])
        return f"Not the neurons, liquid ones drive worse ({under})"
    return "Not the neurons"


def _decides(evidence: Evidence) -> str:
    """Name what explains most, of what certainly explains something: whose interval ends above zero."""
    if evidence.shares is None:
        return ""
    sure = [
        one
        for one in evidence.shares.shares
        if one.term.name not in _ASKED and one.omega_squared.low > 0.0 and round(100.0 * one.omega_squared.estimate) > 0
    ]
    if not sure:
        return ", and nothing else that was varied stands out"
    names = [f"{_term(one.term.factors)} ({100.0 * one.omega_squared.estimate:.0f} %)" for one in sure]
    return f": what explains the variance of {TARGET} success is {listing(names)}"


def _term(factors: Sequence[str]) -> str:
    if len(factors) == 1:
        return _NAMES.get(factors[0], factors[0])
    return f"{listing(list(factors))} together beyond each alone"


def _networks(evidence: Evidence) -> str:
    """Say whether any network differs from the memoryless one."""
    every, tested = evidence.differences, evidence.testable
    memoryless = f"the memoryless network ({model_title(evidence.reference)})"
    if not every:
        return f"No recipe has several trainings of {memoryless} and of another, so nothing can be compared."
    if not tested:
        return (
            f"Of {_family(every)} none can be significant: with {_trainings(every)} the smallest p-value is "
            f"{p_value(least_p(every))}. {_possible(every)}"
        )
    found = _significant(evidence)
    left = len(every) - len(tested)
    more = f" {left} more, under recipes with fewer trainings, could not have been." if left else ""
    if not found:
        least = min(one.p_corrected for one in tested)
        return (
            f"No kind of network can be told from {memoryless}: of {_family(tested)} none is significant (smallest p = "
            f"{p_value(least)}). {_possible(tested)}{more}"
        )
    told = [
        f"under `{one.recipe}` {model_title(one.model)} {points(one.difference)}, p = {p_value(one.p_corrected)}"
        for one in found
    ]
    tail = "; no other is" if len(found) < len(tested) else ""
    return (
        f"Of {_family(tested)} with {memoryless} {len(found)} {_is(len(found))} significant: {'; '.join(told)}{tail}."
        f"{more}"
    )


def _family(compared: list[Comparison]) -> str:
    recipes = len({one.recipe for one in compared})
    number = f"{len(compared)} comparison{'s' if len(compared) > 1 else ''} in {TARGET}"
    return f"{number} ({recipes} recipes, each corrected after Holm)" if recipes > 1 else number


def _possible(differences: list[Comparison]) -> str:
    low = min(one.difference.low for one in differences)
    high = max(one.difference.high for one in differences)
    if low == high:
        return "All trainings came out alike."
    return f"That leaves differences of {signed(low)} to {signed(high)} points possible (95 % intervals)."


def _trainings(compared: list[Comparison]) -> str:
    counts = sorted({count for one in compared for count in (one.seeds, one.reference_seeds)})
    return f"{listing([str(count) for count in counts])} trainings each"


def _shares(evidence: Evidence) -> str:
    """Share out what varies."""
    held = evidence.shares
    if held is None:
        scores = {standing.mean for standing in evidence.winter.values()}
        if len(scores) == 1 and scores <= {0.0, 1.0}:
            return f"Every {TARGET} drive came out the same: {percent(scores.pop())} with all wheels in the lane."
        return ""
    some = [one for one in held.shares if round(100.0 * one.omega_squared.estimate) > 0]
    told = [f"{' with '.join(one.term.factors)} {share(one.omega_squared)}" for one in some]
    none = [one for one in held.shares if one not in some]
    if none:
        most = max(round(100.0 * one.omega_squared.high) for one in none)
        names = listing([" with ".join(one.term.factors) for one in none])
        told.append(f"{names} 0 %{' each' if len(none) > 1 else ''} (at most {most})")
    return (
        f"Shares of the variance of success between {TARGET} drives (95 % intervals): {', '.join(told)}; the rest, "
        f"{100.0 * held.rest:.0f} %, is chance and further interactions."
    )


def _seeds(evidence: Evidence) -> str:
    """Say whether the seed decides more than the model."""
    if evidence.shares is None:
        return ""
    seed, model = evidence.shares.of(SEED), evidence.shares.of(MODEL)
    if seed is None or model is None or seed.omega_squared.low <= model.omega_squared.high:
        return ""
    widest = max(evidence.winter.values(), key=lambda one: max(one.by_seed.values()) - min(one.by_seed.values()))
    low, high = min(widest.counts), max(widest.counts)
    return (
        f"The training seed decides more than the kind of network: {model_title(widest.model)} under "
        f"`{widest.recipe}` succeeds in {low} to {high} of {widest.drives} {TARGET} drives, by the seed alone."
    )


def _parts(evidence: Evidence) -> list[str]:
    """Say what eyes, augmentation and auxiliary read-out do by themselves."""
    told = []
    for part in (EYES, AUGMENTATION, AUXILIARY):
        held = [one for one in evidence.contrasts if one.part == part]
        if len(held) > _PAIRS_TOLD:
            low, *_, high = sorted(held, key=lambda one: one.difference.estimate)
            told.append(
                f"{_sentence(part)} alone, in {len(held)} pairs of recipes: from {_pair(low)} to {_pair(high)}."
            )
        elif held:
            told.append(f"{_sentence(part)} alone: {listing([_pair(one) for one in held])}.")
    changed = {part for part, _, _ in single_changes(evidence.recipe_configs)}
    if len(evidence.recipes) > 1 and not {EYES, AUGMENTATION} <= changed:
        missing = [part for part in (EYES, AUGMENTATION) if part not in changed]
        told.append(
            f"No two recipes here differ in {' or in '.join(missing)} alone: what that does by itself is not measured."
        )
    return told


def _pair(one: Contrast) -> str:
    return f"{points(one.difference)} with `{one.recipe}` for `{one.other}`"


def _recipes(evidence: Evidence) -> list[str]:
    """Rank recipes by their winter, and say what each knew of it."""
    means = evidence.recipe_means
    order = sorted(means, key=lambda name: -_estimate(means[name]))
    told = [f"{_sentence(TARGET)} success by recipe, mean over its networks: "]
    told[0] += listing([f"`{name}` {rate(means[name])}" for name in order]) + "."
    knowing = [name for name in order if TARGET in evidence.recipe_configs[name].knows]
    if knowing:
        one = len(knowing) == 1
        told.append(
            f"{listing([f'`{name}`' for name in knowing])} {'knows' if one else 'know'} {TARGET}: "
            f"{'its' if one else 'their'} augmentation was designed by people who had seen it."
        )
    after = [name for name in order if TARGET in evidence.recipe_configs[name].chosen_after]
    if after:
        told.append(
            f"{listing([f'`{name}`' for name in after])} {_was(len(after))} chosen among others after all of them had "
            f"been driven in {TARGET}: of pictures of summer alone, but neither made nor chosen blindly."
        )
    told += [_control(evidence, name) for name in evidence.controls]
    if "day" in evidence.target.values("weather"):
        told += [
            f"`{name}` drives {rate(evidence.recipe_mean(name, 'day'))} by day, which does not count for the goal of "
            f"{percent(GOAL)}."
            for name in after
        ]
    return told


def _chosen_by_summer(evidence: Evidence, blind: list[str]) -> list[str]:
    """Leave out what a benchmark tried and did not choose: the best in winter is not what summer would have taken."""
    suite = evidence.benchmark.selection
    if suite is None or suite not in evidence.table.values("suite"):
        return blind
    chosen = {choice.recipe for choice in rank(evidence.table, suite) if choice.chosen}
    return [name for name in blind if name in chosen]


def _goal(evidence: Evidence) -> list[str]:
    """Hold the best of the recipes that were chosen by summer alone against the goal; others do not count for it."""
    configs = evidence.recipe_configs
    ignorant = [name for name in evidence.recipe_means if TARGET not in configs[name].knows]
    if not ignorant:
        return [f"No recipe here is made of summer alone, so nothing is said about a {TARGET} never seen."]
    blind = [name for name in ignorant if TARGET not in configs[name].chosen_after]
    if "day" not in evidence.target.values("weather") or not (blind := _chosen_by_summer(evidence, blind)):
        return []
    best = max(blind, key=lambda name: _estimate(evidence.recipe_mean(name, "day")))
    day = evidence.recipe_mean(best, "day")
    reached = "reached" if _estimate(day) >= GOAL else "missed"
    return [
        f"The goal, {percent(GOAL)} by day with a recipe made and chosen by summer alone, is {reached}: the best "
        f"of those here, `{best}`, drives {rate(day)}."
    ]


def _control(evidence: Evidence, name: str) -> str:
    mean = evidence.recipe_mean(name)
    return (
        f"The negative control, networks told true offset, heading error and curvature in place of pictures "
        f"(`{name}`), drives {rate(mean)} of {TARGET}."
    )


def _estimate(value: Interval | float) -> float:
    return value.estimate if isinstance(value, Interval) else value


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
