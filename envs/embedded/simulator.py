"""Embedded simulator: N worlds on the CPU, with a seasonal camera each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_whole
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.batch_simulator import BatchSimulator, as_begun
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation, take
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import route_of
from wormdrive.envs.simulation.start import Start
from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.envs.simulation.vehicle_batch import DT_S, VehicleBatch

if TYPE_CHECKING:
    from wormdrive.envs.embedded.frame_renderer import FrameRenderer

__all__ = ["EmbeddedSimulator"]


class EmbeddedSimulator(BatchSimulator):
    """N worlds that advance together by 1/30 s a step; see ``wormdrive.envs.simulation.simulator.Simulator``.

    An episode ends when the vehicle's reference point leaves its lane (its lateral offset from the lane centre exceeds
    the lane's half-width on that side), hits another car, has driven the scenario's route, or is out of time (without a
    limit in the scenario: two and a half times as long as the cruise control plans for the route). If several hold, the
    first in this list counts. With ``departure="wheel"`` it ends as soon as any tyre's outer edge leaves the lane, see
    ``wheel_departure``.

    Scenario and commands decide every bit, whatever the number of worlds or threads. Do not write into an observation's
    pictures: those of worlds that stand still are copied from one observation to the next.

    Parameters
    ----------
    worlds:
        N.
    camera:
        The camera; ``None`` for no pictures at all.
    segmentation, depth:
        Whether to draw these, too.
    threads:
        How many threads step and draw.
    parameters:
        Of the vehicle.
    find_route:
        Returns the route of a scenario; the default reads the scenario's map.
    departure:
        What has left the lane when an episode ends: ``"centre"`` or ``"wheel"``.
    cars_per_road:
        So many worlds in a row are cars on one road, which see and hit each other; their scenarios must agree.

    Raises
    ------
    ArgumentError
        If ``worlds`` or ``threads`` is not positive, segmentation or depth is asked for without a camera, there is no
        such ``departure``, or ``worlds`` is no multiple of ``cars_per_road``.
    """

    def __init__(
        self,
        worlds: int,
        *,
        camera: CameraConfig | None = CameraConfig(),  # noqa: B008  (frozen)
        segmentation: bool = False,
        depth: bool = False,
        threads: int = 1,
        parameters: VehicleParameters | None = None,
        find_route: Callable[[Scenario], Route] = route_of,
        departure: str = "centre",
        cars_per_road: int = 1,
    ) -> None:
        for name, value in (("worlds", worlds), ("threads", threads)):
            if not is_whole(value) or value < 1:
                raise ArgumentError(f"{name}={value!r}: allowed is a positive whole number")
        if camera is None and (segmentation or depth):
            raise ArgumentError("camera=None: allowed only where neither segmentation nor depth is asked for")
        self._parameters = parameters or VehicleParameters()
        super().__init__(VehicleBatch(worlds, self._parameters, threads, departure, cars_per_road), worlds)
        self._find_route = find_route
        self._slots = np.arange(worlds, dtype=np.int32)
        self._renderer: FrameRenderer | None = None
        if camera is not None:
            self._renderer = self._new_renderer(camera, threads, segmentation, depth)
        self._spectators: dict[CameraConfig, FrameRenderer] = {}

    @property
    def unwrapped(self) -> EmbeddedSimulator:
        """Itself: nothing is wrapped here."""
        return self

    @property
    def parameters(self) -> VehicleParameters:
        """Of the vehicle."""
        return self._parameters

    @property
    def batch(self) -> VehicleBatch:
        """The vehicles; look, but do not change."""
        return self._batch

    def reset(
        self,
        scenarios: Sequence[Scenario],
        mask: NDArray[np.bool_] | None = None,
        starts: Mapping[int, Start] = MappingProxyType({}),
    ) -> Observation:
        """Start an episode in every world, or in those of ``mask`` (N,), on ``scenarios`` (N of them).

        ``starts`` says where cars begin, by world, if not where all do.

        Raises
        ------
        ArgumentError
            If there are not N scenarios, or the mask has another shape.
        SimulatorError
            If the simulator is closed, a world outside the mask was never reset, or a scenario has disturbances that
            are not ``IN_THE_WORLD``: they are a ``DisturbedSimulator``'s.
        MapError, RouteError
            If a map cannot be read, or holds no such route. No world has changed then.
        """
        chosen = self._chosen(scenarios, mask)
        begun = {world: as_begun(scenarios[world]) for world in np.flatnonzero(chosen).tolist()}
        found = {world: (scenario, self._find_route(scenario)) for world, scenario in begun.items()}
        self._batch.assign(found, starts)
        self._ready |= chosen
        for world, (scenario, _) in found.items():
            self._note_scenario(world, scenario)
            for renderer in self._renderers():
                renderer.assign(world, scenario)
        return self._observe(self._slots[chosen])

    def step(self, command: NDArray[np.float64], repeats: int = 1) -> Observation:
        """Advance every world whose episode has not ended; see ``Simulator.step``.

        With ``repeats`` so many steps by the same command, and only the last one is looked at.

        Raises
        ------
        ArgumentError
            If ``command`` is not (N, 2), or a steer is NaN.
        SimulatorError
            If the simulator is closed, or a world was never reset.
        """
        command = self._checked(command)
        running = self._batch.end_reason == 0
        for _ in range(repeats):
            self._let_snow_arrive()
            self._batch.step(command)
        return self._observe(self._slots[running])

    def change_conditions(self, world: int, conditions: Conditions) -> None:
        """Change season and weather of a world while its episode goes on: what it looks like, and its road's friction.

        The next pictures show it; the latest observation stays as it was. ``scenarios`` has the new conditions, and the
        next ``reset`` begins with those of its own scenario.

        Raises
        ------
        ArgumentError
            If there is no such world.
        SimulatorError
            If the simulator is closed, or the world was never reset.
        """
        scenario = self._scenario_of(world).model_copy(update={"conditions": conditions})
        self._scenarios[world] = scenario
        self._batch.change_friction(world, conditions.friction)
        for renderer in self._renderers():
            renderer.assign(world, scenario)

    def render(
        self, camera: CameraConfig, worlds: Sequence[int] | None = None, *, conditions: Conditions | None = None
    ) -> NDArray[np.uint8]:
        """Draw some worlds (all, if not said) once more through another camera, (M, H, W, 3) uint8 RGB.

        With ``conditions`` the picture, and nothing but the picture, shows them in another season or weather.

        Raises
        ------
        SimulatorError
            If the simulator is closed, or a world was never reset.
        """
        self._check_open()
        shown = self.last_observation
        if camera not in self._spectators:
            self._spectators[camera] = self._new_renderer(camera, 1, segmentation=False, depth=False)
            self._assign(self._spectators[camera], self._slots, None)
        renderer = self._spectators[camera]
        slots = self._slots if worlds is None else np.asarray(worlds, np.int32)
        if conditions is not None:
            self._assign(renderer, slots, conditions)
        try:
            return renderer.draw(slots, self._batch.step_index[slots], take(shown.state, slots)).camera
        finally:
            if conditions is not None:
                self._assign(renderer, slots, None)

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        self._closed = True
        self._batch.close()
        for renderer in self._renderers():
            renderer.close()

    def _observe(self, changed: NDArray[np.int32]) -> Observation:
        """Observe all worlds, of which only those in ``changed`` look different from before."""
        state = self._batch.vehicle_state()
        end_reason = self._batch.end_reason.copy()
        clock = self._every_frame, self._every_step
        if self._renderer is None:
            self._last_observation = Observation(state, None, None, None, end_reason, *clock)
            return self._last_observation
        before = self._last_observation
        if before is None or len(changed) == self._count:
            frames = self._renderer.draw(self._slots, self._batch.step_index, state)
            pictures = frames.camera, frames.segmentation, frames.depth
            self._last_observation = Observation(state, *pictures, end_reason, *clock)
            return self._last_observation
        frames = self._renderer.draw(changed, self._batch.step_index[changed], take(state, changed))
        self._last_observation = Observation(
            state,
            _merged(before.camera, frames.camera, changed),
            _merged(before.segmentation, frames.segmentation, changed),
            _merged(before.depth, frames.depth, changed),
            end_reason,
            *clock,
        )
        return self._last_observation

    def _assign(self, renderer: FrameRenderer, worlds: NDArray[np.int32], conditions: Conditions | None) -> None:
        """Have a renderer's slots look as their worlds' scenarios say, under other conditions if some are given."""
        for world in worlds.tolist():
            scenario = self._scenarios[world]
            if scenario is not None:
                changed = {} if conditions is None else {"conditions": conditions}
                renderer.assign(world, scenario.model_copy(update=changed))

    def _renderers(self) -> list[FrameRenderer]:
        return [*([self._renderer] if self._renderer is not None else []), *self._spectators.values()]

    def _new_renderer(self, camera: CameraConfig, threads: int, segmentation: bool, depth: bool) -> FrameRenderer:
        from wormdrive.envs.embedded.frame_renderer import FrameRenderer  # who wants no pictures does not wait for them

        return FrameRenderer(
            self._batch.roads,
            self._batch.traffic,
            camera,
            segmentation=segmentation,
            depth=depth,
            dt_s=DT_S,
            parameters=self._parameters,
            threads=threads,
        )


def _merged(old: NDArray[Any] | None, new: NDArray[Any] | None, changed: NDArray[np.int32]) -> NDArray[Any] | None:
    if old is None or new is None:
        return None
    merged = old.copy()
    merged[changed] = new
    return merged
