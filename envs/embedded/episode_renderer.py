"""Draw the frames of recorded drives again, bit for bit as the simulator showed them, or under other conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.disturbances.picture_plan import picture_plan
from wormdrive.envs.embedded.frame_renderer import FrameRenderer, Frames
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import VehicleState, take
from wormdrive.envs.simulation.road_table import RoadTable
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import START_M, route_of
from wormdrive.envs.simulation.traffic import Traffic
from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.envs.simulation.vehicle_batch import DT_S

__all__ = ["EpisodeRenderer", "Frames", "render_episode"]


class EpisodeRenderer:
    """Draws any frame of any of some scenarios, in any order.

    A frame is a function of the scenario, its number since the reset (0 is what ``reset`` returned) and the vehicle's
    state then; of the state only ``station_m, x_m, y_m, z_m, heading_rad, speed_mps, yaw_rate_radps`` count. Given the
    scenarios that were driven, the frames have the same bits as the simulator's; with
    ``scenario.model_copy(update={"conditions": other})`` they show the same drive in another season or weather.
    ``draw`` draws what there was to see, ``draw_shown`` what the driver saw of it: late and spoilt frames, if the
    scenario is so disturbed.

    Parameters
    ----------
    scenarios:
        The scenarios; ``draw`` refers to them by index.
    camera, segmentation, depth, threads:
        As for ``EmbeddedSimulator``.
    label_step:
        Side of the squares of pixels for each of which one class is drawn; see ``RoadCamera``.
    find_route:
        Returns the route of a scenario.

    Examples
    --------
    All frames of one recorded drive of T steps, with ``state`` a ``VehicleState`` of arrays (T,)::

        renderer = EpisodeRenderer([scenario])
        frames = renderer.draw(np.zeros(T, np.int32), np.arange(T), state).camera  # (T, H, W, 3) uint8
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        *,
        camera: CameraConfig | None = None,
        segmentation: bool = False,
        depth: bool = False,
        threads: int = 1,
        label_step: int = 1,
        parameters: VehicleParameters | None = None,
        find_route: Callable[[Scenario], Route] = route_of,
    ) -> None:
        roads = RoadTable(len(scenarios))
        traffic = Traffic(len(scenarios))
        self._count = len(scenarios)
        self._scenarios = list(scenarios)
        self._renderer = FrameRenderer(
            roads,
            traffic,
            camera or CameraConfig(),
            segmentation=segmentation,
            depth=depth,
            dt_s=DT_S,
            parameters=parameters or VehicleParameters(),
            threads=threads,
            label_step=label_step,
        )
        routes = [find_route(scenario) for scenario in scenarios]
        roads.assign(dict(enumerate(routes)))
        for slot, (scenario, route) in enumerate(zip(scenarios, routes, strict=True)):
            traffic.assign(slot, scenario, route, START_M)
            self._renderer.assign(slot, scenario)

    def change_conditions(self, which: int, conditions: Conditions) -> None:
        """Draw one of the scenarios in another season or weather from now on.

        Raises
        ------
        ArgumentError
            If there is no such scenario.
        """
        if not 0 <= which < self._count:
            raise ArgumentError(f"which={which!r}: allowed are 0 to {self._count - 1}")
        self._scenarios[which] = self._scenarios[which].model_copy(update={"conditions": conditions})
        self._renderer.assign(which, self._scenarios[which])

    def draw(
        self, which: NDArray[np.integer], step: NDArray[np.integer], state: VehicleState, into: Frames | None = None
    ) -> Frames:
        """Draw M frames.

        Parameters
        ----------
        which:
            (M,) integers: index of the scenario of each frame.
        step:
            (M,) integers: the frame's number since the reset.
        state:
            The vehicle's state in each frame, arrays (M,).
        into:
            Arrays to draw into, of at least M frames, as ``room`` gives them; by default new ones.

        Returns
        -------
        Frames
            ``camera`` (M, H, W, 3) uint8, ``segmentation`` (M, H, W) uint8, ``depth`` (M, H, W) float32 [m].

        Raises
        ------
        ArgumentError
            If an index is out of range, or the arrays' lengths differ.
        """
        slot = np.ascontiguousarray(which, np.int32)
        number = np.ascontiguousarray(step, np.int64)
        if not slot.shape == number.shape == np.shape(state.x_m) or slot.ndim != 1:
            shapes = f"{slot.shape}, {number.shape}, {np.shape(state.x_m)}"
            raise ArgumentError(f"which, step, state: shapes {shapes}; allowed is one length (M,)")
        if len(slot) and not 0 <= int(slot.min()) <= int(slot.max()) < self._count:
            raise ArgumentError(f"which={slot.min()}...{slot.max()}: allowed are 0 to {self._count - 1}")
        return self._renderer.draw(slot, number, state, into)

    def room(self, count: int) -> Frames:
        """Allocate arrays for so many frames, to be drawn into again and again: fresh memory takes time."""
        return self._renderer.room(count)

    def draw_shown(
        self,
        which: int,
        index: NDArray[np.integer],
        state: VehicleState,
        first_step: int = 0,
        into: Frames | None = None,
    ) -> Frames:
        """Draw what the driver was shown at some of a drive's steps: late, spoilt or not at all, if so disturbed.

        Parameters
        ----------
        which:
            Index of the scenario.
        index:
            (M,) integers: of which of the drive's steps.
        state:
            The vehicle's states throughout the drive, arrays (T,).
        first_step:
            The number, since the reset, of the drive's first step.
        into:
            As of ``draw``; used where nothing disturbs.

        Raises
        ------
        ArgumentError
            If an index is out of range, or what is shown was taken before the drive's first step.
        """
        index, count = np.asarray(index, np.int64), len(state.x_m)
        if len(index) and not 0 <= int(index.min()) <= int(index.max()) < count:
            raise ArgumentError(f"index={index.min()}...{index.max()}: allowed are 0 to {count - 1}")
        plan = picture_plan(self._scenarios[which]) if 0 <= which < self._count else None
        if plan is None or not len(index):
            return self.draw(np.full(len(index), which), first_step + index, take(state, index), into)
        step = first_step + index
        schedule = plan.schedule(int(step.max()))
        source, place = np.unique(schedule.source[step], return_inverse=True)
        if source[0] < first_step:
            raise ArgumentError(
                f"first_step={first_step}: allowed is up to {source[0]}, when what is shown at {step.min()} was taken"
            )
        drawn = self.draw(np.full(len(source), which), source, take(state, source - first_step))
        for picture, taken in zip(drawn.camera, source.tolist(), strict=True):
            picture[:] = plan.spoil(picture, taken)
        camera = drawn.camera[place]
        camera[schedule.black[step]] = 0
        segmentation = None if drawn.segmentation is None else drawn.segmentation[place]
        return Frames(camera, segmentation, None if drawn.depth is None else drawn.depth[place])

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        self._renderer.close()


