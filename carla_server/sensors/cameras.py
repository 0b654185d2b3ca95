"""Cameras: pictures of the world from any pose, as CARLA encodes them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.actors.actors import Actor
from wormdrive.carla_server.actors.lamps import BEAMS
from wormdrive.carla_server.common.heap import give_back
from wormdrive.carla_server.common.tick import Tick
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.axes import transform_to_carla
from wormdrive.carla_server.protocol.payloads import header
from wormdrive.carla_server.sensors.camera_kinds import (
    CAMERAS,
    drawn_fov_deg,
    eye_of,
    needs,
    place_of,
    sees_noise,
    size_of,
)
from wormdrive.carla_server.sensors.camera_payloads import CameraPayloads, Shot
from wormdrive.carla_server.sensors.dynamic_objects import DynamicObjects
from wormdrive.carla_server.sensors.fixtures import FixtureScenery
from wormdrive.carla_server.world.roadside.hidden_objects import places_of
from wormdrive.carla_server.world.roadside.surroundings import is_built_up, thinned
from wormdrive.envs.seasons.appearance import HEADLIGHTS, NOISE, TRAFFIC_LAMPS
from wormdrive.envs.seasons.conditions import Conditions

if TYPE_CHECKING:
    from wormdrive.envs.rendering.scene import Cars, Look, SceneCamera
    from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainTiles

__all__ = ["CAMERAS", "Cameras"]

_THREADS: Final = min(4, os.cpu_count() or 1)
_PAINT_UNDER_SNOW: Final = 0.3
"""Share of the road under snow from which on crosswalks and stop lines are hidden."""
_BEAM: Final = 1.5
"""Light of a car's own beams at night, as ``HEADLIGHTS`` has it."""
_TRIAL: Final = (32, 24)
"""Size of the picture that is drawn when a camera is spawned."""


@dataclass(eq=False)
class _Rig:
    """Sensors that see the same: of one size and field of view, in one place.

    ``wants``: parts of ``SceneFrames``; ``bgra`` (H, W, 4): their colour picture as it is sent, if that is all they
    want of it.
    """

    wants: frozenset[str]
    camera: SceneCamera
    bgra: NDArray[np.uint8] | None = None
    members: set[int] = field(default_factory=set)
    shots: int = 0


