"""Figures: winter by training, differences from the memoryless network, profiles, shares, several shifts at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from wormdrive.benchmark.report.differences import METRIC
from wormdrive.benchmark.report.evidence import LEVEL, TARGET, Evidence
from wormdrive.benchmark.report.words import model_title, p_value, points, rate, share, short_rate, signed
from wormdrive.benchmark.statistics.aggregates import over_routes, performance_profile
from wormdrive.benchmark.statistics.bootstrap import bootstrap
from wormdrive.benchmark.statistics.comparison import Comparison
from wormdrive.benchmark.statistics.score_arrays import metric_bounds, pivot_conditions
from wormdrive.scenarios.report.canvas import Canvas, Scale

__all__ = ["factor_figure", "forest_figure", "profile_figure", "shares_figure", "strip_figure"]

WIDTH: Final = 520.0
LABELS: Final = 104.0
"""Room for names on the left."""
RIGHT: Final = 14.0
PERCENT: Final = [(k / 100.0, f"{k}") for k in range(0, 101, 20)]
_AXIS: Final = 38.0
_TOP: Final = 28.0
"""Room for the name of a vertical axis."""
_BARS: Final = 356.0
_LETTER: Final = 7.5
"""Room for a letter of names."""
_MULTIPLIED: Final = " \N{MULTIPLICATION SIGN} "
_REST: Final = "chance, interactions"


def strip_figure(evidence: Evidence, recipe: str) -> str:
    """Draw each training's success in winter as a marker, a row a model; the mean as a line over its interval."""
    rows = [(model, one) for (name, model), one in evidence.winter.items() if name == recipe]
    height = 36.0 * len(rows)
    canvas = Canvas(WIDTH, height + _AXIS, f"Success in {TARGET} of each training by recipe {recipe}")
    scale = Scale(0.0, 1.0, LABELS, WIDTH - RIGHT)
    canvas.across(scale, PERCENT, 0.0, height, f"{TARGET} drives with all wheels in the lane [%]")
    for k, (model, one) in enumerate(rows):
        series, y = evidence.models.index(model), 36.0 * k + 18.0
        canvas.text((LABELS - 12.0, y + 4.0), model_title(model), "name", "end")
        if one.interval is not None:
            left, right = scale(one.interval.low), scale(one.interval.high)
            title = f"{model_title(model)}: {short_rate(one)}"
            canvas.box((left, y - 12.0), (right - left, 24.0), f"band s{series % 6}", title)
        canvas.line((scale(one.mean), y - 12.0), (scale(one.mean), y + 12.0), f"mean s{series % 6}")
        for seed, shift in _spread(one.by_seed, scale).items():
            count = round(one.by_seed[seed] * one.drives)
            title = f"{model_title(model)}, seed {seed}: {count} of {one.drives}"
            canvas.mark((scale(one.by_seed[seed]), y + shift), series, title)
    return canvas.svg


def _spread(by_seed: dict[int, float], scale: Scale) -> dict[int, float]:
    """Move markers that would cover each other up and down, in turns."""
    shifts: dict[int, float] = {}
    placed: list[tuple[float, float]] = []
    for seed, value in sorted(by_seed.items(), key=lambda one: (one[1], one[0])):
        x = scale(value)
        free = (
            s for s in (0.0, -5.0, 5.0, -10.0, 10.0) if all(abs(x - a) > 7.0 or abs(s - b) > 4.0 for a, b in placed)
        )
        shift = next(free, 0.0)
        placed.append((x, shift))
        shifts[seed] = shift
    return shifts


