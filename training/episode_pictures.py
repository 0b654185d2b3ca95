"""EpisodePictures: what the driver of one recorded drive saw, frame by frame, drawn when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.embedded.episode_renderer import EpisodeRenderer, Frames, render_episode
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions

__all__ = ["EpisodePictures", "under"]

_DRAWN = 64
"""Frames drawn at a time: few enough to stay in the processor's cache."""


def under(episode: Episode, conditions: Conditions | None) -> Episode:
    """Return the same drive in another season or weather; None: as it was.

    Raises
    ------
    EpisodeError
        It was recorded from CARLA, and holds its own frames only.
    """
    if conditions is None:
        return episode
    if episode.simulator != "embedded":
        raise EpisodeError(f"simulator={episode.simulator!r}: such an episode holds its own camera frames only")
    return replace(episode, scenario=episode.scenario.model_copy(update={"conditions": conditions}))


class EpisodePictures:
    """Pictures of one episode, any of its frames in any order; a context manager.

    Parameters
    ----------
    episode:
        The drive; one recorded from CARLA shows the frames that it holds.
    segmentation, depth:
        Draw these, too; not of drives recorded from CARLA.
    threads:
        Threads to draw with; they do not change the result.

    Raises
    ------
    EpisodeError
        The episode does not hold what is asked for.
    """

    def __init__(self, episode: Episode, *, segmentation: bool = False, depth: bool = False, threads: int = 1) -> None:
        self.episode = episode
        self._renderer: EpisodeRenderer | None = None
        if episode.simulator != "embedded":
            render_episode(episode, frames=slice(0), segmentation=segmentation, depth=depth)  # says what it lacks
            return
        self._renderer = EpisodeRenderer(
            [episode.scenario], camera=episode.camera, segmentation=segmentation, depth=depth, threads=threads
        )

    def __enter__(self) -> EpisodePictures:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def show_under(self, conditions: Conditions) -> None:
        """Draw the drive in another season or weather from now on.

        Raises
        ------
        EpisodeError
            It was recorded from CARLA.
        """
        self.episode = under(self.episode, conditions)
        if self._renderer is not None:
            self._renderer.change_conditions(0, conditions)

    def draw(self, index: NDArray[np.integer]) -> Frames:
        """Return the frames of numbers ``index`` (M,): ``camera`` (M, H, W, 3) uint8 RGB, and what else was asked for.

        Raises
        ------
        ArgumentError
            A number is out of range, or what was shown then was taken before the episode's first step.
        """
        if self._renderer is None:
            return render_episode(self.episode, frames=index)
        return self._renderer.draw_shown(0, index, self.episode.state, self.episode.first_step)

    def parts(self) -> Iterator[Frames]:
        """Draw all frames, some at a time."""
        for begin in range(0, len(self.episode), _DRAWN):
            yield self.draw(np.arange(begin, min(begin + _DRAWN, len(self.episode))))

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        if self._renderer is not None:
            self._renderer.close()
