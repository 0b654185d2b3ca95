"""Counterfactuals on the page: shares of road and scenery, interventions, and the pictures that moved most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.counterfactuals.interventions import SHIFT_M, Interventions
from wormdrive.audit.counterfactuals.mirrored_bends import MirroredBends
from wormdrive.audit.counterfactuals.parts import ROAD
from wormdrive.audit.counterfactuals.section import CounterfactualsSection, Pair
from wormdrive.audit.counterfactuals.shares import Share
from wormdrive.audit.page.fragments import figures, fragment, percent
from wormdrive.audit.trees.words import steers
from wormdrive.scenarios.report.pictures import data_uri, webp

__all__ = ["counterfactuals_finding", "counterfactuals_fragment", "told_pair"]


def counterfactuals_finding(found: CounterfactualsSection) -> str:
    """Say what the road explains of the steering, and which part of the scenery moves it most."""
    steering = found.shares.steering
    road = steering[ROAD].first
    worst = max((name for name in steering if name != ROAD), key=lambda name: steering[name].total)
    said = f"the road alone explains {percent(road)} of the steering's variance"
    if steering[worst].total <= 0:
        return f"{said} and the scenery nothing"
    return f"{said}; of the scenery {worst} has most to do with it ({percent(steering[worst].total)})"


def counterfactuals_fragment(found: CounterfactualsSection) -> str:
    """Tell shares and interventions as tables, and show the pictures."""
    shares = found.shares
    inner = {what: of for what, of in (("neurons", shares.neurons), ("features", shares.features)) if of}
    order = sorted(shares.steering, key=lambda name: -shares.steering[name].total)
    return fragment(
        "counterfactuals.html.jinja",
        samples=found.samples,
        rows={
            name: [
                *_cells(shares.steering[name]),
                *(percent(max(of[name], 0.0)) for of in inner.values()),
            ]
            for name in order
        },
        inner=list(inner),
        interventions=_interventions(found.interventions, found.mirrored),
        pairs=[_pair(pair) for pair in found.pairs],
    )


def _cells(share: Share) -> list[str]:
    """Estimates scatter about 0 where there is nothing; what lies below is written as 0."""
    return [
        f"{percent(max(value, 0.0))} ({100 * max(low, 0.0):.0f} to {100 * max(high, 0.0):.0f})"
        for value, (low, high) in ((share.first, share.first_ci95), (share.total, share.total_ci95))
    ]


def _interventions(shifted: Interventions, mirrored: MirroredBends) -> dict[str, str]:
    low, high = mirrored.slope_ci95
    return {
        f"the car stands {SHIFT_M:g} m farther left": (
            f"the curvature moves by {figures(shifted.shifted_per_m)} /m; it steers back in "
            f"{percent(shifted.shifted_back)}"
        ),
        f"a bend is laid upon the road, to the left and to the right, at {mirrored.moments} moments": (
            f"the answer to the one is the other's mirrored with slope {mirrored.slope:.2f} ({low:.2f} to {high:.2f}); "
            f"of the bend's curvature it steers {_share(mirrored.left_gain, mirrored.left_gain_ci95)} to the left and "
            f"{_share(mirrored.right_gain, mirrored.right_gain_ci95)} to the right"
        ),
    }


def _share(value: float, interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{percent(value)} ({100 * low:.0f} to {100 * high:.0f})"


def _pair(pair: Pair) -> dict[str, Any]:
    return told_pair(
        pair.part, (pair.before, pair.after), (steers(pair.curvature_before), steers(pair.curvature_after))
    )


def told_pair(part: str, pictures: Sequence[NDArray[np.uint8]], words: Sequence[str]) -> dict[str, Any]:
    """Return two pictures (H, W, 3) that differ in a part of the scenery, and what is done at each, for a template."""
    before, after = (data_uri(webp(picture), "image/webp") for picture in pictures)
    return {"part": part, "before": before, "after": after, "before_words": words[0], "after_words": words[1]}
