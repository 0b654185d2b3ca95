"""Interventions on the road itself: the positive control. Who looks at the road must answer to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.counterfactuals.responses import Moment, respond
from wormdrive.envs.simulation.observation import VehicleState

__all__ = ["SHIFT_M", "Interventions", "intervene"]

SHIFT_M: Final = 0.3


@dataclass(frozen=True)
class Interventions:
    """What ``intervene`` found.

    Attributes
    ----------
    mirrored:
        Correlation of the steering before mirrored pictures with minus that before the pictures as they are: 1 for who
        steers by what lies left and right alone; ``None`` for policies without eyes, or that steer straight on always.
    shifted_per_m:
        Mean change of the steered curvature [1/m] when the car stands 0.3 m farther left: negative for who steers back.
    shifted_back:
        Share of the moments at which it steers back.
    """

    mirrored: float | None
    shifted_per_m: float
    shifted_back: float


def intervene(policy: Policy, moments: Sequence[Moment], *, threads: int = 1) -> Interventions:
    """Mirror what a policy sees at some moments, and shift the car in its lane."""
    usual = respond(policy, moments, threads=threads)
    moved = respond(policy, [moment._replace(state=_shifted(moment)) for moment in moments], threads=threads)
    change = moved.curvature - usual.curvature
    mirrored = None
    if policy.needs_camera:
        flipped = respond(policy, moments, spoil=lambda pictures: pictures[:, :, ::-1], threads=threads)
        mirrored = _correlation(-flipped.curvature, usual.curvature)
    return Interventions(mirrored, float(change.mean()), float(np.mean(change < 0)))


def _shifted(moment: Moment) -> VehicleState:
    """Put the car farther left of its lane's centre, all along the drive."""
    state = moment.state or moment.episode.state
    lane = state.heading_rad - state.heading_error_rad
    return replace(
        state,
        x_m=state.x_m - SHIFT_M * np.sin(lane),
        y_m=state.y_m + SHIFT_M * np.cos(lane),
        lateral_offset_m=state.lateral_offset_m + SHIFT_M,
    )


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float | None:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else None
