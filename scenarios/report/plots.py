"""The report's plots: success by condition, lateral offset along the route, routes on the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.extras import needs_extra
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.report.svg_style import INK, LINE, MUTED, OFFSET, OFFSET_BOUNDS_M, PAPER, SERIES, STYLE, svg
from wormdrive.scenarios.results import Evaluation, Row

with needs_extra("report"):
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

__all__ = ["distance_plot", "maps_plot", "offset_plot", "success_plot"]

_BIN_M = 5.0
_DOT: dict[str, Any] = {"markersize": 5, "markeredgecolor": PAPER, "markeredgewidth": 0.7}
_HOLLOW: dict[str, Any] = {"markersize": 5, "markerfacecolor": PAPER, "markeredgewidth": 1.0}
_MARKERS = ("o", "D", "s", "^", "v", "P")


def success_plot(evaluations: Mapping[str, Evaluation]) -> str:
    """Draw the success rate of each condition with its 95 % interval: a row a condition, a marker a title.

    Where the car's centre succeeded more often than its wheels a hollow marker shows how often.
    """

    def draw(axes: Axes, y: NDArray[np.float64], rows: Sequence[Row], colour: str, marker: str, title: str) -> None:
        ends = 100.0 * np.array([row.ci95 for row in rows])
        axes.hlines(y, ends[:, 0], ends[:, 1], color=colour, linewidth=1.6, alpha=0.55)
        rates = [100.0 * row.success_rate for row in rows]
        more = [row.successes_by_centre > row.successes for row in rows]
        by_centre = np.array([100.0 * row.success_rate_by_centre for row in rows])
        axes.plot(by_centre[more], y[more], marker, color=colour, clip_on=False, **_HOLLOW)
        axes.plot(rates, y, marker, color=colour, label=title, clip_on=False, **_DOT)

    label = "Success rate of each condition with its interval"
    return _by_condition(
        evaluations, draw, "drives with all wheels in the lane [%], 95 % interval", "success", label, 101.0
    )


def distance_plot(evaluations: Mapping[str, Evaluation]) -> str:
    """Draw the mean distance from the lane's centre in each condition, a line up to the greatest."""

    def draw(axes: Axes, y: NDArray[np.float64], rows: Sequence[Row], colour: str, marker: str, title: str) -> None:
        means, most = [row.mean_abs_offset_m for row in rows], [row.max_abs_offset_m for row in rows]
        axes.hlines(y, means, most, color=colour, linewidth=1.0, alpha=0.45)
        axes.plot(most, y, "|", color=colour, markersize=5, alpha=0.7)
        axes.plot(means, y, marker, color=colour, label=title, clip_on=False, **_DOT)

    label = "Mean and greatest distance from the lane's centre in each condition"
    axis = "distance from the lane's centre [m], mean and greatest"
    return _by_condition(evaluations, draw, axis, "distance", label, None)


def _by_condition(
    evaluations: Mapping[str, Evaluation],
    draw: Callable[[Axes, NDArray[np.float64], Sequence[Row], str, str, str], None],
    axis: str,
    name: str,
    label: str,
    end: float | None,
) -> str:
    """Lay out a plot of a row a condition, and let ``draw`` draw each evaluation at its heights."""
    conditions = list(dict.fromkeys((row.season, row.weather) for one in evaluations.values() for row in one.rows))
    count = len(evaluations)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.2, 0.75 + len(conditions) * (0.16 + 0.09 * count)), layout="constrained")
        axes = figure.add_subplot()
        for m, (title, evaluation) in enumerate(evaluations.items()):
            shift = 0.0 if count == 1 else 0.56 * (m / (count - 1) - 0.5)
            y = np.array([conditions.index((row.season, row.weather)) for row in evaluation.rows]) + shift
            colour, marker = SERIES[m % len(SERIES)], _MARKERS[m % len(_MARKERS)]
            draw(axes, y, evaluation.rows, colour, marker, title.replace("$", r"\$"))
        axes.set_xlim(0.0, end)
        borders = [k - 0.5 for k in range(1, len(conditions)) if conditions[k][0] != conditions[k - 1][0]]
        axes.hlines(borders, 0.0, axes.get_xlim()[1], color=LINE, linewidth=0.8)
        axes.set_yticks(range(len(conditions)), [", ".join(condition) for condition in conditions])
        axes.set_ylim(len(conditions) - 0.4, -0.6)
        axes.set_xlabel(axis)
        axes.grid(axis="x")
        axes.tick_params(length=0)
        axes.spines["left"].set_visible(False)
        if count > 1:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.55 / figure.get_figheight()), ncols=2)
        return svg(figure, name, label)


