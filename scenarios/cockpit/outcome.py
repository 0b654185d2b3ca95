"""Outcome: how one drive went, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import degrees

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.simulation.wheel_departure import lane_half_widths, tyre_reach, wheel_beyond
from wormdrive.scenarios.cockpit.session import Session
from wormdrive.scenarios.drive import SUCCESS
from wormdrive.scenarios.metrics import departure_index, max_abs, mean_abs, share_beyond, whiteness

__all__ = ["Outcome", "outcome_of"]


@dataclass(frozen=True)
class Outcome:
    """One drive.

    ``end_reason`` is empty if it was broken off; ``success`` says that the whole route was driven and no wheel left the
    lane, ``success_by_centre`` that the car's centre did not, wheels not looked at. ``wheel_beyond_share`` is the share
    of the time with a wheel beyond the lane's border, ``max_wheel_beyond_m`` how far at most, negative if never.
    Offsets [m] are those of the car's centre from the lane's; ``command_whiteness_degps`` is the whiteness [deg/s] of
    the wheel angle that was commanded, see ``metrics.whiteness``; ``person_share`` is the share of the time that a
    person steered.
    """

    model: str
    map: str
    season: str
    weather: str
    route_seed: int
    seed: int
    end_reason: str
    success: bool
    success_by_centre: bool
    distance_m: float
    seconds: float
    mean_speed_mps: float
    mean_abs_offset_m: float
    max_abs_offset_m: float
    wheel_beyond_share: float
    max_wheel_beyond_m: float
    command_whiteness_degps: float
    person_share: float


def outcome_of(session: Session) -> Outcome:
    """Sum up the drive that a session holds."""
    history, scenario, state = session.history, session.scenario, session.observation.state
    seconds = len(history) * session.simulator.dt_s
    distance = float(state.station_m[0] - history["station_m"][0]) if len(history) else 0.0
    whole = session.end_reason == SUCCESS
    beyond = _wheel_beyond(session)
    most_deg = degrees(session.simulator.parameters.max_steer_rad)
    return Outcome(
        model=session.name,
        map=scenario.map,
        season=session.controls.season,
        weather=session.controls.words,
        route_seed=scenario.route_seed,
        seed=scenario.seed,
        end_reason=session.end_reason,
        success=whole and departure_index(beyond) is None,
        success_by_centre=whole,
        distance_m=distance,
        seconds=seconds,
        mean_speed_mps=distance / seconds if seconds else 0.0,
        mean_abs_offset_m=mean_abs(history["offset_m"]),
        max_abs_offset_m=max_abs(history["offset_m"]),
        wheel_beyond_share=share_beyond(beyond),
        max_wheel_beyond_m=float(beyond.max()),
        command_whiteness_degps=whiteness(most_deg * history["steer"], session.simulator.dt_s),
        person_share=float((history["person"] > 0.5).mean()) if len(history) else 0.0,
    )


def _wheel_beyond(session: Session) -> NDArray[np.float64]:
    """How far a wheel was beyond the lane's border [m], (T + 1,): before each step, and now."""
    history, state = session.history, session.observation.state
    station_m, offset_m, turned, bend = (
        np.append(history[column], now)
        for column, now in (
            ("station_m", state.station_m),
            ("offset_m", state.lateral_offset_m),
            ("heading_error_rad", state.heading_error_rad),
            ("curvature", state.curvature),
        )
    )
    borders = lane_half_widths(session.simulator.routes[0], station_m)
    return wheel_beyond(offset_m, turned, bend, *borders, tyre_reach(session.simulator.parameters))
