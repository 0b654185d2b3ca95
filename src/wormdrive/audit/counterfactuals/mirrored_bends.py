"""Mirrored bends: the positive control. Who looks at the road answers a mirrored bend the other way round.

What is measured. Where a road is straight there is nothing to mirror; so bends are laid upon it, and every road will
do. At each moment of some drives the car is shown its road made straight but for a bend to the left, the same with the
mirrored bend, and twice the road made straight altogether (``bent_road``); station, speed, lateral offset and heading
error are the same on all. What a policy steers on the straight road is its answer to offset, heading error and all that
is not symmetric about a lane: the side that traffic keeps to, the marks, the verge, the camera. Less that, what it
steers is its answer to the bend: ``left - straight``, ``right - straight``. The slope of the answer to a bend on that
to its mirror image, each taken for the other in turn, is -1 for a perfect lane keeper, whatever it makes of offset and
heading error; 0 for one whose answers are the scenery's doing, or that does not answer at all; and above 0 for one that
knows a bend when it sees it but not which way it goes. It is a slope through 0, since to no bend there is no answer.

The bend has a curvature of the moment's own, drawn from those of a country road. The lane turns into it as a clothoid,
holds the curvature from shortly behind the car to as far ahead as one looks, and straightens again: the car is in the
bend, and sees it. The frames before the moment are shown on the same road, in the same bend, since neurons remember.

Two things would spoil that. Whole answers must not be compared: the car stands where it stood, so that what they hold
of offset and heading error has the same sign on both roads, and pulls any correlation up. And no two of the four may
share a scenery, nor the two differences their straight road: what it moves would stand on both sides and look like an
answer. So the season stays, and each of the four has trees and shadows of its own seed; that scatter pulls the slope
towards 0, never beyond. How far it does can be told from the gains, the answers' slopes on the curvature of the bend.

What it does not tell: how a policy does in the bends that it meets, where the scenery has been the same for long, nor
what it makes of bends that are tighter or wider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.counterfactuals.bent_road import bent_road, placed_on
from wormdrive.audit.counterfactuals.responses import Moment, respond
from wormdrive.envs.simulation.scenario_routes import route_of

__all__ = ["MirroredBends", "compare", "mirror_bends"]

Numbers = NDArray[np.float64]

_WIDEST_PER_M: Final = 1.0 / 150.0
_TIGHTEST_PER_M: Final = 1.0 / 60.0
_RAMP_M: Final = 30.0
_BEHIND_M: Final = 5.0
"""The bend has its full curvature from so much behind the car, a run-up of frames at cruising speed, ..."""
_AHEAD_M: Final = 40.0
"""... to so much ahead."""

_RESAMPLES: Final = 1000
_SEEDS: Final = 1_000_000


@dataclass(frozen=True)
class MirroredBends:
    """What ``mirror_bends`` found.

    Attributes
    ----------
    moments:
        How many were shown.
    slope:
        Of the answer to a bend on that to its mirror image, from -1 to 1.
    left_gain, right_gain:
        Slope of the answers on the curvature of the bend: 1 of who steers what the lane does, 0 of who does not look at
        it. Scatter does not pull at these. A car that is put into a bend does not slip as it would there: who allows
        for slip, as expert and ``told_policy``, steers 0.76 of it.
    slope_ci95, left_gain_ci95, right_gain_ci95:
        Their 95 % intervals over moments.
    """

    moments: int
    slope: float
    slope_ci95: tuple[float, float]
    left_gain: float
    left_gain_ci95: tuple[float, float]
    right_gain: float
    right_gain_ci95: tuple[float, float]


def mirror_bends(policy: Policy, moments: Sequence[Moment], *, seed: int = 0, threads: int = 1) -> MirroredBends:
    """Show a policy each of some moments in a bend to the left, in the same to the right, and on a straight road."""
    rng = np.random.default_rng([seed, 0x3111])
    bends = rng.uniform(_WIDEST_PER_M, _TIGHTEST_PER_M, len(moments))

    def answers(curvatures: Numbers) -> Numbers:
        seeds = rng.integers(_SEEDS, size=len(moments))
        shown = [
            _shown(moment, curvature, scenery)
            for moment, curvature, scenery in zip(moments, curvatures.tolist(), seeds.tolist(), strict=True)
        ]
        return respond(policy, shown, threads=threads).curvature

    left, right, straight, other_straight = (answers(factor * bends) for factor in (1.0, -1.0, 0.0, 0.0))
    return compare(left - straight, right - other_straight, bends, seed=seed)


def compare(to_left: Numbers, to_right: Numbers, bends: Numbers, *, seed: int = 0) -> MirroredBends:
    """Compare answers (M,) [1/m] to bends to the left with those to their mirror images; ``bends`` (M,) > 0 [1/m]."""
    resamples = np.random.default_rng([seed, 0x510BE]).integers(len(bends), size=(_RESAMPLES, len(bends)))

    def slope(x: Numbers, y: Numbers) -> tuple[float, tuple[float, float]]:
        low, high = np.quantile(_slope(x[resamples], y[resamples]), (0.025, 0.975)).tolist()
        return float(_slope(x, y)), (low, high)

    one, other = np.stack([to_left, to_right], 1), np.stack([to_right, to_left], 1)
    left, right = slope(bends[:, None], to_left[:, None]), slope(-bends[:, None], to_right[:, None])
    return MirroredBends(len(bends), *slope(one, other), *left, *right)


def _slope(x: Numbers, y: Numbers) -> Numbers:
    """Return the slope through 0 of y on x, both (..., M, K), over moments and K alike; 0 where x is 0 throughout."""
    spread = np.square(x).sum((-2, -1))
    return np.asarray((x * y).sum((-2, -1)) / np.where(spread > 0.0, spread, 1.0), np.float64)


def _shown(moment: Moment, curvature: float, seed: int) -> Moment:
    """Show a moment in a bend of that curvature [1/m], on a road that is straight before it and behind."""
    route, state = route_of(moment.scenario), moment.state or moment.episode.state
    ahead = np.arange(len(route.x)) * route.spacing_m - state.station_m[moment.frame]
    corners = np.cumsum([-_RAMP_M - _BEHIND_M, _RAMP_M, _BEHIND_M + _AHEAD_M, _RAMP_M])
    bent = bent_road(route, np.interp(ahead, corners, [0.0, curvature, curvature, 0.0]))
    return moment._replace(
        scenario=moment.scenario.model_copy(update={"seed": seed}),
        state=placed_on(route, bent, state),
        route=bent,
    )
