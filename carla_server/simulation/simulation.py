"""Simulation: what one server simulates, independent of sockets: maps, episodes, time, weather, sensors."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final

from wormdrive.carla_server.actors.actors import Actor
from wormdrive.carla_server.actors.blueprints import SEASON
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.common.stream_sink import StreamSink
from wormdrive.carla_server.common.tick import Tick
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.payloads import snapshot
from wormdrive.carla_server.protocol.tokens import WORLD_STREAM
from wormdrive.carla_server.protocol.values import Description, Settings
from wormdrive.carla_server.recorder.recorded_simulation import StepObserver
from wormdrive.carla_server.sensors.suite import SensorSuite
from wormdrive.carla_server.simulation.map_catalogue import Catalogue
from wormdrive.carla_server.simulation.state_writer import state_of
from wormdrive.carla_server.world import Collision
from wormdrive.envs.common.errors import WormdriveError
from wormdrive.envs.seasons.conditions import Conditions, Season

__all__ = ["Simulation"]

ASYNCHRONOUS_DT_S: Final = 1.0 / 30.0
"""How far an episode moves on a tick of its own without a fixed delta [s]."""


class Simulation:
    """Everything that calls act on.

    Attributes
    ----------
    episode:
        The one that runs.
    settings, conditions:
        How it runs; season, weather and lens.
    first_conditions:
        Those with which every episode begins.
    frame, time_s, delta_s:
        Of the latest tick; the frame never goes back, the time [s] begins anew with each episode.
    port:
        The streams'.
    recordings:
        What records ticks, or replays into them; None while nothing does.

    Parameters
    ----------
    catalogue:
        The maps; the first one is loaded.
    conditions:
        Season, weather and lens with which every episode begins.
    seed:
        Decides scenery and noise.
    sink:
        Where payloads go.
    """

    def __init__(self, catalogue: Catalogue, conditions: Conditions, seed: int, sink: StreamSink) -> None:
        self.catalogue = catalogue
        self.settings = Settings()
        self.conditions = self.first_conditions = conditions
        self.frame = 0
        self.time_s = 0.0
        self.delta_s = 0.0
        self.gravity = 9.81
        self._seed = seed
        self._episodes = 0
        self._map_changed = False
        self._pictures: tuple[Iterator[tuple[Actor, bytearray]], Tick] | None = None
        self.sink = sink
        self.port = 0
        self.episode = self._new_episode(self.catalogue.first)
        self.sensors = SensorSuite(self.episode, conditions, seed)
        self.recordings: StepObserver | None = None

    @property
    def dt_s(self) -> float:
        """Time from one tick to the next [s]."""
        return self.settings.fixed_delta_seconds or ASYNCHRONOUS_DT_S

    def _new_episode(self, map_name: str) -> CarlaEpisode:
        road_map = self.catalogue.load(map_name)
        self._episodes += 1
        return CarlaEpisode(self._episodes, map_name, road_map, self.conditions, self._seed)

    def trial(self, sink: StreamSink) -> Simulation:
        """Return another simulation of the same maps, to be thrown away after a trial."""
        return Simulation(self.catalogue, self.conditions, self._seed, sink)

    def switch(self, map_name: str, reset_settings: bool) -> None:
        """Begin the next episode: all actors go, the frame goes on, season and weather are those of the beginning."""
        self._pictures = None
        self.conditions = self.first_conditions
        old = self.episode
        self.episode = self._new_episode(map_name)
        self.sensors.close()
        self.sensors = SensorSuite(self.episode, self.conditions, self._seed)
        for sensor in old.actors.sensors:
            self.sink.end(sensor.stream)
        if reset_settings:
            self.settings = Settings()
        self.time_s = 0.0
        self._map_changed = True
        self.step()

    def set_conditions(self, conditions: Conditions) -> None:
        """Change season, weather or lens, in the picture and under the tyres."""
        self.conditions = conditions
        self.episode.world.conditions = conditions
        self.sensors.set_conditions(conditions)

    def set_season(self, name: str) -> None:
        """Change the season, and leave the weather as it is.

        Raises
        ------
        ConditionsError
            There is no such season.
        """
        season: Season = Conditions.preset(name).season
        self.set_conditions(Conditions(season=season, weather=self.conditions.weather, lens=self.conditions.lens))

    def has_stream(self, stream: int) -> bool:
        """Whether there is a stream of that id."""
        return stream == WORLD_STREAM or self.episode.actors.of_stream(stream) is not None

    def spawn(
        self, wanted: Description, pose: Pose, parent: int = 0, attachment: int = 0, *, crowded: bool = False
    ) -> Actor:
        """Spawn an actor and make its sensor ready, or change the season if that is what the blueprint is for.

        Raises
        ------
        RequestError, ArgumentError, ConditionsError
            There can be no such actor, sensor or season; nothing is left of it.
        """
        actor = self.episode.spawn(wanted, pose, parent, attachment, crowded=crowded)
        try:
            self.sensors.prepare(actor, rendering=not self.settings.no_rendering_mode)
            if actor.type_id == SEASON:
                self.set_season(actor.attributes["season"])
        except WormdriveError:
            self.destroy(actor)
            raise
        return actor

    def destroy(self, actor: Actor) -> None:
        """Take an actor out, and close its stream."""
        self.episode.destroy(actor)
        if actor.stream:
            self.sink.end(actor.stream)
            self.sensors.forget(actor)

    def close(self) -> None:
        """Release threads and memory."""
        self.sensors.close()

    def step(self) -> int:
        """Advance by one tick and publish all that it brought; returns the frame."""
        frame = self.advance()
        self.show()
        return frame

    def advance(self) -> int:
        """Advance by one tick and publish all that it brought but pictures; returns the frame."""
        self.show()
        self.delta_s = self.dt_s
        if self.recordings is not None:
            self.recordings.before_step()
        collisions: Sequence[Collision] = self.episode.step(self.delta_s)
        self.frame += 1
        self.time_s += self.delta_s
        tick = self._tick()
        if self.recordings is not None:
            collisions = self.recordings.after_step(tick, collisions)
        cameras = self.sensors.publish(tick, collisions, self.sink)
        if cameras:
            self._pictures = self._begun(cameras, tick), tick
        self.sink.publish(WORLD_STREAM, self.snapshot(), blocking=tick.blocking)
        self._map_changed = False
        return self.frame

    def _begun(self, cameras: Sequence[Actor], tick: Tick) -> Iterator[tuple[Actor, bytearray]]:
        """Begin pictures; what fails does so where they are shown: a tick is none the worse for it."""
        try:
            return self.sensors.begin_pictures(cameras, tick)
        except Exception as error:
            return _failed(error)

    def show(self) -> None:
        """Complete and publish the latest tick's pictures, if that was not done yet.

        Pictures take most of a tick. Whoever answers a client does so between ``advance``, which begins them, and
        ``show``, so that the client has its frame while they are drawn; nothing in the world may be changed between
        the two.
        """
        pictures, self._pictures = self._pictures, None
        if pictures is not None:
            payloads, tick = pictures
            for sensor, payload in payloads:
                self.sink.send(sensor.stream, payload, blocking=tick.blocking)

    def _tick(self) -> Tick:
        return Tick(
            self.frame,
            self.time_s,
            self.delta_s,
            gravity_mps2=self.gravity,
            stream_port=self.port,
            rendering=not self.settings.no_rendering_mode,
            blocking=self.settings.synchronous_mode,
        )

    def snapshot(self) -> bytes:
        """State of the whole world."""
        return snapshot(
            self.frame,
            self.time_s,
            episode=self.episode.number,
            platform_s=time.time(),
            delta_s=self.delta_s,
            map_changed=self._map_changed,
            actors=[state_of(actor, self.episode) for actor in self.episode.actors],
        )


def _failed(error: Exception) -> Iterator[tuple[Actor, bytearray]]:
    raise error
    yield
