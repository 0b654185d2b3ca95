"""EpisodeDataset: recorded drives as a torch data set of windows, whose frames are drawn when they are asked for."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from wormdrive.envs.common.errors import ArgumentError, EpisodeError, is_whole, require_seed
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.sampler import ConditionsSampler
from wormdrive.training.episode_pictures import EpisodePictures, under

__all__ = ["EpisodeDataset"]

_OPEN: Final = 16
"""Episodes that a process keeps ready to draw from."""


class EpisodeDataset(Dataset[dict[str, Tensor]]):
    """Windows of T frames of recorded drives.

    A window is a function of the files, the arguments, ``epoch`` and its number alone: a ``DataLoader`` brings the same
    bits with any number of workers, forked or spawned. No picture lies on the disk or in memory before it is asked for.

    Parameters
    ----------
    episodes:
        A folder that ``record`` wrote, or several folders and ``.episode`` files.
    window:
        Frames T of a window.
    stride:
        How many frames of the episode lie from one frame of a window to the next.
    hop:
        How many frames lie from the first frame of a window to that of the next window; by default windows lie side by
        side.
    conditions:
        Show the drives under these; with a sampler every window under others, drawn anew in each ``epoch``. None: as
        they were driven.
    seed:
        Decides what a sampler draws.
    segmentation:
        Draw CARLA's class numbers, too.
    transform:
        Called with a window, what it returns takes its place; it must be known by name for spawned workers.

    Attributes
    ----------
    epoch:
        A number to set before each pass over the data, if every pass is to have other conditions.

    Raises
    ------
    ArgumentError
        If a number is not allowed, or no episode is as long as one window.
    EpisodeError
        If there are no episodes, or one is corrupt.

    Examples
    --------
    Windows of 16 frames, each in a season of its own::

        everywhere = wormdrive.ConditionsSampler.named("all-weathers")
        data = wormdrive.EpisodeDataset("runs/summer", window=16, conditions=everywhere)
        loader = torch.utils.data.DataLoader(data, batch_size=8, shuffle=True, num_workers=2)
    """

    def __init__(
        self,
        episodes: str | Path | Sequence[str | Path],
        window: int = 16,
        *,
        stride: int = 1,
        hop: int | None = None,
        conditions: Conditions | ConditionsSampler | None = None,
        seed: int = 0,
        segmentation: bool = False,
        transform: Callable[[dict[str, Tensor]], Any] | None = None,
    ) -> None:
        for name, value in (("window", window), ("stride", stride), ("hop", hop if hop is not None else 1)):
            if not is_whole(value) or value < 1:
                raise ArgumentError(f"{name}={value!r}: allowed is a whole number from 1")
        given = [episodes] if isinstance(episodes, str | Path) else list(episodes)
        self.files = [file for one in map(Path, given) for file in ([one] if one.is_file() else episode_files(one))]
        self.lengths = [len(Episode.load(file)) for file in self.files]
        self.window, self.stride = int(window), int(stride)
        self.hop = int(hop) if hop is not None else self.window * self.stride
        self.conditions, self.seed, self.segmentation = conditions, require_seed(seed), segmentation
        self.transform = transform
        self.epoch = 0
        span = (self.window - 1) * self.stride + 1
        counts = [max(length - span, -1) // self.hop + 1 for length in self.lengths]
        if not sum(counts):
            raise ArgumentError(
                f"window={window}, stride={stride}: takes {span} frames; allowed are up to {max(self.lengths)}, as the "
                "longest episode has"
            )
        self._ends = np.cumsum(counts)
        self._open: OrderedDict[int, EpisodePictures] = OrderedDict()
        self._process = os.getpid()

    def __len__(self) -> int:
        """Return the number of windows."""
        return int(self._ends[-1])

    def __getitem__(self, index: int) -> Any:
        """Return window number ``index``: tensors by name, or what ``transform`` makes of them.

        ``camera`` (T, 3, H, W) uint8, with ``segmentation`` (T, H, W) uint8; float32 (T,): ``target_curvature`` [1/m],
        the label; ``steer``, as commanded; ``speed_mps``, ``yaw_rate_radps``, ``steer_angle_rad``,
        ``lateral_offset_m``, ``heading_error_rad``, ``curvature``; ``intervention`` (T,) bool; ``elapsed_s`` float32,
        the time from one frame to the next; int64 ``episode`` and ``first_frame``.

        Raises
        ------
        IndexError
            If there is no such window.
        EpisodeError
            If the file has become another one since.
        """
        count = len(self)
        if not -count <= index < count:
            raise IndexError(f"window {index}: allowed are 0 to {count - 1}")
        number = int(index) % count
        which = int(np.searchsorted(self._ends, number, side="right"))
        begin = (number - (int(self._ends[which - 1]) if which else 0)) * self.hop
        frames = begin + self.stride * np.arange(self.window)
        pictures = self._pictures(which)
        if isinstance(self.conditions, ConditionsSampler):
            pictures.show_under(self.conditions.sample(self._draw(number)))
        drawn = pictures.draw(frames)
        assert drawn.camera is not None  # noqa: S101  (an episode has a camera)
        episode, state = pictures.episode, pictures.episode.state
        numbers = {
            "target_curvature": episode.target_curvature,
            "steer": episode.command[:, 0],
            "speed_mps": state.speed_mps,
            "yaw_rate_radps": state.yaw_rate_radps,
            "steer_angle_rad": state.steer_angle_rad,
            "lateral_offset_m": state.lateral_offset_m,
            "heading_error_rad": state.heading_error_rad,
            "curvature": state.curvature,
        }
        found = {
            "camera": torch.from_numpy(np.ascontiguousarray(drawn.camera.transpose(0, 3, 1, 2))),
            **{name: torch.from_numpy(values[frames].astype(np.float32)) for name, values in numbers.items()},
            "intervention": torch.from_numpy(episode.intervention[frames]),
            "elapsed_s": torch.tensor(episode.dt_s * self.stride, dtype=torch.float32),
            "episode": torch.tensor(which),
            "first_frame": torch.tensor(begin),
        }
        if drawn.segmentation is not None:
            found["segmentation"] = torch.from_numpy(drawn.segmentation.copy())
        return found if self.transform is None else self.transform(found)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is ready to draw: it belongs to its process."""
        return {**self.__dict__, "_open": OrderedDict()}

    def _draw(self, number: int) -> int:
        return int(np.random.SeedSequence([self.seed, self.epoch, number]).generate_state(1)[0])

    def _pictures(self, which: int) -> EpisodePictures:
        """Return what draws an episode, of those that were used last, or a new one."""
        if os.getpid() != self._process:  # forked: what the other process has open is not ours to use or to close
            self._open, self._process = OrderedDict(), os.getpid()
        if which not in self._open:
            self._open[which] = self._opened(which)
            if len(self._open) > _OPEN:
                self._open.popitem(last=False)[1].close()
        self._open.move_to_end(which)
        return self._open[which]

    def _opened(self, which: int) -> EpisodePictures:
        file = self.files[which]
        episode = Episode.load(file)
        if len(episode) != self.lengths[which]:
            raise EpisodeError(f"{file}: {len(episode)} frames; allowed are the {self.lengths[which]} that it had")
        try:
            shown = under(episode, self.conditions if isinstance(self.conditions, Conditions) else None)
            return EpisodePictures(shown, segmentation=self.segmentation)
        except EpisodeError as error:
            raise EpisodeError(f"{file}: {error}") from error
