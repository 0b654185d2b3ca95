"""``wormdrive/LaneKeeping-v0`` and ``-v1``: keep a car in its lane, seeing the road through a camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, require_seed
from wormdrive.envs.common.keywords import takes_keywords_of
from wormdrive.envs.lane_keeping.options import SingleEnvOptions
from wormdrive.envs.lane_keeping.task import LaneKeepingTask, spectator, vehicle_infos
from wormdrive.envs.simulation.observation import END_REASONS, Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulator_factory import SimulatorChoice

if TYPE_CHECKING:
    from wormdrive.envs.viewer.human_render import HumanRenderWindow

__all__ = ["LaneKeepingEnv"]


class LaneKeepingEnv(gymnasium.Env[Any, Any]):
    """Lane keeping in the embedded simulator or on a CARLA server, at 30 Hz.

    **Action**: ``Box(-1, 1, (1,))``, steer (-1 full left, +1 full right), while a cruise control that slows for bends
    keeps the speed; or ``Box(-1, 1, (2,))``, steer and acceleration (brakes to throttle); or ``Box(-0.2, 0.2, (1,))``,
    the curvature to drive [1/m], positive left, which is what policies answer.
    What lies beyond is cut off; NaN and infinite numbers are refused. Tensors may have gradients.

    **Observation**: the camera, ``Box(0, 255, (78, 200, 3), uint8)``; or a ``Dict`` of any of ``camera``,
    ``segmentation`` (CARLA's class numbers), ``depth`` [m, up to 1000], ``speed`` [m/s] and ``state`` (lateral offset
    [m], heading error [rad], curvature of the lane [1/m], speed [m/s], yaw rate [rad/s], wheel angle [rad]).

    **Reward**: ``lane_keeping_reward``: 1 for a step at 10 m/s along the lane's centre, less 1 a metre beside it, which
    pays speed without limit where the action has the acceleration. ``LaneKeeping-v1`` differs in this alone: it pays
    the sum of ``reward``, terms by name with their weights: ``progress`` (1 at the target speed, less below and above
    it), ``offset`` (-1 a metre), ``comfort`` (minus the squared acceleration along and across, in units of 3 m/s²) and
    ``terminal`` (-1 for leaving the lane or hitting a car).

    **End**: terminated when the vehicle's reference point leaves the lane (with ``departure="wheel"`` any tyre's outer
    edge) or the car hits another; truncated when the route is done or time is up. ``info["end_reason"]`` says which,
    and is empty before.

    **info**: ``station`` [m], ``lateral_offset`` [m], ``heading_error`` [rad], ``curvature`` [1/m], ``speed`` [m/s],
    ``season``, ``end_reason``, ``is_success`` (the route is done), ``scenario``; the same of a reset and of a step.

    A copy (``copy.deepcopy``) or a pickle of an embedded environment goes on as the original would, to the bit; one
    that drives on a CARLA server refuses to be copied. What an environment hands out is the caller's to change.

    Parameters
    ----------
    map:
        A built-in map or the path of an ``.xodr`` file, or several to draw from; with CARLA also one of its towns.
    season, weather:
        Names of presets, or several to draw from.
    conditions:
        Instead of both: ``Conditions``, a ``ConditionsSampler``, or a function of a ``numpy.random.Generator``. Also a
        mapping of the fields of one of the former, where ``season`` and ``weather`` may be presets' names
        (``{"season": "winter", "weather": {"fog_density": 40}}``), the path of a YAML file that holds one, or a
        sampler's name: what ``spec.to_json()`` can write.
    route_length:
        How far an episode drives [m].
    routes:
        From how many routes of a map episodes are drawn.
    seed:
        Used by the first ``reset`` that is not given one.
    observation:
        ``"camera"`` or another of the names above for that alone; a sequence of names for a ``Dict``.
    channel_axis:
        Show segmentation and depth as (H, W, 1) instead of (H, W).
    action:
        ``"steer"``, ``"steer_acceleration"`` or ``"curvature"``.
    reward:
        Weights of the reward's terms by name; ``None`` for the formula of ``LaneKeeping-v0``.
    target_speed:
        What the term ``progress`` wants [m/s].
    camera:
        A ``CameraConfig``, or a mapping of those of its fields that differ from the default.
    traffic:
        How many other cars, 0 to 8.
    time_limit:
        [s]; without one, two and a half times as long as the cruise control plans for the route.
    departure:
        What ends an episode when it leaves the lane: ``"centre"`` or ``"wheel"``.
    disturbances:
        What goes wrong in every episode: ``Disturbances``, or a mapping such as ``{"frame_rate": {"hz": 5}}``.
    threads:
        How many threads draw.
    simulator:
        ``"embedded"`` or ``"carla"``.
    host, port:
        Of the CARLA server.
    timeout:
        How long the CARLA server may take for an answer or a frame [s].
    render_mode:
        ``"rgb_array"`` for ``render`` to return a larger picture, ``"human"`` for a window; or ``None``.

    Raises
    ------
    ArgumentError, ConditionsError
        If an argument is not allowed.
    MapError, RouteError
        From ``reset``, if a map cannot be read or driven.
    SimulatorError
        From ``reset`` and ``step``, if the CARLA server fails.
    MissingPackageError
        If CARLA's client or, for a window, pygame is not installed.
    DisplayError
        With ``render_mode="human"``, if no window can be opened.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array", "human"], "render_fps": 30}  # noqa: RUF012

    @takes_keywords_of(SingleEnvOptions)
    def __init__(self, options: SingleEnvOptions) -> None:
        self.task = LaneKeepingTask(options)
        if options.render_mode == "human":
            from wormdrive.envs.viewer.display import require_display

            require_display()  # before anything is loaded to be shown
        self.render_mode = options.render_mode
        self.action_space = self.task.action_space()
        self.observation_space = self.task.observation_space()
        choice = SimulatorChoice(options.simulator, options.host, (options.port,), options.timeout)
        self.simulator = choice.open(1, threads=options.threads, departure=options.departure, **self.task.pictures)
        self._first_seed = self.task.seed
        self._reward = self.task.reward(1, self.simulator.dt_s)
        self._season = np.array([""])
        self._command: NDArray[np.float64] = np.zeros((1, 2))
        self._scenario: NDArray[np.object_] = np.full(1, None, object)
        self._window: HumanRenderWindow | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode.

        ``options["scenario"]`` is what it drives; or ``options["season"]``, ``["weather"]`` and ``["map"]``, each a
        name or several, are what it is drawn from, this once.

        Raises
        ------
        ArgumentError
            If an option is unknown or not allowed, or the seed is no whole number from 0.
        """
        seed = self._first_seed if seed is None else require_seed(seed)
        given = self.task.reset_options(options)
        scenario = given.get("scenario")
        if not isinstance(scenario, Scenario | None):
            raise ArgumentError(f"options['scenario']={scenario!r}: allowed is a Scenario")
        source = self.task.source(given)
        self._first_seed = None
        super().reset(seed=seed)
        scenario = scenario or source.draw(self.np_random)
        self._season = np.array([scenario.conditions.season.name])
        shown = self.simulator.reset([scenario])
        self._command = np.zeros((1, 2))
        self._scenario[0] = scenario
        self._reward.begin(shown, np.ones(1, np.bool_))
        if self.render_mode == "human":
            self.render()
        return self._seen(shown), self._info(shown)

    def step(self, action: NDArray[np.float32]) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Drive for 1/30 s.

        Raises
        ------
        ArgumentError
            If the action has another shape, or is NaN, infinite or no number.
        """
        self._command = self.task.command([action], self.simulator, 1)
        shown = self.simulator.step(self._command)
        reward = self._reward.pay(shown)
        reason = END_REASONS[shown.end_reason[0]]
        terminated = reason in ("lane_departure", "collision")
        truncated = reason in ("route_done", "time_limit")
        if self.render_mode == "human":
            self.render()
        return self._seen(shown), float(reward[0]), terminated, truncated, self._info(shown)

    def render(self) -> NDArray[np.uint8] | None:
        """Draw what the camera sees, larger: (H, W, 3) uint8, or in a window with charts and a map."""
        if self.render_mode is None:
            return None
        if self.render_mode == "rgb_array":
            picture: NDArray[np.uint8] = self.simulator.render(spectator(self.task.camera))[0]
            return picture
        if self._window is None:
            from wormdrive.envs.viewer.human_render import HumanRenderWindow  # loads pygame, which only a window needs

            self._window = HumanRenderWindow(self.task.camera)
        if self._scenario[0] is not None:
            self._window.show(self.simulator, self._scenario[0], self._command, self.metadata["render_fps"])
        return None

    def close(self) -> None:
        """Release everything; a second call does nothing."""
        self.simulator.close()
        if self._window is not None:
            self._window.close()
            self._window = None

    def _seen(self, shown: Observation) -> Any:
        seen = self.task.observe(shown)
        return {name: array[0] for name, array in seen.items()} if isinstance(seen, dict) else seen[0]

    def _info(self, shown: Observation) -> dict[str, Any]:
        infos = vehicle_infos(shown, self._season, self._scenario)
        return {name: array.tolist()[0] for name, array in infos.items()}

    def __getstate__(self) -> dict[str, Any]:
        """Leave the window out, which is here but once: a copy opens its own."""
        return {**vars(self), "_window": None}