def forest_figure(evidence: Evidence, recipe: str) -> str:
    """Draw each model's winter success less the memoryless network's: over all weathers, tested, and by weather."""
    whole = [one for one in evidence.differences if one.recipe == recipe]
    if not whole:
        return ""
    weathers = list(evidence.differences_by_weather) if len(evidence.differences_by_weather) > 1 else []
    block = 26.0 + 15.0 * len(weathers)
    height = block * len(whole)
    canvas = Canvas(WIDTH, height + _AXIS, f"Differences from the memoryless network in {TARGET} by recipe {recipe}")
    reach = _reach(evidence)
    scale = Scale(-reach, reach, LABELS, WIDTH - 62.0)
    ticks = [(reach * k / 2.0, signed(reach * k / 2.0)) for k in range(-2, 3)]
    canvas.across(scale, ticks, 0.0, height, f"less the memoryless network [points of {TARGET} success]")
    canvas.line((scale(0.0), 0.0), (scale(0.0), height), "zero")
    for k, one in enumerate(whole):
        y = block * k + 14.0
        canvas.text((LABELS - 12.0, y + 4.0), model_title(one.model), "name", "end")
        _difference(canvas, scale, one, y, evidence, "all weathers", strong=True)
        kind = "sure" if one.p_corrected < LEVEL else "tick"
        canvas.text((WIDTH - 4.0, y + 4.0), f"p = {p_value(one.p_corrected)}", kind, "end")
        for j, weather in enumerate(weathers):
            below = y + 18.0 + 15.0 * j
            canvas.text((LABELS - 12.0, below + 4.0), weather, "tick", "end")
            single = next(
                part
                for part in evidence.differences_by_weather[weather]
                if (part.recipe, part.model) == (recipe, one.model)
            )
            _difference(canvas, scale, single, below, evidence, weather, strong=False)
    return canvas.svg


def _reach(evidence: Evidence) -> float:
    """Return the end of the axis of differences, the same for all recipes so that they can be compared."""
    every = [*evidence.differences, *(one for held in evidence.differences_by_weather.values() for one in held)]
    farthest = max(abs(end) for one in every for end in (one.difference.low, one.difference.high))
    return min(1.0, max(0.1, float(np.ceil(10.0 * farthest - 1e-9)) / 10.0))


def _difference(
    canvas: Canvas, scale: Scale, one: Comparison, y: float, evidence: Evidence, weather: str, *, strong: bool
) -> None:
    series = evidence.models.index(one.model)
    kind = "bar" if strong else "bar thin"
    canvas.line((scale(one.difference.low), y), (scale(one.difference.high), y), f"{kind} s{series % 6}")
    title = f"{model_title(one.model)}, {weather}: {points(one.difference)}"
    canvas.mark((scale(one.difference.estimate), y), series, title, "mark" if strong else "mark small")


