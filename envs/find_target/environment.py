"""``wormdrive/FindTarget-v0``: fly to a coloured object in the woods, seeing them through a camera."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, require_seed
from wormdrive.envs.common.keywords import takes_keywords_of
from wormdrive.envs.find_target.options import (
    FindTargetOptions,
    flight_infos,
    paid,
    parse_actions,
    terminated,
    truncated,
)
from wormdrive.envs.find_target.scenario import FlightScenario, draw_scenario
from wormdrive.envs.find_target.worlds import FlightObservation, FlightWorlds

__all__ = ["FindTargetEnv"]


class FindTargetEnv(gymnasium.Env[Any, Any]):
    """A camera on a gimballed point mass, 2 to 6 m above ground, at 10 Hz; there are no rotors.

    **Action**: ``Box(-1, 1, (4,))``: forward (1 is 3 m/s), lateral (1 is 1.5 m/s to the left), climb (1 is 1 m/s) and
    yaw rate (1 is 1 rad/s to the left), followed with a lag of 0.3 s. What lies beyond is cut off; NaN is refused.

    **Observation**: ``Box(0, 255, (96, 144, 3), uint8)``, 80 degrees wide, looking 11 degrees down; or, with
    ``observation="segmentation"``, CARLA's class numbers, (96, 144).

    **Reward**: metres come nearer, 10 for the target found, -10 for a collision or a target that was lost.

    **End**: terminated when the target's box is within 2 m and in view (``found``), when the body (0.25 m) hits a trunk
    (0.45 m), or when less than 2 pixels of the target show for 5 s (``lost``); truncated when time is up.
    Leaves, bushes and conifers' boughs hide the target but stop nobody.

    **info**: ``distance`` [m] to the target's box, ``visible`` [pixel], ``season``, ``end_reason``, ``is_success``,
    ``scenario``; the same of a reset and of a step.

    Parameters
    ----------
    map:
        A built-in map or the path of an ``.xodr`` file, or several to draw from. Houses are not drawn.
    sites:
        From how many places of a map, 24 to 40 m beside its roads, flights are drawn.
    season, weather:
        Names of presets, or several to draw from.
    conditions:
        Instead of both: ``Conditions``.
    art_seed:
        Which of the season's trees, leaves and grounds are painted.
    target, colour:
        ``chair``, ``box``, ``car``; ``red``, ``blue``, ``yellow``, ``white``; or several to draw from.
    distance:
        Least and most distance of the start from the target [m].
    target_speed:
        Of a target that goes round a circle of 3 m [m/s].
    occluders:
        How many trees and bushes stand in the way on purpose.
    time_limit:
        [s].
    disturbances:
        What goes wrong in every flight: ``Disturbances``, or a mapping such as ``{"noise": {"deviation": 0.1}, "gusts":
        {"strength": 1}}``; those of pictures, and ``gusts``. They spoil what is observed, not what ``info`` tells or
        ``render`` draws.
    observation:
        ``"camera"`` or ``"segmentation"``.
    width, height:
        Of the picture [pixel]: multiples of 16 and 8.
    seed:
        Used by the first ``reset`` that is not given one.
    threads:
        How many threads draw.
    render_mode:
        ``"rgb_array"`` for ``render`` to return a larger picture, or ``None``.

    Raises
    ------
    ArgumentError, ConditionsError
        If an argument is not allowed.
    MapError
        From ``reset``, if a map cannot be read, or has no place for a wood.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012

    @takes_keywords_of(FindTargetOptions)
    def __init__(self, options: FindTargetOptions) -> None:
        self.options = options
        self.render_mode = self.options.render_mode
        self.action_space = self.options.action_space()
        self.observation_space = self.options.observation_space()
        self.worlds = FlightWorlds(1, self.options.camera, segmentation=self.options.observation == "segmentation")
        self._first_seed = self.options.seed
        self._distance = np.zeros(1)
        self._scenario: FlightScenario | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Start a flight; ``options["scenario"]`` is what it flies.

        Raises
        ------
        ArgumentError
            If an option is unknown or not allowed, or the seed is no whole number from 0.
        """
        seed = self._first_seed if seed is None else require_seed(seed)
        scenario = given_scenario(options)
        self._first_seed = None
        super().reset(seed=seed)
        self._scenario = scenario or draw_scenario(self.options.ranges, self.np_random)
        seen = self.worlds.reset([self._scenario])
        self._distance = seen.distance_m
        return self.options.shown(seen)[0], self._info(seen)

    def step(self, action: NDArray[np.float32]) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        """Fly for 0.1 s.

        Raises
        ------
        ArgumentError
            If the action has another shape, or is NaN, infinite or no number.
        """
        seen = self.worlds.step(parse_actions([action], 1))
        reward = float(paid(self._distance, seen)[0])
        self._distance = seen.distance_m
        over, late = bool(terminated(seen)[0]), bool(truncated(seen)[0])
        return self.options.shown(seen)[0], reward, over, late, self._info(seen)

    def render(self) -> NDArray[np.uint8] | None:
        """Draw what the camera sees, larger: (H, W, 3) uint8."""
        if self.render_mode is None:
            return None
        picture: NDArray[np.uint8] = self.worlds.render(self.options.spectator())[0]
        return picture

    def close(self) -> None:
        """Release everything; a second call does nothing."""
        self.worlds.close()

    def _info(self, seen: FlightObservation) -> dict[str, Any]:
        return {name: array.tolist()[0] for name, array in flight_infos(seen, [self._scenario]).items()}


def given_scenario(options: dict[str, Any] | None) -> FlightScenario | None:
    """Return the scenario in options of a reset, if there is one.

    Raises
    ------
    ArgumentError
        If there is anything else.
    """
    given = dict(options or {})
    scenario = given.pop("scenario", None)
    if given:
        raise ArgumentError(f"options: {sorted(given)}: allowed is scenario")
    if not isinstance(scenario, FlightScenario | None):
        raise ArgumentError(f"options['scenario']={scenario!r}: allowed is a FlightScenario")
    return scenario
