"""Frame renderer: draws any frame of any scenario, from nothing but the scenario, its number and the vehicle's state.

The simulator draws through it while an episode runs, and the episode renderer when it is read again: that both show the
same bits needs no proof.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.appearance_table import AppearanceTable, frame_seeds
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.rendering.camera.views import Views
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.disturbances import Mount
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.envs.simulation.road_table import RoadTable
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.traffic import OtherCars
from wormdrive.envs.simulation.vehicle import VehicleParameters

__all__ = ["FrameRenderer", "Frames"]


@dataclass(frozen=True, eq=False)
class Frames:
    """What M views show; see ``Observation`` for the arrays.

    Where the renderer's ``label_step`` is not 1, ``segmentation`` is (M, H / label_step, W / label_step).
    """

    camera: NDArray[np.uint8]
    segmentation: NDArray[np.uint8] | None
    depth: NDArray[np.float32] | None


class FrameRenderer:
    """Scenarios by slot, and a camera.

    Parameters
    ----------
    roads:
        Where the routes of the slots lie; the caller assigns them.
    traffic:
        The other cars of the slots; the caller assigns them.
    camera, segmentation, depth:
        What to draw.
    label_step:
        Side of the squares of pixels for each of which one class is drawn; see ``RoadCamera``.
    dt_s:
        Time from one step to the next [s].
    threads:
        How many draw at once.
    """

    def __init__(
        self,
        roads: RoadTable,
        traffic: OtherCars,
        camera: CameraConfig,
        *,
        segmentation: bool,
        depth: bool,
        dt_s: float,
        parameters: VehicleParameters,
        threads: int,
        label_step: int = 1,
    ) -> None:
        self._roads = roads
        self._traffic = traffic
        self._config = camera
        self._segmentation = segmentation
        self._depth = depth
        self._dt_s = dt_s
        self._roll = parameters.roll_rad_per_mps2
        self._appearance_table = AppearanceTable(len(roads.routes))
        self._label_step = label_step
        self._camera = RoadCamera(camera, threads=threads, label_step=label_step)
        self._mounts: dict[int, Mount] = {}

    def assign(self, slot: int, scenario: Scenario) -> None:
        """Have a slot look as its scenario says."""
        self._appearance_table.assign(slot, scenario)
        mount = scenario.disturbances.mount
        self._mounts.pop(slot, None)
        if mount is not None:
            self._mounts[slot] = mount

    def draw(
        self, slot: NDArray[np.int32], step: NDArray[np.int64], state: VehicleState, into: Frames | None = None
    ) -> Frames:
        """Draw M frames: frame number ``step`` (M,) of the scenarios in ``slot`` (M,), with states (M,).

        ``into``: arrays to draw into, of at least M frames, such as an earlier call returned; by default new ones.
        """
        into = self.room(len(slot)) if into is None else into
        count = len(slot)
        rgb = into.camera[:count]
        segmentation = None if into.segmentation is None else into.segmentation[:count]
        depth = None if into.depth is None else into.depth[:count]
        views = self._views(slot, step, state)
        self._camera.render(self._roads, views, rgb=rgb, segmentation=segmentation, depth=depth)
        return Frames(rgb, segmentation, depth)

    def room(self, count: int) -> Frames:
        """Allocate arrays for so many frames."""
        height, width, side = self._config.height, self._config.width, self._label_step
        return Frames(
            np.empty((count, height, width, 3), np.uint8),
            np.empty((count, height // side, width // side), np.uint8) if self._segmentation else None,
            np.empty((count, height, width), np.float32) if self._depth else None,
        )

    def close(self) -> None:
        """End the threads."""
        self._camera.close()

    def _views(self, slot: NDArray[np.int32], step: NDArray[np.int64], state: VehicleState) -> Views:
        pose = np.zeros((len(slot), 6))
        pose[:, 0] = state.x_m
        pose[:, 1] = state.y_m
        pose[:, 2] = state.z_m
        pose[:, 3] = state.heading_rad
        # The body leans out of a bend with the centripetal acceleration: nothing to remember from frame to frame.
        pose[:, 5] = self._roll * state.speed_mps * state.yaw_rate_radps
        for m in np.flatnonzero(np.isin(slot, list(self._mounts))) if self._mounts else ():
            mount = self._mounts[int(slot[m])]
            if step[m] >= round(mount.at_s / self._dt_s):
                _knock(pose[m], self._config, mount)
        cars, car_count = self._traffic.cars(slot, step, self._dt_s)
        table = self._appearance_table
        return Views(
            slot=slot,
            pose=pose,
            station_m=np.asarray(state.station_m, np.float64),
            appearance=table.rows(slot, state.station_m),
            art=table.art[slot],
            scenery_seed=table.scenery_seed[slot],
            frame_seed=frame_seeds(table.seed[slot], step),
            cars=cars,
            car_count=car_count,
        )


def _knock(pose: NDArray[np.float64], camera: CameraConfig, mount: Mount) -> None:
    """Move and turn the body (6,), such that the camera on it sits and looks as after a knock.

    A camera keeps its place when it is turned, while a body turns about its own middle: hence the step aside.
    """
    heading, turned = pose[3], pose[3] + math.radians(mount.yaw_deg)
    for angle, sign in ((heading, 1.0), (turned, -1.0)):
        pose[0] += sign * (camera.x_m * math.cos(angle) - camera.y_m * math.sin(angle))
        pose[1] += sign * (camera.x_m * math.sin(angle) + camera.y_m * math.cos(angle))
    pose[2] += mount.height_m
    pose[3] = turned
    pose[4] += math.radians(mount.pitch_deg)
    pose[5] += math.radians(mount.roll_deg)
