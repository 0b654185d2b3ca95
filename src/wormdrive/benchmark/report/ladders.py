"""Ladders: where the trainings of each model break, as small pictures, a table and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from wormdrive.benchmark.breaking_points import LadderBreak
from wormdrive.benchmark.breaking_points_report import place_on_ladder
from wormdrive.benchmark.report.evidence import LEVEL, Evidence, least_p
from wormdrive.benchmark.report.tables import Table
from wormdrive.benchmark.report.words import model_title, p_value
from wormdrive.scenarios.report.canvas import Canvas, Scale
from wormdrive.scenarios.suite import load_suite

__all__ = ["ladder_figures", "ladder_sentence", "ladder_table"]

_WIDTH: Final = 320.0
_LEFT: Final = 84.0
_ROW: Final = 17.0
_UNITS: Final = {"hz": "Hz", "s": "s", "deg": "deg", "mps": "m/s"}
"""Units by the last word of a path."""


def ladder_table(evidence: Evidence) -> Table:
    """Return where half of the drives fail, in the rungs' unit: mean of the trainings' rungs held, its interval."""
    rows = []
    models = [model for model in evidence.models if any(model in held for held in evidence.breaks.values())]
    for (recipe, suite, shift, clock), held in evidence.breaks.items():
        title = _title(evidence, suite, shift, clock)
        cells = (_words(held[model]) if model in held else "" for model in models)
        rows.append((f"`{recipe}`", title, *cells))
    return Table(
        "Where half of the drives fail",
        ("recipe", "ladder", *(model_title(model) for model in models)),
        tuple(rows),
    )


def _words(one: LadderBreak) -> str:
    if one.rungs_held is None:
        return place_on_ladder(one.rungs, one.trainings[0].rungs_held)
    of = one.rungs_held
    mean, low, high = (place_on_ladder(one.rungs, held) for held in (of.estimate, of.low, of.high))
    return mean if low == high else f"{mean} ({low} to {high})"


def ladder_sentence(evidence: Evidence) -> str:
    """Say how many of the differences from the memoryless network are significant."""
    held = evidence.breaking_differences
    if not held:
        return ""
    sure = [one for one in held if one.p_corrected < LEVEL]
    if least_p(held) >= LEVEL:
        return (
            f"{len(held)} differences from the memoryless network on ladders are too many for Holm's correction: with "
            f"so few trainings no p-value could be below {p_value(least_p(held))}. Intervals are all there is."
        )
    least = p_value(min(one.p_corrected for one in held))
    told = (
        f"{len(sure) or 'None'} of {len(held)} differences from the memoryless network on ladders "
        f"{'is' if len(sure) < 2 else 'are'} significant after Holm's correction (smallest p = {least})."
    )
    for one in sure:
        clock = "" if one.condition[-1] else ", not told the time"
        of = one.difference
        change, low, high = (_signed(value) for value in (of.estimate, of.low, of.high))
        told += (
            f" {model_title(one.model)} under `{one.recipe}` on {_spoken(one.condition[3])}{clock}: {change} rungs "
            f"({low} to {high}), p = {p_value(one.p_corrected)}."
        )
    return told


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def ladder_figures(evidence: Evidence, recipe: str) -> dict[str, str]:
    """Draw each ladder of a recipe: a row a model, a marker a training, the mean as a line over its interval."""
    return {
        _title(evidence, suite, shift, clock): _figure(evidence.models, held, f"{_spoken(shift)}, {recipe}")
        for (name, suite, shift, clock), held in evidence.breaks.items()
        if name == recipe
    }


def _figure(models: Sequence[str], held: Mapping[str, LadderBreak], name: str) -> str:
    rungs = next(iter(held.values())).rungs
    height = _ROW * len(held)
    canvas = Canvas(_WIDTH, height + 20.0, f"Breaking points on the ladder {name}")
    scale = Scale(0.0, float(len(rungs)), _LEFT, _WIDTH - 8.0)
    for k, rung in enumerate(rungs):
        canvas.line((scale(k + 0.5), 0.0), (scale(k + 0.5), height), "grid-line")
        canvas.text((scale(k + 0.5), height + 14.0), f"{rung:g}", "tick", "middle")
    for row, model in enumerate(model for model in models if model in held):
        one, series, y = held[model], models.index(model), _ROW * row + _ROW / 2.0
        canvas.text((_LEFT - 8.0, y + 4.0), model_title(model), "tick", "end")
        if one.rungs_held is not None:
            left, right = scale(one.rungs_held.low), scale(one.rungs_held.high)
            canvas.box(
                (left, y - 6.0), (right - left, 12.0), f"band s{series % 6}", f"{model_title(model)}: {_words(one)}"
            )
            middle = scale(one.rungs_held.estimate)
            canvas.line((middle, y - 6.5), (middle, y + 6.5), f"mean s{series % 6}")
        for training in one.trainings:
            place = place_on_ladder(rungs, training.rungs_held)
            canvas.mark(
                (scale(training.rungs_held), y),
                series,
                f"{model_title(model)}, seed {training.seed}: {place}",
                "mark small",
            )
    return canvas.svg


def _title(evidence: Evidence, suite: str, shift: str, clock: bool) -> str:
    return _spoken(shift) + _unit(evidence, suite, shift) + ("" if clock else ", not told the time")


def _unit(evidence: Evidence, suite: str, shift: str) -> str:
    """Word in what it is measured, where one number is changed: a unit, or the last part of its path."""
    for drives in evidence.benchmark.drives:
        held = load_suite(drives.suite)
        if held.name == suite and shift in held.ladders and len(held.ladders[shift].rungs) == 1:
            (path,) = held.ladders[shift].rungs
            last = _spoken(path.rpartition(".")[2])
            unit = last.split(" ")[-1]
            if unit in _UNITS:
                return f" [{_UNITS[unit]}]"
            return "" if _spoken(shift).endswith(last) else f" [{last}]"
    return ""


def _spoken(name: str) -> str:
    return name.replace("_", " ")