def render_episode(
    episode: Episode,
    conditions: Conditions | None = None,
    *,
    frames: slice | NDArray[np.integer] | None = None,
    segmentation: bool = False,
    depth: bool = False,
    threads: int = 1,
) -> Frames:
    """Return an episode's pictures, or those of some of its ``frames``, a slice or their numbers.

    Stored ones are returned as they are, others drawn again.

    Without ``conditions`` the camera frames have the bits that were seen when the episode was recorded; with them they
    show the same drive in another season or weather.

    Raises
    ------
    EpisodeError
        Something was asked for that an episode recorded from CARLA does not hold; or the episode is a part of a drive
        and begins with a picture that was taken before: ``frames`` chooses from the whole.
    """
    index = np.arange(len(episode))[slice(None) if frames is None else frames]
    if episode.simulator != "embedded":
        if episode.frames is None or conditions is not None or segmentation or depth:
            raise EpisodeError(f"simulator={episode.simulator!r}: such an episode holds its own camera frames only")
        return Frames(episode.frames if frames is None else episode.frames[index], None, None)
    scenario = episode.scenario
    if conditions is not None:
        scenario = scenario.model_copy(update={"conditions": conditions})
    renderer = EpisodeRenderer(
        [scenario], camera=episode.camera, segmentation=segmentation, depth=depth, threads=threads
    )
    try:
        return renderer.draw_shown(0, index, episode.state, episode.first_step)
    except ArgumentError as error:
        raise EpisodeError(f"episode: {error}") from error
    finally:
        renderer.close()
