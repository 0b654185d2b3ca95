"""Mirrored bends: the positive control. Who looks at the road answers a mirrored bend the other way round.

What is measured. At each moment of some drives the car is shown its road, the same road with all bends mirrored
(``bent_road``), and twice the same road made straight; station, speed, lateral offset and heading error are the same on
all. What a policy steers on the straight road is its answer to offset, heading error and all that is not symmetric
about a lane: the side that traffic keeps to, the marks, the verge, the camera. Less that, what it steers is its answer
to the bend: ``road - straight`` to the bend as it is, ``mirrored - straight`` to the mirrored one. The slope of the
latter on the former is -1 for a perfect lane keeper, whatever it makes of offset and heading error; 0 for one whose
answers are the scenery's doing, or that does not answer at all; and above 0 for one that knows a bend when it sees it
but not which way it goes.

Two things would spoil that. Whole answers must not be compared: the car stands where it stood, so that what they hold
of offset and heading error has the same sign on both roads, and pulls any correlation up. And no two of the four may
share a scenery, nor the two differences their straight road: what it moves would stand on both sides and look like an
answer. So the season stays, and each of the four has trees and shadows of its own seed; that scatter pulls the slope
towards 0, never beyond. How far it does can be told from the answers' slopes on the curvature of the lane itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.counterfactuals.bent_road import MIRRORED, STRAIGHT, bent_road, placed_on
from wormdrive.audit.counterfactuals.responses import Moment, respond
from wormdrive.envs.simulation.scenario_routes import route_of

__all__ = ["MirroredBends", "compare", "mirror_bends"]

Numbers = NDArray[np.float64]

_BEND_PER_M: Final = 0.002
"""A lane that bends less is called straight [1/m]: the scenery moves a policy as much."""

_FEWEST: Final = 8
_WIDEST: Final = 2.0
"""An interval of the gain wider than from -1 to 1 tells nothing."""

_RESAMPLES: Final = 1000
_SEEDS: Final = 1_000_000
_AS_IT_IS: Final = 1.0


@dataclass(frozen=True)
class MirroredBends:
    """What ``mirror_bends`` found.

    Attributes
    ----------
    slope:
        Of the answers to mirrored bends on those to the bends as they are.
    gain, mirrored_gain:
        Slope of the answers on the curvature of the lane, to bends as they are and mirrored: 1 of who steers what the
        lane does, 0 of who does not look at it. Scatter does not pull at these.
    slope_ci95, gain_ci95, mirrored_gain_ci95:
        Their 95 % intervals over moments.
    """

    slope: float
    slope_ci95: tuple[float, float]
    gain: float
    gain_ci95: tuple[float, float]
    mirrored_gain: float
    mirrored_gain_ci95: tuple[float, float]


def mirror_bends(
    policy: Policy, moments: Sequence[Moment], *, most: int = 64, seed: int = 0, threads: int = 1
) -> MirroredBends | None:
    """Show a policy moments in bends on their road, on it mirrored, and on it straightened.

    Of ``moments`` the first in bends are taken, ``most`` or fewer; ``None`` if these are too few or too alike to tell:
    where a road is straight there is nothing to mirror, and any slope is scatter.
    """
    moments = [moment for moment in moments if abs(_lane(moment)) >= _BEND_PER_M][:most]
    if len(moments) < _FEWEST:
        return None
    rng = np.random.default_rng([seed, 0x3111])

    def answers(factor: float) -> Numbers:
        shown = [_shown(moment, factor, int(rng.integers(_SEEDS))) for moment in moments]
        return respond(policy, shown, threads=threads).curvature

    as_it_is, mirrored, one, other = (answers(factor) for factor in (_AS_IT_IS, MIRRORED, STRAIGHT, STRAIGHT))
    lane = np.array([_lane(moment) for moment in moments])
    found = compare(as_it_is - one, mirrored - other, lane, seed=seed)
    return found if np.ptp(found.gain_ci95) <= _WIDEST and np.ptp(found.mirrored_gain_ci95) <= _WIDEST else None


def compare(to_bend: Numbers, to_mirrored: Numbers, lane: Numbers, *, seed: int = 0) -> MirroredBends:
    """Compare answers (M,) [1/m] to bends with those to the same mirrored; ``lane`` (M,) [1/m] is how it bends."""
    resamples = np.random.default_rng([seed, 0x510BE]).integers(len(lane), size=(_RESAMPLES, len(lane)))

    def interval(x: Numbers, y: Numbers) -> tuple[float, float]:
        low, high = np.quantile([_slope(x[rows], y[rows]) for rows in resamples], (0.025, 0.975))
        return float(low), float(high)

    return MirroredBends(
        _slope(to_bend, to_mirrored),
        interval(to_bend, to_mirrored),
        _slope(lane, to_bend),
        interval(lane, to_bend),
        _slope(-lane, to_mirrored),
        interval(-lane, to_mirrored),
    )


def _slope(x: Numbers, y: Numbers) -> float:
    """Return the slope of y on x; 0 where x is always the same."""
    spread = float(x.var())
    return float(np.mean((x - x.mean()) * (y - y.mean()))) / spread if spread else 0.0


def _lane(moment: Moment) -> float:
    """Return the curvature of the lane where the car is [1/m]."""
    return float(moment.episode.state.curvature[moment.frame])


def _shown(moment: Moment, factor: float, seed: int) -> Moment:
    route = route_of(moment.scenario)
    return moment._replace(
        scenario=moment.scenario.model_copy(update={"seed": seed}),
        state=placed_on(route, factor, moment.state or moment.episode.state),
        route=bent_road(route, factor),
    )
