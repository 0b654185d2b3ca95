"""Interventions on the road itself: the positive control. Who looks at the road must answer to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

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
    shifted_per_m:
        Mean change of the steered curvature [1/m] when the car stands 0.3 m farther left: negative for who steers back.
    shifted_back:
        Share of the moments at which it steers back.
    """

    shifted_per_m: float
    shifted_back: float


def intervene(policy: Policy, moments: Sequence[Moment], *, threads: int = 1) -> Interventions:
    """Shift the car in its lane, at some moments."""
    usual = respond(policy, moments, threads=threads)
    moved = respond(policy, [moment._replace(state=_shifted(moment)) for moment in moments], threads=threads)
    change = moved.curvature - usual.curvature
    return Interventions(float(change.mean()), float(np.mean(change < 0)))


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
