"""Actor mapping: which actor plays which one of a recording."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Collection
from typing import Final

from wormdrive.carla_server.actors.actors import Actor, Vehicle, Walker
from wormdrive.carla_server.protocol.values import Description, VehicleControl, WalkerControl
from wormdrive.carla_server.recorder.format import Packet
from wormdrive.carla_server.recorder.interpolation import pose_of
from wormdrive.carla_server.recorder.reader import Frame
from wormdrive.carla_server.recorder.recorded_simulation import RecordedSimulation
from wormdrive.carla_server.recorder.variable import Added
from wormdrive.envs.common.errors import WormdriveError

__all__ = ["ActorMapping", "Ignored"]

_SAME_PLACE_M: Final = 0.1
_HIGHEST_ID: Final = 2**24
"""Ids of a recording up to this one are taken over where they are free."""
_log = logging.getLogger(__name__)


class Ignored:
    """Who is left out of a replay: heroes, the spectator, sensors."""

    def __init__(self, *, heroes: bool, spectator: bool, sensors: bool) -> None:
        self._heroes, self._spectator, self._sensors = heroes, spectator, sensors

    def __contains__(self, added: Added) -> bool:
        return (
            (self._heroes and added.hero)
            or (self._spectator and added.type_id.startswith("spectator"))
            or (self._sensors and added.type_id.startswith("sensor."))
        )


class ActorMapping:
    """Actors of an episode by the ids that they have in a recording.

    Attributes
    ----------
    playing:
        The actors.
    missing:
        How many of which blueprint could not be made.
    """

    def __init__(self, simulation: RecordedSimulation, ignored: Ignored) -> None:
        self.playing: dict[int, Actor] = {}
        self.missing: Counter[str] = Counter()
        self._simulation = simulation
        self._ignored = ignored

    def take(self, frame: Frame) -> None:
        """Let come and go who comes and goes in a frame."""
        parents = {row["actor"].item(): row["parent"].item() for row in frame.table(Packet.PARENTS)}
        for added in frame.added:
            if added not in self._ignored:
                self._enter(added, parents.get(added.actor))
        for number in frame.table(Packet.REMOVED)["actor"].tolist():
            self._leave(number)

    def present(self) -> dict[int, Actor]:
        """Return those that are still there: clients can destroy them."""
        actors = self._simulation.episode.actors
        for number in [number for number, actor in self.playing.items() if actors.get(actor.id) is not actor]:
            del self.playing[number]
        return self.playing

    def release(self) -> None:
        """Let everybody go: vehicles stand, held by physics again, walkers stop."""
        episode = self._simulation.episode
        for actor in self.present().values():
            if isinstance(actor, Vehicle):
                episode.world.set_physics(actor.body, True)
                episode.world.set_velocity(actor.body, (0.0, 0.0, 0.0))
                episode.control(actor, VehicleControl(gear=1))
            elif isinstance(actor, Walker):
                actor.control = WalkerControl(actor.control.direction, 0.0)

    def _enter(self, added: Added, parent: int | None) -> None:
        actor = self._found(added)
        if actor is None:
            holder = None if parent is None else self.present().get(parent)
            try:
                actor = self._made(added, holder)
            except WormdriveError as error:
                if not self.missing[added.type_id]:
                    _log.warning("replaying: %s is left out: %s", added.type_id, error)
                self.missing[added.type_id] += 1
                return
        if isinstance(actor, Vehicle):
            actor.ackermann = None
            self._simulation.episode.world.set_physics(actor.body, False)
        self.playing[added.actor] = actor

    def _found(self, added: Added) -> Actor | None:
        """Actor that is there already: the spectator, lights and signs, and one of the same id and blueprint."""
        episode = self._simulation.episode
        if added.type_id == "spectator":
            return episode.spectator
        if added.type_id.startswith("traffic."):
            place = pose_of(added.location, added.rotation).place
            near: Collection[Actor] = [
                actor
                for actor in episode.actors
                if actor.type_id == added.type_id and math.dist(actor.pose.place, place) < _SAME_PLACE_M
            ]
            return next(iter(near), None)
        actor = episode.actors.get(added.actor)
        return actor if actor is not None and actor.type_id == added.type_id else None

    def _made(self, added: Added, holder: Actor | None) -> Actor:
        simulation = self._simulation
        if added.type_id.startswith("traffic."):
            raise WormdriveError("there is none at its place on this map")
        wanted = Description(added.type_id, {name: value for _, name, value in added.attributes})
        pose = pose_of(added.location, added.rotation)
        if added.actor <= _HIGHEST_ID:
            simulation.episode.actors.begin_at(added.actor)
        return simulation.spawn(wanted, pose, holder.id if holder is not None else 0, crowded=True)

    def _leave(self, number: int) -> None:
        actor = self.present().pop(number, None)
        if actor is None or actor is self._simulation.episode.spectator or actor.blueprint.family == "traffic":
            return
        self._simulation.destroy(actor)
