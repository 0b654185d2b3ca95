"""Attention on the page: pictures beside their maps, shares by season and method, and whether maps can be trusted."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.attention.deletion import RANDOM, SHARES, Curves
from wormdrive.audit.attention.drive_intervals import Ends
from wormdrive.audit.attention.maps import HEAD
from wormdrive.audit.attention.section import ALL, AttentionSection, Checks, LookedAt
from wormdrive.audit.attention.shares import PARTS, AttentionShares
from wormdrive.audit.attention.stability import NOISES
from wormdrive.audit.page.fragments import figures, fragment, percent
from wormdrive.envs.common.extras import needs_extra
from wormdrive.scenarios.report.canvas import Canvas, Scale
from wormdrive.scenarios.report.pictures import data_uri, saliency_pictures, webp

with needs_extra("report"):
    from markupsafe import Markup

__all__ = [
    "attention_finding", "attention_fragment", "checks_told", "looks_row",
    "picture_columns", "steers", "with_ends",
]  # fmt: skip

_WIDTH, _LEFT, _HEIGHT = 480.0, 52.0, 250.0
_TICKS: Final = tuple((share, f"{100 * share:.0f} %") for share in (0.0, 0.25, 0.5, 0.75, 1.0))
_STRAIGHT_PER_M: Final = 0.0005
"""Below this curvature one says straight on: a radius of two kilometres."""


def attention_finding(found: AttentionSection) -> str:
    """Say what attention lies on, beside its share of the picture, and whether what is bright matters."""
    first = found.checks.methods[0]
    shares = found.shares[first][ALL]
    road, pixels = shares.on_road()
    on_road = with_ends(road, shares.on_road_ci95)
    said = (
        f"{on_road} of what moves the steering lies on road and marks, which fill {percent(pixels)} of the "
        f"picture, and {percent(shares.attention['trees'] + shares.attention['sky'])} on trees and sky"
    )
    areas = found.checks.curves.areas()
    deleted, inserted = areas["deletion"], areas["insertion"]
    if deleted[first] < deleted[RANDOM] and inserted[first] > inserted[RANDOM]:
        return f"{said} (hiding it first takes the steering away sooner than hiding at random)"
    return f"{said}, but hiding what is bright there does no more than hiding at random: do not trust these shares"


def attention_fragment(found: AttentionSection) -> str:
    """Show the pictures, tell shares as tables, and draw the curves."""
    methods = found.checks.methods
    of_season = found.shares[methods[0]]
    of_all = of_season[ALL]
    return fragment(
        "attention.html.jinja",
        count=sum(found.frames.values()),
        frames=", ".join(f"{count} of {season}" for season, count in found.frames.items()),
        rows=[looks_row(one) for one in found.shown],
        columns=picture_columns(found.checks),
        seasons=["all" if season == ALL else season for season in of_season],
        by_season={part: [cell for shares in of_season.values() for cell in _cells(shares, part)] for part in PARTS},
        methods=methods,
        head=HEAD,
        by_method={
            part: [
                percent(of_all.pixels[part]),
                *(cell for method in methods for cell in _cells(found.shares[method][ALL], part)[::2]),
            ]
            for part in PARTS
        },
        told=checks_told(found.checks),
    )


def picture_columns(checks: Checks) -> tuple[str, ...]:
    """Return what the pictures of a row are."""
    return "camera", *checks.methods


def looks_row(one: LookedAt) -> dict[str, Any]:
    """Return a frame with its maps, as the macro ``looks`` shows them."""
    maps = [saliency_pictures(one.frame[None], maps[None])[0] for maps in one.maps.values()]
    return {
        "name": one.name,
        "pictures": [data_uri(webp(picture, 80), "image/webp") for picture in (one.frame, *maps)],
        "width": one.frame.shape[1],
        "height": one.frame.shape[0],
        "says": f"steers {steers(one.curvature)}; of the blurred picture {steers(one.curvature_behind)}",
    }


def steers(curvature: float) -> str:
    """Return in words where a curvature [1/m] leads."""
    if abs(curvature) < _STRAIGHT_PER_M:
        return "straight on"
    return f"{'left' if curvature > 0 else 'right'}, radius {figures(1 / abs(curvature), 2)} m"


def checks_told(checks: Checks) -> dict[str, Any]:
    """Return curves and likeness as the macro ``checks`` tells them."""
    areas, orders = checks.curves.areas(), (*checks.methods, RANDOM)
    return {
        "explained": [name for name in checks.methods if name != HEAD],
        "absent": checks.absent,
        "moved": figures(checks.moved, 2),
        "missed": percent(checks.missed),
        "orders": orders,
        "methods": checks.methods,
        "deletion": _drawn(checks.curves, "deletion", "of the picture hidden"),
        "insertion": _drawn(checks.curves, "insertion", "of the picture shown"),
        "areas": [(name, *(figures(areas[kind][name], 2) for kind in ("deletion", "insertion"))) for name in orders],
        "likeness": _likeness(checks),
    }


def _cells(shares: AttentionShares, part: str) -> tuple[str, str, str]:
    """Return share of the attention, of the pixels, and their ratio, of one part."""
    ratio = shares.ratio(part)
    return (
        percent(None) if ratio is None else with_ends(shares.attention[part], shares.attention_ci95[part]),
        percent(shares.pixels[part]),
        figures(ratio, 2),
    )


def with_ends(share: float, ends: Ends | None) -> str:
    """Return a share with its interval, if there is one."""
    return percent(share) if ends is None else f"{percent(share)} ({100 * ends[0]:.0f} to {100 * ends[1]:.0f})"


def _likeness(checks: Checks) -> list[tuple[str, list[str]]]:
    stable, methods = checks.stability, checks.methods
    rows = [(figures(noise, 1), [figures(stable.noise[name][noise], 2) for name in methods]) for noise in NOISES]
    return [*rows, ("another frame", [figures(stable.another[name], 2) for name in methods])]


def _drawn(curves: Curves, kind: str, across_is: str) -> Markup:
    """Draw the curves of one kind, a line an order."""
    canvas = Canvas(_WIDTH, _HEIGHT + 44.0, f"What is left of the steering, {kind}")
    across, up = Scale(0.0, 1.0, _LEFT, _WIDTH - 16.0), Scale(0.0, 1.0, _HEIGHT, 10.0)
    canvas.across(across, _TICKS, 10.0, _HEIGHT, across_is)
    canvas.up(up, _TICKS, _LEFT, _WIDTH - 16.0)
    of: dict[str, NDArray[np.float64]] = getattr(curves, kind)
    for k, name in enumerate(of):
        points = list(zip(SHARES, of[name].tolist(), strict=True))
        canvas.curve([(across(x), up(y)) for x, y in points], f"curve s{k}")
        for x, y in points[1:-1]:
            canvas.mark((across(x), up(y)), k, f"{name}: {percent(y)} left", "mark")
    return Markup(canvas.svg)  # noqa: S704 - our own
