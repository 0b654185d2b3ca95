"""DriveLog: drives of the cockpit become episodes to learn from, a person's corrections among them.

Where a person steers, their curvature is the label; where a policy does, the expert's, as in ``training.dagger``. So a
drive in which somebody took over is a round of DAgger with a person as the expert (M. Kelly et al., *HG-DAgger*,
ICRA 2019), and ``train`` reads it like any other.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.expert import Expert
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation, VehicleState
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.vehicle import curvature_for_steer
from wormdrive.scenarios.cockpit.takeover import Steering
from wormdrive.scenarios.folder_lock import locked_folder
from wormdrive.training.recorder import episode_path, next_index

__all__ = ["SHORTEST", "DriveLog"]

SHORTEST: Final = 45
"""Stretches of fewer frames than this are not worth an episode; the longest window of the recipes has 16 frames."""

_STATE: Final = tuple(field.name for field in fields(VehicleState))


class DriveLog:
    """A ``scenarios.cockpit.session.Log`` that writes each drive into a folder.

    An episode has one season and weather. A drive in which they change gives an episode for each stretch in which they
    hold still, counted from the same start, so that its frames can be drawn again bit for bit.

    Parameters
    ----------
    simulator:
        Where the drives take place; of one world.
    folder:
        For the episodes; those that it holds stay.
    human:
        There is nobody but the person: then theirs are the drives that are recorded, and no interventions.
    camera:
        What the frames are, or will be, taken with.

    Attributes
    ----------
    written:
        The episodes' files.
    frames, interventions, left_out:
        How many frames they hold, in how many a person had taken over, and how many frames were left out: those of
        seasons in change, and of stretches shorter than ``SHORTEST``.
    """

    def __init__(self, simulator: Simulator, folder: Path, *, human: bool, camera: CameraConfig | None = None) -> None:
        self.written: list[Path] = []
        self.frames = self.interventions = self.left_out = 0
        self._simulator, self._folder, self._human = simulator, folder, human
        self._camera = camera or CameraConfig()
        if folder.exists():
            with locked_folder(folder):  # refused now rather than when there is a drive to lose
                pass
        self._expert = Expert(simulator, simulator.parameters)
        self._scenario: Scenario | None = None
        self._steps: list[_Step] = []

    def begin(self, scenario: Scenario) -> None:
        """Begin a drive."""
        self._scenario, self._steps = scenario, []

    def note(
        self, observation: Observation, conditions: Conditions, command: NDArray[np.float64], steering: Steering
    ) -> None:
        """Note a step."""
        state = observation.state
        person = curvature_for_steer(np.array([steering.person]), state.speed_mps, self._simulator.parameters)
        frame = None if observation.camera is None else observation.camera[0]
        self._steps.append(
            _Step(
                conditions,
                np.array([getattr(state, name)[0] for name in _STATE]),
                command[0].copy(),
                float(person[0]),
                float(self._expert.curvature(observation)[0]),
                steering,
                None if isinstance(self._simulator.unwrapped, EmbeddedSimulator) else frame,
            )
        )

    def end(self) -> None:
        """Write what the drive gave."""
        scenario, steps = self._scenario, self._steps
        self._steps = []
        if scenario is None or not steps:
            return
        person = _held(steps)
        episodes = []
        for begin, end in _stretches(steps):
            if end - begin < SHORTEST:
                self.left_out += end - begin
            else:
                episodes.append(self._episode(scenario, steps[begin:end], person[begin:end], begin))
        if not episodes:
            return
        with locked_folder(self._folder):
            for index, episode in enumerate(episodes, next_index(self._folder)):
                path = episode_path(self._folder, index)
                episode.save(path)
                self.written.append(path)
                self.frames += len(episode)
                self.interventions += int(episode.intervention.sum())

    def _episode(self, scenario: Scenario, steps: list[_Step], person: NDArray[np.bool_], first: int) -> Episode:
        states = np.stack([step.state for step in steps], axis=1)
        own = np.array([step.person for step in steps])
        expert = np.array([step.expert for step in steps])
        frames = [step.frame for step in steps if step.frame is not None]
        return Episode(
            scenario=scenario.model_copy(update={"conditions": steps[0].conditions}),
            camera=self._camera,
            dt_s=self._simulator.dt_s,
            state=VehicleState(**dict(zip(_STATE, states, strict=True))),
            command=np.stack([step.command for step in steps]),
            target_curvature=np.where(person, own, expert),
            intervention=np.zeros(len(steps), np.bool_) if self._human else person,
            simulator="carla" if frames else "embedded",
            first_step=first,
            frames=np.stack(frames) if frames else None,
        )


@dataclass(frozen=True, eq=False)
class _Step:
    """Curvatures are in [1/m]."""

    conditions: Conditions
    state: NDArray[np.float64]
    command: NDArray[np.float64]
    person: float
    expert: float
    steering: Steering
    frame: NDArray[np.uint8] | None


def _held(steps: list[_Step]) -> NDArray[np.bool_]:
    """Where the person steered (T,): from their first touch to their last, pauses between strokes of a key included.

    The moment after the last touch, in which nobody steers any more, is nobody's advice.
    """
    held = np.array([step.steering.held for step in steps])
    touched = np.array([step.steering.touched for step in steps])
    advice = np.zeros(len(steps), np.bool_)
    later = False
    for k in range(len(steps) - 1, -1, -1):
        later = held[k] and (later or touched[k])
        advice[k] = later
    return advice


def _stretches(steps: list[_Step]) -> list[tuple[int, int]]:
    """Begin and end (exclusive) of each run of steps under the same conditions."""
    edges = [0, *(k for k in range(1, len(steps)) if steps[k].conditions != steps[k - 1].conditions), len(steps)]
    return list(itertools.pairwise(edges))