def profile_figure(evidence: Evidence, recipe: str) -> str:
    """Draw the share of runs (training by weather of winter) whose success lies above tau, and its interval."""
    arrays = pivot_conditions(evidence.target.select(recipe=recipe), METRIC)
    height = 230.0
    canvas = Canvas(WIDTH, height + _AXIS + 6.0, f"Performance profiles in {TARGET} by recipe {recipe}")
    across, up = Scale(0.0, 1.0, 44.0, WIDTH - RIGHT), Scale(0.0, 1.0, height, _TOP)
    canvas.across(across, PERCENT, _TOP, height, "success \N{GREEK SMALL LETTER TAU} of a training in one weather [%]")
    canvas.up(up, PERCENT, 44.0, WIDTH - RIGHT, "runs whose success lies above \N{GREEK SMALL LETTER TAU} [%]")
    routes = len(arrays.routes)
    # rates are multiples of one in so many routes: between two of them the profile is level
    between = (np.arange(routes) + 0.5) / routes
    statistic = over_routes(lambda scores: performance_profile(scores, between))

    def steps(values: Iterable[float]) -> list[tuple[float, float]]:
        corners = [((k + end) / routes, value) for k, value in enumerate(values) for end in (0, 1)]
        return [(across(x), up(y)) for x, y in (*corners, (1.0, 0.0))]

    held = {model: arrays.scores[model] for model in evidence.models if model in arrays.scores}
    for model, scores in held.items():
        if len(scores) > 1:
            name = f"{model}, {recipe}"
            band = bootstrap({name: scores}, statistic, resamples=2_000, bounds=metric_bounds(METRIC))
            kind = f"band faint s{evidence.models.index(model) % 6}"
            canvas.curve([*steps(band.high), *reversed(steps(band.low))], kind, closed=True)
    for model, scores in held.items():
        series, values = evidence.models.index(model), statistic(scores[None])[0].tolist()
        canvas.curve(steps(values), f"curve s{series % 6}")
        for k in range(1 + series % 3, routes, max(1, routes // 4)):
            title = f"{model_title(model)}: {100.0 * values[k]:.0f} % of runs above {100.0 * k / routes:.0f} %"
            canvas.mark((across((k + 0.5) / routes), up(values[k])), series, title, "mark small")
    return canvas.svg


def shares_figure(evidence: Evidence) -> str:
    """Draw what each factor explains of the variance of winter success as bars with intervals."""
    held = evidence.shares
    if held is None:
        return ""
    names = [_MULTIPLIED.join(one.term.factors) for one in held.shares]
    left = _LETTER * max(len(_REST), *map(len, names)) + 20.0
    height = 30.0 * (len(held.shares) + 1)
    canvas = Canvas(left + _BARS + RIGHT, height + _AXIS, f"Shares of the variance of {TARGET} success")
    scale = Scale(0.0, 1.0, left, left + _BARS)
    canvas.across(scale, PERCENT, 0.0, height, f"share of the variance of {TARGET} success between drives [%]")
    for k, one in enumerate(held.shares):
        y, of = 30.0 * k + 15.0, one.omega_squared
        canvas.text((left - 10.0, y + 4.0), names[k], "name", "end")
        words = f"{' with '.join(one.term.factors)}: {share(of)}"
        canvas.box((left, y - 9.0), (scale(of.estimate) - left, 18.0), "share", words)
        canvas.line((scale(of.low), y), (scale(of.high), y), "whisker")
    y = 30.0 * len(held.shares) + 15.0
    canvas.text((left - 10.0, y + 4.0), _REST, "tick", "end")
    canvas.box((left, y - 9.0), (scale(held.rest) - left, 18.0), "share rest", f"all else: {100 * held.rest:.0f} %")
    return canvas.svg


def factor_figure(evidence: Evidence, recipe: str) -> str:
    """Draw success against the number of shifts at once, a line a model, with intervals."""
    held = {model: by for (name, model), by in evidence.by_factors.items() if name == recipe}
    if not held:
        return ""
    counts = sorted({k for by in held.values() for k in by})
    height = 210.0
    canvas = Canvas(WIDTH, height + _AXIS + 6.0, f"Success with several shifts at once by recipe {recipe}")
    across = Scale(min(counts) - 0.4, max(counts) + 0.4, 44.0, WIDTH - RIGHT)
    up = Scale(0.0, 1.0, height, _TOP)
    canvas.across(across, [(float(k), str(k)) for k in counts], _TOP, height, "shifts at once")
    canvas.up(up, PERCENT, 44.0, WIDTH - RIGHT, "drives with all wheels in the lane [%]")
    for j, (model, by_count) in enumerate(held.items()):
        series, shift = evidence.models.index(model), 0.09 * (j - 0.5 * (len(held) - 1))
        places = {k: (across(k + shift), up(one.mean)) for k, one in sorted(by_count.items())}
        canvas.curve(places.values(), f"curve faint s{series % 6}")
        for k, (x, y) in places.items():
            interval = by_count[k].interval
            if interval is not None:
                canvas.line((x, up(interval.low)), (x, up(interval.high)), f"bar s{series % 6}")
            words = rate(by_count[k].mean) if interval is None else rate(interval)
            canvas.mark((x, y), series, f"{model_title(model)}, {k} at once: {words}")
    return canvas.svg
