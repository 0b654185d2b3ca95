"""Worlds: N flights at once: who is where, what each camera sees, and how each ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.find_target.disturbed_flights import DisturbedFlights
from wormdrive.envs.find_target.dynamics import DT_S, Flight
from wormdrive.envs.find_target.layout import Layout, lay_out
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.season_textures import season_textures
from wormdrive.envs.find_target.site import Site, site_library
from wormdrive.envs.find_target.targets import TARGETS, target_mesh, target_row
from wormdrive.envs.find_target.wood import TRUNK_M, paint_plants
from wormdrive.envs.find_target.wood_camera import CameraView, WoodCamera
from wormdrive.envs.rendering.scene.raster.mesh_raster import CAR_X, CAR_Y, CAR_Z
from wormdrive.envs.rendering.scene.raster.mesh_table import axes_of
from wormdrive.envs.seasons.appearance import appearance
from wormdrive.envs.seasons.conditions import Conditions

__all__ = ["BODY_M", "END_REASONS", "FlightObservation", "FlightWorlds"]

END_REASONS: Final = ("", "found", "collision", "lost", "time_limit")
"""Why a flight ended: within reach of the target and seeing it, a trunk hit, the target out of view for too long, or
time is up. The target itself is lower than anybody flies."""
FOUND, COLLISION, LOST, TIME_LIMIT = range(1, 5)
REACH_M: Final = 2.0
LOST_S: Final = 5.0
SEEN_PIXELS: Final = 2.0
"""How much of the target shows where it counts as in view."""
BODY_M: Final = 0.25


class FlightObservation(NamedTuple):
    """What N flights are like; arrays are the caller's.

    ``camera`` (N, H, W, 3) uint8 and ``segmentation`` (N, H, W) uint8 or ``None``, as disturbances leave them;
    ``target`` (N, 3): the target's middle
    from the camera, ahead, left and up [m]; ``distance_m`` (N,) to its box; ``visible`` (N,) [pixel]; ``end_reason``
    (N,) index into ``END_REASONS``; ``time_s`` (N,).
    """

    camera: NDArray[np.uint8]
    segmentation: NDArray[np.uint8] | None
    target: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    visible: NDArray[np.float64]
    end_reason: NDArray[np.int64]
    time_s: NDArray[np.float64]


class _World(NamedTuple):
    scenario: FlightScenario
    site: Site
    layout: Layout
    view: CameraView


class FlightWorlds:
    """N flights.

    Parameters
    ----------
    count:
        N.
    camera:
        Draws what each sees.
    segmentation:
        Whether to draw classes, too.

    Attributes
    ----------
    steps, end_reason, unseen:
        (N,) steps flown, index into ``END_REASONS``, and for how many steps the target has been out of view.
    """

    def __init__(self, count: int, camera: WoodCamera, *, segmentation: bool = False) -> None:
        self.count, self.camera = count, camera
        self.flight = Flight.at_rest(count)
        self.steps = np.zeros(count, np.int64)
        self.end_reason = np.zeros(count, np.int64)
        self.unseen = np.zeros(count, np.int64)
        self._disturbed = DisturbedFlights()
        self._library = site_library()
        self._worlds: list[_World | None] = [None] * count
        self._rgb = np.zeros((count, camera.height, camera.width, 3), np.uint8)
        self._labels = np.zeros((count, camera.height, camera.width), np.uint8) if segmentation else None
        self._visible = np.zeros(count)

    def scenario(self, n: int) -> FlightScenario:
        """Return what a world flies."""
        return self._world(n).scenario

    def trunks(self, n: int) -> NDArray[np.float64]:
        """Return the places of the trunks in a world, (K, 2) x, y [m]."""
        return self._world(n).layout.wood.trunks

    def reset(
        self, scenarios: Sequence[FlightScenario | None], mask: NDArray[np.bool_] | None = None
    ) -> FlightObservation:
        """Begin flights anew.

        Parameters
        ----------
        scenarios:
            N; those outside of ``mask`` are not looked at.
        mask:
            (N,) which worlds; all by default.
        """
        chosen = range(self.count) if mask is None else np.flatnonzero(mask).tolist()
        for n in chosen:
            scenario = scenarios[n]
            assert scenario is not None  # noqa: S101  (what the mask chooses is given)
            self._begin(n, scenario)
        self._draw(list(chosen))
        self.unseen[list(chosen)] = 0
        return self.observe()

    def step(self, actions: NDArray[np.float64]) -> FlightObservation:
        """Fly for ``DT_S``; flights that have ended stand still."""
        moving = self.end_reason == 0
        self.flight.step(self._disturbed.pushed(np.asarray(actions, np.float64), moving), moving)
        self.steps[moving] += 1
        alive = np.flatnonzero(moving).tolist()
        for n in alive:
            self._move_target(n)
            x, y, _ = self.flight.position[n]
            self.flight.hold_altitude(n, self._world(n).site.height(float(x), float(y)))
        self._draw(alive)
        for n in alive:
            self.end_reason[n] = self._judge(n)
        return self.observe()

    def height_m(self, n: int) -> float:
        """Return how high above the ground a world's camera is [m]."""
        x, y, z = self.flight.position[n].tolist()
        return float(z - self._world(n).site.height(x, y))

    def target_place(self, n: int) -> tuple[float, float]:
        """Return where a world's target is now, x and y [m]."""
        row = self._world(n).view.target[0]
        return float(row[CAR_X]), float(row[CAR_Y])

    def change_conditions(self, n: int, conditions: Conditions, art_seed: int | None = None) -> None:
        """Change season and weather of a world while it is flown in; the next pictures show it.

        ``art_seed`` is that of the pictures' art; the scenario's if there is none.
        """
        self._worlds[n] = self._world(n)._replace(view=self._in_conditions(n, conditions, art_seed))

    def show(
        self, n: int, poses: NDArray[np.float64], steps: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Put a world's camera at some poses, one after the other, and draw what it sees; it stays at the last.

        Parameters
        ----------
        poses:
            (K, 4): x, y, z [m], heading [rad].
        steps:
            (K,): after how many steps, of which noise, what falls and a moving target's place depend.

        Returns
        -------
        Pictures (K, H, W, 3) uint8, and CARLA's classes (K, H, W) uint8.
        """
        views = []
        for pose, step in zip(poses, steps.tolist(), strict=True):
            self.flight.position[n], self.flight.heading[n], self.steps[n] = pose[:3], pose[3], step
            self._move_target(n)
            view = self._view(n)
            views.append(view._replace(target=view.target.copy()))
        rgb = np.zeros((len(views), self.camera.height, self.camera.width, 3), np.uint8)
        labels = np.zeros(rgb.shape[:3], np.uint8)
        self.camera.draw(views, rgb, labels)
        return rgb, labels

    def move_target(self, n: int, x: float, y: float) -> None:
        """Put a world's target, if it is one that stands still, elsewhere [m], turned as it was."""
        world = self._world(n)
        world.view.target[0, [CAR_X, CAR_Y, CAR_Z]] = x, y, world.site.height(x, y)

    def render(self, camera: WoodCamera, *, conditions: Conditions | None = None) -> NDArray[np.uint8]:
        """Draw what each sees by another camera, (N, H, W, 3) uint8; with ``conditions``, as it would look in those."""
        views = [self._view(n) for n in range(self.count)]
        if conditions is not None:
            views = [
                self._in_conditions(n, conditions)._replace(pose=view.pose, frame_seed=view.frame_seed)
                for n, view in enumerate(views)
            ]
        rgb = np.zeros((self.count, camera.height, camera.width, 3), np.uint8)
        camera.draw(views, rgb)
        return rgb

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        self.camera.close()

    def _world(self, n: int) -> _World:
        world = self._worlds[n]
        assert world is not None  # noqa: S101  (worlds are reset before they are flown)
        return world

    def _begin(self, n: int, scenario: FlightScenario) -> None:
        site = self._library.site(scenario.map, scenario.site)
        layout = lay_out(scenario, site)
        season = scenario.conditions.season.name
        look = appearance(scenario.conditions)
        x, y, z, heading = layout.target_pose(site, scenario.target_speed_mps, 0.0)
        target = target_row(scenario.target, scenario.colour, (x, y, z), heading)
        view = CameraView(
            site, self._library.colours(site, season, scenario.art_seed), season_textures(season, scenario.art_seed),
            look, paint_plants(layout.wood, look), target, target_mesh(scenario.target),
            int(TARGETS[scenario.target].label), np.zeros(4), 0,
        )  # fmt: skip
        self._worlds[n] = _World(scenario, site, layout, view)
        self._disturbed.begin(n, scenario)
        self.flight.position[n], self.flight.heading[n] = layout.start[:3], layout.start[3]
        self.flight.rates[n] = 0.0
        self.steps[n] = self.end_reason[n] = 0

    def _in_conditions(self, n: int, conditions: Conditions, art_seed: int | None = None) -> CameraView:
        """Return a world's view as it looks in some conditions."""
        scenario, site, layout, view = self._world(n)
        look, season = appearance(conditions), conditions.season.name
        art = scenario.art_seed if art_seed is None else art_seed
        return view._replace(
            ground=self._library.colours(site, season, art),
            textures=season_textures(season, art),
            appearance=look,
            plants=paint_plants(layout.wood, look),
        )

    def _move_target(self, n: int) -> None:
        world = self._world(n)
        if world.scenario.target_speed_mps > 0.0:
            time_s = float(self.steps[n]) * DT_S
            x, y, z, heading = world.layout.target_pose(world.site, world.scenario.target_speed_mps, time_s)
            world.view.target[0, [CAR_X, CAR_Y, CAR_Z]] = x, y, z
            axes = axes_of(np.array([[x, y, z, heading, 0.0, 0.0]]))
            world.view.target[0, 3:12] = np.concatenate(axes, axis=1)[0]

    def _view(self, n: int) -> CameraView:
        world = self._world(n)
        pose = np.append(self.flight.position[n], self.flight.heading[n])
        seed = (world.scenario.seed * 2_654_435_761 + int(self.steps[n])) & 0xFFFFFFFF
        return world.view._replace(pose=pose, frame_seed=seed)

    def _draw(self, chosen: list[int]) -> None:
        rgb = self._rgb[chosen]
        labels = None if self._labels is None else self._labels[chosen]
        self._visible[chosen] = self.camera.draw([self._view(n) for n in chosen], rgb, labels)
        self._rgb[chosen] = rgb
        if self._labels is not None and labels is not None:
            self._labels[chosen] = labels
        unseen = self._visible[chosen] < SEEN_PIXELS
        self.unseen[chosen] = np.where(unseen, self.unseen[chosen] + 1, 0)

    def _judge(self, n: int) -> int:
        world = self._world(n)
        x, y, _ = self.flight.position[n]
        distance = self._to_target(n)[1]
        trunks = world.layout.wood.trunks
        if len(trunks) and np.hypot(trunks[:, 0] - x, trunks[:, 1] - y).min() < TRUNK_M + BODY_M:
            return COLLISION
        if distance <= REACH_M and self.unseen[n] == 0:
            return FOUND
        if self.unseen[n] * DT_S >= LOST_S - 1e-9:
            return LOST
        return TIME_LIMIT if self.steps[n] * DT_S >= world.scenario.time_limit_s - 1e-9 else 0

    def _to_target(self, n: int) -> tuple[NDArray[np.float64], float]:
        """From the camera to the target's middle, ahead, left and up [m], and the distance to its box [m]."""
        row = self._world(n).view.target[0]
        away = row[:3] - self.flight.position[n]
        length, width, height = row[12:15]
        along, aside, below = (float(away @ row[k : k + 3]) for k in (3, 6, 9))
        out = (
            max(abs(along) - 0.5 * length, 0.0),
            max(abs(aside) - 0.5 * width, 0.0),
            max(-below - height, below, 0.0),
        )
        cos, sin = np.cos(self.flight.heading[n]), np.sin(self.flight.heading[n])
        seen_from = np.array([
            away[0] * cos + away[1] * sin, away[1] * cos - away[0] * sin, away[2] + 0.5 * height
        ])  # fmt: skip
        return seen_from, float(np.sqrt(sum(part * part for part in out)))

    def observe(self) -> FlightObservation:
        """Return what flights are like now; pictures are those of the last reset or step."""
        found = [self._to_target(n) for n in range(self.count)]
        return FlightObservation(
            *self._disturbed.shown(self._rgb, self._labels, self.steps),
            np.array([place for place, _ in found]),
            np.array([distance for _, distance in found]),
            self._visible.copy(),
            self.end_reason.copy(),
            (self.steps * DT_S).astype(np.float64),
        )