class Cameras:
    """Draws what an episode's cameras see.

    Cameras in the same place with the same lens, such as a colour camera and the depth camera beside it, are drawn at
    once. The noise of a picture depends on how many its camera has taken, so that a script sees the same on every run.
    """

    def __init__(self, episode: CarlaEpisode, conditions: Conditions, seed: int) -> None:
        self._episode = episode
        self._dynamic_objects = DynamicObjects(episode)
        self._fixtures = FixtureScenery(episode)
        self._hidden = episode.world.hidden.numbers
        self._built_up = is_built_up(episode.road_map)
        self._seed = seed
        self._rigs: dict[tuple[object, ...], _Rig] = {}
        self._payloads = CameraPayloads(seed)
        self._land: TerrainTiles | None = None
        self.set_conditions(conditions)

    def set_conditions(self, conditions: Conditions) -> None:
        """Change season and weather."""
        self._conditions = conditions
        self._snow = conditions.season.snow_cover > _PAINT_UNDER_SNOW
        self._looks: dict[tuple[bool, bool | None], Look] = {}

    def prepare(self, sensor: Actor) -> None:
        """Draw a small picture from a new camera, and drop it.

        It loads kernels and art and bakes the land around, which takes longer than all else about a first picture:
        scripts give their first tick no longer than the others.
        """
        first = self._land is None
        with contextlib.closing(self._camera(sensor, needs(sensor) | {"rgb"}, _TRIAL)) as camera:
            self._payloads.rehearse(sensor, self._begin(camera, sensor, self._dynamic_objects.now(), 0)())
        if first:
            give_back()

    def begin(self, sensors: Sequence[Actor], tick: Tick) -> Iterator[tuple[Actor, bytearray]]:
        """Begin the pictures of a tick; returns payloads behind their lengths, of every camera with something to tell.

        Threads draw until the payloads are asked for, and the caller with them from then on; nothing in the world may
        be changed before all of them are.
        """
        cars = self._dynamic_objects.now()
        together: dict[tuple[object, ...], list[Actor]] = {}
        for sensor in sensors:
            together.setdefault(place_of(sensor), []).append(sensor)
        begun = [(members, self._begun(place, members, cars)) for place, members in together.items()]
        return self._payloads_of(begun, tick)

    def _payloads_of(
        self, begun: list[tuple[list[Actor], Callable[[], Shot]]], tick: Tick
    ) -> Iterator[tuple[Actor, bytearray]]:
        for members, finish in begun:
            shot = finish()
            for sensor in members:
                kind, where = CAMERAS[sensor.type_id], transform_to_carla(sensor.pose)
                head = header(kind, tick.frame, tick.time_s, *where)
                payload = self._payloads.payload(sensor, shot, head, tick.time_s)
                if payload is not None:
                    yield sensor, payload

    def forget(self, sensor: Actor) -> None:
        """Drop what is kept of a camera that is gone."""
        self._payloads.forget(sensor)
        for place, rig in tuple(self._rigs.items()):
            rig.members.discard(sensor.id)
            if not rig.members:
                rig.camera.close()
                del self._rigs[place]

    def close(self) -> None:
        """Release threads and memory."""
        for rig in self._rigs.values():
            rig.camera.close()
        self._rigs.clear()

    def _begun(self, place: tuple[object, ...], members: list[Actor], cars: Cars) -> Callable[[], Shot]:
        rig = self._rigs.get(place)
        if rig is None or not all(needs(sensor) <= rig.wants for sensor in members):
            wants, shots = frozenset[str]().union(*map(needs, members)), 0
            if rig is not None:
                wants, shots = wants | rig.wants, rig.shots
                rig.camera.close()
            rig = self._rigs[place] = self._rig(members[0], wants, shots)
        rig.members.update(sensor.id for sensor in members)
        rig.shots += 1
        return self._begin(rig.camera, members[0], cars, rig.shots, rig.bgra)

    def _rig(self, sensor: Actor, wants: frozenset[str], shots: int) -> _Rig:
        width, height = size_of(sensor)
        # cameras without noise are dynamic vision sensors, which compare colours and send none
        bgra = np.zeros((height, width, 4), np.uint8) if "rgb" in wants and sees_noise(sensor) else None
        return _Rig(wants, self._camera(sensor, wants, (width, height)), bgra, shots=shots)

    def _begin(
        self, camera: SceneCamera, sensor: Actor, cars: Cars, number: int, bgra: NDArray[np.uint8] | None = None
    ) -> Callable[[], Shot]:
        cars = self._fixtures.with_those_near(cars, sensor.pose, snow=self._snow)
        finish = camera.begin(eye_of(sensor), self._look(sees_noise(sensor), self._beams()), cars, number, bgra=bgra)
        return lambda: Shot(camera, finish(), cars, bgra)

    def _beams(self) -> bool | None:
        """Whether clients have switched on the beams of a vehicle, or off those of all; None: neither."""
        said = [vehicle.lamps for vehicle in self._episode.actors.vehicles]
        if any(flags is not None and flags & BEAMS for flags in said):
            return True
        return False if said and None not in said else None

    def _look(self, noise: bool, beams: bool | None) -> Look:
        """How the world looks, with the noise of a colour camera or without."""
        from wormdrive.envs.rendering.scene import Look

        hidden = self._episode.world.hidden.numbers
        if hidden is not self._hidden:
            self._hidden = hidden
            self._looks.clear()
        key = noise, beams
        if key not in self._looks:
            look = replace(Look.of(self._conditions, self._seed), left_out=places_of(hidden))
            if beams is not None:  # lamps are as bright as it is dark
                own, lamps = look.appearance[HEADLIGHTS], np.float32(_BEAM) * look.appearance[TRAFFIC_LAMPS]
                look.appearance[HEADLIGHTS] = max(own, lamps) if beams else 0.0
            if self._built_up:
                look = replace(look, appearance=thinned(look.appearance))
            if not noise:
                look.appearance[NOISE] = 0.0
            self._looks[key] = look
        return self._looks[key]

    def _camera(self, sensor: Actor, wants: frozenset[str], size: tuple[int, int]) -> SceneCamera:
        from wormdrive.envs.rendering.scene import SceneCamera
        from wormdrive.envs.rendering.scene.terrain.road_strips import RoadStrips
        from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainTiles

        if self._land is None:
            self._land = TerrainTiles(RoadStrips(self._episode.road_map))
        return SceneCamera(
            self._episode.road_map,
            *size,
            drawn_fov_deg(sensor),
            rgb="rgb" in wants,
            segmentation="segmentation" in wants,
            depth="depth" in wants,
            instance="instance" in wants,
            threads=_THREADS,
            follow_lanes=True,
            terrain=self._land,
        )
