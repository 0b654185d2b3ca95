"""Expert's eyes: pictures for an expert that asks for a camera, whatever else is drawn while it says what to steer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.embedded.episode_renderer import EpisodeRenderer
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["ExpertEyes"]


class ExpertEyes:
    """Shows an expert of N worlds what its own camera sees, a context manager.

    Parameters
    ----------
    wanted:
        The camera that it asks for; ``None`` if it asks for none.
    scenarios:
        What is driven, a scenario a world.
    shown:
        The camera of the simulator's pictures, where it takes any.
    kind:
        Of the simulator: of another than ``embedded`` there are its own pictures alone.
    threads:
        To draw with.

    Raises
    ------
    ArgumentError
        A simulator of another kind takes pictures with another camera.
    """

    def __init__(
        self,
        wanted: CameraConfig | None,
        scenarios: Sequence[Scenario],
        shown: CameraConfig,
        kind: str = "embedded",
        threads: int = 1,
    ) -> None:
        self._wanted, self._shown, self._worlds = wanted, shown, np.arange(len(scenarios))
        self._renderer: EpisodeRenderer | None = None
        if wanted is not None and kind == "embedded":
            self._renderer = EpisodeRenderer(scenarios, camera=wanted, threads=threads)
        elif wanted is not None and wanted != shown:
            raise ArgumentError(f"expert: camera={wanted}: allowed on simulators of kind {kind!r} is theirs, {shown}")

    def __enter__(self) -> ExpertEyes:
        return self

    def __exit__(self, *_: object) -> None:
        if self._renderer is not None:
            self._renderer.close()

    def shown(self, observation: Observation, step: int) -> Observation:
        """Return what the expert is to see after ``step`` steps: the observation as it is if it asked for no camera."""
        if self._renderer is None or (self._wanted == self._shown and observation.camera is not None):
            return observation
        numbers = np.full(len(self._worlds), step)
        return replace(observation, camera=self._renderer.draw(self._worlds, numbers, observation.state).camera)
