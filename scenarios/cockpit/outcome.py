"""Outcome: how one drive went, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from wormdrive.scenarios.cockpit.session import Session
from wormdrive.scenarios.drive import SUCCESS
from wormdrive.scenarios.metrics import max_abs, mean_abs, rms_rate

__all__ = ["Outcome", "outcome_of"]


@dataclass(frozen=True)
class Outcome:
    """One drive.

    ``end_reason`` is empty if it was broken off; ``success`` counts by the car's centre, see ``drive.SUCCESS``. Offsets
    [m] are those of the car's centre from the lane's; ``steer_rate`` is the root mean square rate of the steering
    [1/s], lower is smoother; ``person_share`` is the share of the time that a person steered.
    """

    model: str
    map: str
    season: str
    weather: str
    route_seed: int
    seed: int
    end_reason: str
    success: bool
    distance_m: float
    seconds: float
    mean_speed_mps: float
    mean_abs_offset_m: float
    max_abs_offset_m: float
    steer_rate: float
    person_share: float


def outcome_of(session: Session) -> Outcome:
    """Sum up the drive that a session holds."""
    history, scenario, state = session.history, session.scenario, session.observation.state
    seconds = len(history) * session.simulator.dt_s
    distance = float(state.station_m[0] - history["station_m"][0]) if len(history) else 0.0
    return Outcome(
        model=session.name,
        map=scenario.map,
        season=session.controls.season,
        weather=session.controls.words,
        route_seed=scenario.route_seed,
        seed=scenario.seed,
        end_reason=session.end_reason,
        success=session.end_reason == SUCCESS,
        distance_m=distance,
        seconds=seconds,
        mean_speed_mps=distance / seconds if seconds else 0.0,
        mean_abs_offset_m=mean_abs(history["offset_m"]),
        max_abs_offset_m=max_abs(history["offset_m"]),
        steer_rate=rms_rate(history["steer"], session.simulator.dt_s),
        person_share=float((history["person"] > 0.5).mean()) if len(history) else 0.0,
    )
