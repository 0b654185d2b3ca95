"""Responses: what a policy makes of moments of drives, each shown under a scenery of its own.

A moment is shown with the frames before it, under the same scenery, since neurons remember.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.traced_drive import shown_activity, shown_features
from wormdrive.envs.embedded.episode_renderer import EpisodeRenderer
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.observation import VehicleState, take
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import route_of
from wormdrive.perception.road_state import road_state

__all__ = ["RUN_UP", "Moment", "Responses", "respond"]

RUN_UP: Final = 12
"""Frames that are shown before the one that is looked at."""

_TOGETHER: Final = 32


class Moment(NamedTuple):
    """Frame ``frame``, from ``RUN_UP`` on, of a drive, under the scenery of ``scenario``.

    The car's ``state`` is perhaps moved, and the road perhaps another ``route`` than the scenario's.
    """

    episode: Episode
    frame: int
    scenario: Scenario
    state: VehicleState | None = None
    route: Route | None = None


class Responses(NamedTuple):
    """Of M moments: ``curvature`` (M,) [1/m], neuron ``activity`` (M, A), ``features`` (M, F), all float64.

    ``pictures`` (M, H, W, 3) uint8 are the frames that were looked at; ``None`` of a policy without eyes.
    """

    curvature: NDArray[np.float64]
    activity: NDArray[np.float64]
    features: NDArray[np.float64]
    pictures: NDArray[np.uint8] | None


def respond(
    policy: Policy,
    moments: Sequence[Moment],
    *,
    threads: int = 1,
    watch: Callable[[int], None] | None = None,
) -> Responses:
    """Show a policy some moments; ``watch`` is told how many are done."""
    found = []
    for begin in range(0, len(moments), _TOGETHER):
        some = moments[begin : begin + _TOGETHER]
        found.append(_respond(policy.eval(), some, threads))
        if watch is not None:
            watch(begin + len(some))
    curvature, activity, features, pictures = zip(*found, strict=True)
    shown = None if pictures[0] is None else np.concatenate([part for part in pictures if part is not None])
    return Responses(np.concatenate(curvature), np.concatenate(activity), np.concatenate(features), shown)


def _respond(
    policy: Policy,
    moments: Sequence[Moment],
    threads: int,
) -> Responses:
    length = RUN_UP + 1
    states = [
        take(moment.state or moment.episode.state, np.arange(moment.frame - RUN_UP, moment.frame + 1))
        for moment in moments
    ]
    state = VehicleState(
        **{name: np.concatenate([getattr(one, name) for one in states]) for name in VehicleState.__dataclass_fields__}
    )
    pictures = None
    if policy.needs_camera:
        roads = iter([moment.route or route_of(moment.scenario) for moment in moments])
        renderer = EpisodeRenderer(
            [moment.scenario for moment in moments],
            camera=moments[0].episode.camera,
            threads=threads,
            find_route=lambda _scenario: next(roads),  # asked in order: of one scenario there may be several roads
        )
        try:
            step = np.concatenate(
                [moment.episode.first_step + moment.frame - RUN_UP + np.arange(length) for moment in moments]
            )
            pictures = renderer.draw(np.repeat(np.arange(len(moments)), length), step, state).camera
        finally:
            renderer.close()
    features = policy.frame_features(road_state(state) if pictures is None else pictures)
    steps = policy.control(
        features.view(len(moments), length, -1),
        policy.initial_state(len(moments)),
        moments[0].episode.dt_s / policy.config.sample_period_s,
    )
    last = slice(RUN_UP, None, length)
    told = steps.curvature[:, -1], shown_activity(policy, steps.activity[:, -1]), shown_features(policy, features[last])
    curvature, activity, seen = (np.asarray(part.cpu().double().numpy(), np.float64) for part in told)
    return Responses(curvature, activity, seen, None if pictures is None else pictures[last])
