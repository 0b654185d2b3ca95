"""What recorder and replayer need of a simulation, and what it calls them for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wormdrive.carla_server.actors.actors import Actor
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.common.tick import Tick
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description
from wormdrive.carla_server.world import Collision

__all__ = ["RecordedSimulation", "StepObserver"]


class StepObserver(Protocol):
    """Who is called around every step of the world."""

    def before_step(self) -> None:
        """Do what has to be done before the world steps."""

    def after_step(self, tick: Tick, collisions: Sequence[Collision]) -> Sequence[Collision]:
        """Do what has to be done after a step; returns all collisions of it."""


class RecordedSimulation(Protocol):
    """A simulation that is recorded, or replayed into.

    Attributes
    ----------
    recordings:
        Whom it calls around every step; None for nobody.
    """

    recordings: StepObserver | None

    @property
    def episode(self) -> CarlaEpisode:
        """The episode that runs."""

    def spawn(
        self, wanted: Description, pose: Pose, parent: int = 0, attachment: int = 0, *, crowded: bool = False
    ) -> Actor:
        """Put an actor into the episode, and make its sensor ready."""

    def destroy(self, actor: Actor) -> None:
        """Take an actor out, and close its stream."""