def offset_plot(drives: Mapping[str, Sequence[Drive]], name: str) -> str:
    """Draw the lateral offset along the route, a panel a season.

    ``drives`` holds each season's drives of one model. The band is the 5th to 95th percentile of all of them, the line
    the median; drives that failed are drawn to their end, a cross where they failed.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.2, 0.5 + 1.25 * len(drives)), layout="constrained")
        panels = figure.subplots(len(drives), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
        for axes, (season, held) in zip(panels, drives.items(), strict=True):
            length_m = max(drive.scenario.route_length_m for drive in held)
            grid = np.arange(0.0, length_m + _BIN_M, _BIN_M)
            table = np.stack([_binned(drive, drive.lateral_offset_m, grid) for drive in held])
            seen = np.isfinite(table).sum(0) >= 2
            middle = grid[:-1] + 0.5 * _BIN_M
            if seen.any():
                low, median, high = np.nanpercentile(table[:, seen], (5, 50, 95), axis=0)
                axes.fill_between(middle[seen], low, high, color=SERIES[0], alpha=0.22, linewidth=0)
                axes.plot(middle[seen], median, color=SERIES[0], linewidth=1.4)
            failed = {k: drive.failure_index for k, drive in enumerate(held) if drive.failure_index is not None}
            for k, at in failed.items():
                axes.plot(middle, table[k], color=SERIES[1], linewidth=0.7, alpha=0.7)
                axes.plot(held[k].station_m[at], held[k].lateral_offset_m[at], "x", color=SERIES[1], markersize=6)
            axes.axhline(0.0, color=LINE, linewidth=0.8, zorder=0)
            axes.set_title(f"{season}: {len(held)} drives, {len(failed)} failed")
            axes.set_ylabel("left [m]")
        reach = max(0.3, *(float(np.abs(d.lateral_offset_m).max()) for held in drives.values() for d in held))
        panels[0].set_ylim(-1.2 * reach, 1.2 * reach)
        panels[-1].set_xlabel("station along the route [m]")
        return svg(figure, f"offset-{name}", "Lateral offset along the route, by season")


def maps_plot(drives: Sequence[Drive], map_name: str, name: str) -> str:
    """Draw the routes driven on one map, coloured by mean absolute offset over all conditions, failures as crosses."""
    by_route: dict[int, list[Drive]] = {}
    for drive in drives:
        by_route.setdefault(drive.scenario.route_seed, []).append(drive)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.2, 4.2), layout="constrained")
        axes = figure.add_subplot()
        for held in by_route.values():
            longest = max(held, key=lambda drive: drive.distance_m)
            grid = np.arange(0.0, longest.scenario.route_length_m + _BIN_M, _BIN_M)
            with np.errstate(invalid="ignore"):
                offset = _nanmean([_binned(drive, np.abs(drive.lateral_offset_m), grid) for drive in held])
            x, y = _binned(longest, longest.x_m, grid), _binned(longest, longest.y_m, grid)
            known = np.isfinite(x) & np.isfinite(y) & np.isfinite(offset)
            points = np.stack([x, y], axis=1)[known]
            if len(points) < 2:
                continue
            colours = [OFFSET[i] for i in np.digitize(offset[known][1:], OFFSET_BOUNDS_M)]
            segments = np.stack([points[:-1], points[1:]], axis=1)
            axes.add_collection(LineCollection(list(segments), colors=colours, linewidths=3.0, capstyle="round"))
            axes.plot(*points[0], "o", color=PAPER, markeredgecolor=MUTED, markersize=5, markeredgewidth=1.0)
        failed = [(drive, drive.failure_index) for drive in drives if drive.failure_index is not None]
        if failed:
            axes.plot([d.x_m[k] for d, k in failed], [d.y_m[k] for d, k in failed], "x", color=INK, markersize=8,
                      markeredgewidth=1.6)  # fmt: skip
        axes.autoscale_view()
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.06)
        axes.grid(visible=True)
        axes.tick_params(length=0)
        axes.set_xlabel("x [m]")
        axes.set_ylabel("y [m]")
        return svg(figure, f"map-{name}", f"Routes on {map_name}, coloured by offset, failures as crosses")


def _binned(drive: Drive, values: NDArray[np.float32], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of ``values`` (T,) between the stations of ``grid`` (n + 1,): (n,), NaN where the car never was."""
    place = np.digitize(drive.station_m, grid) - 1
    inside = (place >= 0) & (place < len(grid) - 1)
    count = np.bincount(place[inside], minlength=len(grid) - 1)
    total = np.bincount(place[inside], weights=values[inside], minlength=len(grid) - 1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _nanmean(rows: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    table = np.stack(rows)
    count = np.isfinite(table).sum(0)
    return np.where(count > 0, np.nansum(table, axis=0) / np.maximum(count, 1), np.nan)
