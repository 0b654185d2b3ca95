"""Dynamic objects: how a camera is told of the vehicles, walkers and props of an episode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from wormdrive.carla_server.actors.actors import Actor, Walker, feet_of
from wormdrive.carla_server.actors.figures import colour_of, shape_of
from wormdrive.carla_server.actors.lamps import BEAMS, BRAKE, POSITION
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode

if TYPE_CHECKING:
    from wormdrive.envs.rendering.scene import Cars

__all__ = ["DynamicObjects"]

_PARKING: Final = 0.25
"""How much of a lamp's light parking lamps give."""


class DynamicObjects:
    """All that shows of an episode; vehicles first, whose lamps and shadows matter most where there are too many.

    What does not change while nobody comes or goes is kept.
    """

    def __init__(self, episode: CarlaEpisode) -> None:
        self._episode = episode
        self._ids: list[int] = []
        self._kept: Cars | None = None

    def now(self) -> Cars:
        """Return everything where it is now."""
        from wormdrive.envs.rendering.scene import Cars

        actors = self._episode.actors
        vehicles, walkers = actors.vehicles, actors.walkers
        shown: list[Actor] = [*vehicles, *walkers, *actors.props]
        ids = [actor.id for actor in shown]
        kept = self._kept
        if kept is None or ids != self._ids:
            self._ids, kept = ids, _all_of(shown)
            self._kept = kept
        if not shown:
            return kept
        poses = [(p.x, p.y, p.z, p.heading, p.pitch, p.roll) for p in map(_ground_pose, shown)]
        brakes = np.zeros(len(shown), np.bool_)
        lamps = np.zeros(len(shown), np.float32)
        for k, vehicle in enumerate(vehicles):
            flags = self._episode.lamps_of(vehicle)
            brakes[k] = flags & BRAKE
            # those that work by themselves are always on: the picture dims them as the sun rises
            lamps[k] = 1.0 if vehicle.lamps is None or flags & BEAMS else _PARKING if flags & POSITION else 0.0
        shape = kept.shape
        if walkers:
            shape = shape.copy()
            first = len(vehicles)
            shape[first : first + len(walkers)] = [shape_of(walker) for walker in walkers]
        return Cars(np.array(poses), kept.size, kept.colour, kept.label, kept.actor, brakes, shape, lamps)


def _all_of(shown: Sequence[Actor]) -> Cars:
    """Sizes, colours, classes, ids and shapes."""
    from wormdrive.envs.rendering.scene import Cars

    if not shown:
        return Cars.none()
    return Cars.of(
        np.zeros((len(shown), 6)),
        size=[actor.blueprint.size_m for actor in shown],
        colour=np.array([colour_of(actor) for actor in shown], np.uint8),
        label=np.array([actor.blueprint.tag for actor in shown], np.uint8),
        actor=[actor.id for actor in shown],
        shape=np.array([shape_of(actor) for actor in shown], np.uint8),
    )


def _ground_pose(actor: Actor) -> Pose:
    return feet_of(actor.pose, actor.box) if isinstance(actor, Walker) else actor.pose
