"""``wormdrive/Convoy-v0``: cars behind one another, each seeing the others through its own camera."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from gymnasium import spaces
from gymnasium.utils import seeding
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, one_of, require_seed
from wormdrive.envs.common.extras import needs_extra
from wormdrive.envs.common.keywords import takes_keywords_of
from wormdrive.envs.convoy.options import ConvoyOptions, ConvoySource
from wormdrive.envs.convoy.picture import convoy_picture
from wormdrive.envs.convoy.reward import convoy_reward
from wormdrive.envs.convoy.scenario import ConvoyScenario
from wormdrive.envs.convoy.simulator import (
    CONVOY_CAMERA,
    CONVOY_END_REASONS,
    SUCCESSES,
    ConvoyObservation,
    ConvoySimulator,
)
from wormdrive.envs.lane_keeping.actions import ACTIONS
from wormdrive.envs.lane_keeping.scenario_source import several
from wormdrive.envs.simulation.camera_config import CameraConfig, parse_camera

with needs_extra("convoy"):
    import pettingzoo
    from pettingzoo import ParallelEnv

__all__ = ["OBSERVATIONS", "ConvoyEnv"]

Agent: TypeAlias = str

RENDER_MODES: Final = ("rgb_array",)
STATE_FIELDS: Final = (
    ("lateral_offset_m", 50.0),
    ("heading_error_rad", float(np.float32(np.pi)) + 1e-6),
    ("curvature", 2.0),
    ("speed_mps", 100.0),
    ("yaw_rate_radps", 20.0),
    ("steer_angle_rad", 2.0),
)
"""What ``state`` observes, and the bounds of each; after them ``gap_m`` and ``closing_mps``."""
_GAP_BOUNDS: Final = (200.0, 100.0)


class ConvoyEnv(ParallelEnv[Agent, Any, NDArray[np.float32]]):  # type: ignore[misc]  # PettingZoo has no types
    """A convoy in the embedded simulator, as a PettingZoo ``ParallelEnv``, at 10 Hz.

    Whoever has named this class can also say ``pettingzoo.make("parallel", "wormdrive/Convoy-v0")``.

    N cars drive on one route. The first one is the environment's: it follows a speed profile drawn by the seed and
    slows for bends. The others, ``car_1`` (right behind it) to ``car_{N-1}``, are the agents: they are to keep their
    lane and a gap of 4 m plus what they drive in a second, from what they see.

    **Action** of each: ``Box(-1, 1, (2,))``, steer (-1 full left, +1 full right) and acceleration (brakes to throttle).
    What lies beyond is cut off; NaN and infinite numbers are refused.

    **Observation**: the car's camera, ``Box(0, 255, (78, 200, 3), uint8)``, in which the cars ahead are, with their
    brake lights; or a ``Dict`` of any of ``camera``, ``speed`` [m/s] and ``state`` (lateral offset [m], heading error
    [rad], curvature of the lane [1/m], speed [m/s], yaw rate [rad/s], wheel angle [rad], gap [m], closing speed [m/s]).

    **Reward**: see ``convoy_reward``: 1 a step for the wanted gap on the lane's centre.

    **End**: for all agents at once. Whoever leaves the lane, runs into the car ahead or falls back more than 60 m
    is terminated, and the others are truncated; when the time is up, all are truncated.

    **info** of each: ``gap`` [m], ``gap_error`` [m], ``closing_speed`` [m/s], ``speed`` [m/s], ``leader_speed`` [m/s],
    ``lateral_offset`` [m], ``station`` [m], ``end_reason`` (of the convoy; empty before), ``is_success``, ``profile``,
    ``season``, ``scenario``.

    Parameters
    ----------
    cars:
        N, 2 to 8.
    profile:
        ``"constant"``, ``"sinusoid"``, ``"stop_and_go"``, ``"braking"`` or ``"emergency"``, or several to draw from; by
        default all but the last.
    map, season, weather, conditions, routes, seed:
        As of ``LaneKeepingEnv``.
    duration:
        How long a convoy drives [s].
    observation:
        ``"camera"`` or another of the names above for that alone; a sequence of names for a ``Dict``.
    camera:
        A ``CameraConfig``, or a mapping of those of its fields that differ from the convoy's, which sees 40 degrees.
    disturbances:
        What goes wrong: ``Disturbances`` of the kinds that simulators do themselves, such as ``{"grip": {"factor":
        0.4}}``.
    action_repeat:
        For how many steps of 1/30 s an action is held.
    threads:
        How many threads draw.
    render_mode:
        ``"rgb_array"`` for ``render`` to return what all followers see and the bird's view; or ``None``.

    Raises
    ------
    ArgumentError, ConditionsError
        If an argument is not allowed.
    MapError, RouteError, SimulatorError
        From ``reset``, if a map cannot be read or driven, or a disturbance is not one of the simulator's.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  (PettingZoo's own way)
        "name": "wormdrive/Convoy-v0",
        "render_modes": ["rgb_array"],
        "is_parallelizable": True,
        "render_fps": 10,
    }

    @takes_keywords_of(ConvoyOptions)
    def __init__(self, options: ConvoyOptions) -> None:
        if options.render_mode not in (None, *RENDER_MODES):
            raise ArgumentError(one_of("render_mode", options.render_mode, (None, *RENDER_MODES)))
        self.render_mode = options.render_mode
        self._first_seed = None if options.seed is None else require_seed(options.seed)
        self._plain = isinstance(options.observation, str)
        self._shows = several("observation", options.observation, OBSERVATIONS)
        self.camera = _convoy_camera(options.camera)
        self.simulator = ConvoySimulator(
            1,
            options.cars,
            camera=self.camera if "camera" in self._shows else None,
            threads=options.threads,
            action_repeat=options.action_repeat,
        )
        self._source = ConvoySource(options)
        self.metadata = {**type(self).metadata, "render_fps": round(1.0 / self.simulator.dt_s)}
        self.possible_agents: list[Agent] = [f"car_{car}" for car in range(1, options.cars)]
        self.agents: list[Agent] = []
        self.observation_spaces = {agent: self._observation_space() for agent in self.possible_agents}
        self.action_spaces: dict[Agent, spaces.Box] = {agent: self._action_space() for agent in self.possible_agents}
        self._random: np.random.Generator | None = None
        self._scenario: ConvoyScenario | None = None
        self._shown: ConvoyObservation | None = None

    def observation_space(self, agent: Agent) -> spaces.Space[Any]:
        """Return the space of what an agent sees."""
        return self.observation_spaces[agent]

    def action_space(self, agent: Agent) -> spaces.Box:
        """Return the space of an agent's actions."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[Agent, Any], dict[Agent, dict[str, Any]]]:
        """Start a drive; ``options["scenario"]`` is the ``ConvoyScenario`` to drive, other options are left alone.

        Raises
        ------
        ArgumentError
            If the scenario is none, or the seed no whole number from 0.
        """
        seed = self._first_seed if seed is None else require_seed(seed)
        self._first_seed = None
        scenario = (options or {}).get("scenario")
        if not isinstance(scenario, ConvoyScenario | None):
            raise ArgumentError(f"options['scenario']={scenario!r}: allowed is a ConvoyScenario")
        if seed is not None or self._random is None:
            self._random = seeding.np_random(seed)[0]
        self._scenario = scenario or self._source.draw(self._random)
        self._shown = self.simulator.reset([self._scenario])
        self.agents = list(self.possible_agents)
        return self._seen(), self._infos()

    def step(
        self, actions: dict[Agent, NDArray[np.float32]]
    ) -> tuple[dict[Agent, Any], dict[Agent, float], dict[Agent, bool], dict[Agent, bool], dict[Agent, dict[str, Any]]]:
        """Drive for a tenth of a second.

        Raises
        ------
        ArgumentError
            If an agent's action is missing, has another shape, or is NaN, infinite or no number.
        """
        if not self.agents or self._shown is None:
            return {}, {}, {}, {}, {}
        missing = [agent for agent in self.agents if agent not in actions]
        if missing:
            raise ArgumentError(f"actions: lack {missing[0]!r}; allowed is one for each of {', '.join(self.agents)}")
        chosen = [actions[agent] for agent in self.agents]
        command = _ACTION.commands(chosen, self.simulator.embedded, len(chosen))
        speed = self._shown.state.speed_mps[:, 1:]
        self._shown = shown = self.simulator.step(command[None])
        reward = convoy_reward(shown, speed, self.simulator.dt_s)[0]
        over = bool(shown.end_reason[0])
        failed = shown.failed[0]
        agents = self.agents
        result = (
            self._seen(),
            {agent: float(paid) for agent, paid in zip(agents, reward, strict=True)},
            {agent: bool(one) for agent, one in zip(agents, failed, strict=True)},
            {agent: over and not one for agent, one in zip(agents, failed.tolist(), strict=True)},
            self._infos(),
        )
        if over:
            self.agents = []
        return result

    def state(self) -> NDArray[np.float32]:
        """Return the ``state`` of all followers, one after the other, for central training: (8 (N - 1),)."""
        return _state(self._last()).ravel()

    def render(self) -> NDArray[np.uint8] | None:
        """Draw what all followers see, and the convoy from above: (H, W, 3) uint8."""
        if self.render_mode is None:
            return None
        shown = self._last()
        assert self._scenario is not None  # noqa: S101  (there is one since the reset)
        return convoy_picture(self.simulator, shown, self.camera, title=self._scenario.profile)

    def close(self) -> None:
        """Release everything; a second call does nothing."""
        self.simulator.close()

    def _last(self) -> ConvoyObservation:
        if self._shown is None:
            raise ArgumentError("no convoy drives yet: reset first")
        return self._shown

    def _action_space(self) -> spaces.Box:
        """One of its own for each agent, for each is seeded by itself."""
        return _ACTION.space

    def _observation_space(self) -> spaces.Space[Any]:
        bounds = np.array([*(bound for _, bound in STATE_FIELDS), *_GAP_BOUNDS], np.float32)
        known: dict[str, spaces.Space[Any]] = {
            "camera": spaces.Box(0, 255, (self.camera.height, self.camera.width, 3), np.uint8),
            "speed": spaces.Box(0.0, 100.0, (1,), np.float32),
            "state": spaces.Box(-bounds, bounds, dtype=np.float32),
        }
        if self._plain:
            return known[self._shows[0]]
        return spaces.Dict({name: known[name] for name in self._shows})

    def _seen(self) -> dict[Agent, Any]:
        seen = {name: _OBSERVERS[name](self._last()) for name in self._shows}
        return {
            agent: seen[self._shows[0]][i] if self._plain else {name: values[i] for name, values in seen.items()}
            for i, agent in enumerate(self.possible_agents)
        }

    def _infos(self) -> dict[Agent, dict[str, Any]]:
        shown, scenario = self._last(), self._scenario
        assert scenario is not None  # noqa: S101  (there is one since the reset)
        state, reason = shown.state, CONVOY_END_REASONS[shown.end_reason[0]]
        return {
            agent: {
                "gap": float(shown.gap_m[0, i]),
                "gap_error": float(shown.gap_error_m[0, i]),
                "closing_speed": float(shown.closing_mps[0, i]),
                "speed": float(state.speed_mps[0, i + 1]),
                "leader_speed": float(state.speed_mps[0, 0]),
                "lateral_offset": float(state.lateral_offset_m[0, i + 1]),
                "station": float(state.station_m[0, i + 1]),
                "end_reason": reason,
                "is_success": reason in SUCCESSES,
                "profile": scenario.profile,
                "season": scenario.road.conditions.season.name,
                "scenario": scenario,
            }
            for i, agent in enumerate(self.possible_agents)
        }


_ACTION: Final = ACTIONS["steer_acceleration"]


def _convoy_camera(camera: CameraConfig | Mapping[str, Any] | None) -> CameraConfig:
    """Return the convoy's camera, but for what is said otherwise."""
    given = camera if isinstance(camera, CameraConfig) else {"fov_deg": CONVOY_CAMERA.fov_deg, **(camera or {})}
    return parse_camera(given)


def _camera(shown: ConvoyObservation) -> NDArray[np.uint8]:
    return np.array(shown.camera[0])  # type: ignore[index]  # the environment asked for it


def _speed(shown: ConvoyObservation) -> NDArray[np.float32]:
    return np.clip(shown.state.speed_mps[0, 1:, None], 0.0, 100.0).astype(np.float32)


def _state(shown: ConvoyObservation) -> NDArray[np.float32]:
    columns = [np.clip(getattr(shown.state, name)[0, 1:], -bound, bound) for name, bound in STATE_FIELDS]
    gaps = (shown.gap_m[0], shown.closing_mps[0])
    columns += [np.clip(gap, -bound, bound) for gap, bound in zip(gaps, _GAP_BOUNDS, strict=True)]
    return np.stack(columns, axis=1).astype(np.float32)


_OBSERVERS: Final[dict[str, Callable[[ConvoyObservation], NDArray[Any]]]] = {
    "camera": _camera,
    "speed": _speed,
    "state": _state,
}
OBSERVATIONS: Final = tuple(_OBSERVERS)

pettingzoo.register("parallel", ConvoyEnv.metadata["name"], entry_point=ConvoyEnv)
