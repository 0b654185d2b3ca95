"""EpisodeFrames: an episode's pictures, reduced and held in memory, with what augmentation and the loss need.

A frame of 100 x 39 grey takes 12 KB (float16 image, segmentation), so 20,000 frames take 240 MB; pictures are drawn
once and used many times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario_routes import route_of
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.perception.preprocess import PreprocessConfig, Preprocessor

__all__ = ["EpisodeFrames", "draw_frames"]

_DRAWN = 128
"""Frames drawn at a time."""
_REDUCED = 32
"""Frames reduced at a time: few enough to stay in the cache."""
_USUAL_LANE_M = 3.5


@dataclass(frozen=True)
class EpisodeFrames:
    """T frames of one episode.

    Attributes
    ----------
    images:
        (T, C, h, w) float16 in [0, 1]: eleven bits, so that dim and foggy pictures keep their detail.
    classes:
        (T, h, w) uint8: CARLA's segmentation numbers.
    target:
        (T,) float32: the expert's curvature [1/m].
    offset_m, heading_error_rad, curvature, lane_width_m:
        (T,) float32: where the car stood on its road.
    dt_s:
        Time between frames [s].
    """

    images: Tensor
    classes: Tensor
    target: Tensor
    offset_m: Tensor
    heading_error_rad: Tensor
    curvature: Tensor
    lane_width_m: Tensor
    dt_s: float

    def __len__(self) -> int:
        """Return the number of frames T."""
        return len(self.target)


def draw_frames(
    episodes: Sequence[Episode],
    preprocess: PreprocessConfig,
    *,
    conditions: Conditions | None = None,
    threads: int = 1,
    watch: Callable[[int], None] | None = None,
) -> list[EpisodeFrames]:
    """Draw the frames of episodes and reduce them; in other ``conditions`` than their own when asked.

    ``watch`` is told after every episode how many frames are done.

    Raises
    ------
    EpisodeError
        An episode's camera does not take pictures of the size that ``preprocess`` wants.
    """
    for episode in episodes:
        camera = episode.camera
        if (camera.height, camera.width) != (preprocess.height, preprocess.width):
            raise EpisodeError(
                f"an episode's camera takes {camera.width}x{camera.height} pictures; allowed are "
                f"{preprocess.width}x{preprocess.height}, which the policy sees"
            )
    # All that stays is allocated before the first large picture comes and goes: in between, the heap would tear.
    total = sum(len(episode) for episode in episodes)
    h, w = preprocess.image_height, preprocess.image_width
    images = torch.empty(total, preprocess.channels, h, w, dtype=torch.float16)
    classes = torch.zeros(total, h, w, dtype=torch.uint8)
    found: list[EpisodeFrames] = []
    end = 0
    for episode in episodes:
        begin, end = end, end + len(episode)
        found.append(_empty(episode, images[begin:end], classes[begin:end]))
    reduce = Preprocessor(preprocess).reduce
    pool = ThreadPoolExecutor(threads, "wormdrive-draw")
    done = 0
    try:
        # one episode a thread; that torch would split the small sums of one more finely only costs
        with computing_with(1):
            filled = [
                pool.submit(_fill, *pair, reduce, preprocess, conditions) for pair in zip(episodes, found, strict=True)
            ]
            for episode, future in zip(episodes, filled, strict=True):
                future.result()
                done += len(episode)
                if watch is not None:
                    watch(done)
    finally:
        pool.shutdown(cancel_futures=True)
    return found


def _empty(episode: Episode, images: Tensor, classes: Tensor) -> EpisodeFrames:
    state = episode.state
    return EpisodeFrames(
        images=images,
        classes=classes,
        target=_single(episode.target_curvature),
        offset_m=_single(state.lateral_offset_m),
        heading_error_rad=_single(state.heading_error_rad),
        curvature=_single(state.curvature),
        lane_width_m=_single(_lane_width_m(episode)),
        dt_s=episode.dt_s,
    )


def _fill(
    episode: Episode,
    frames: EpisodeFrames,
    reduce: Callable[[Tensor], Tensor],
    preprocess: PreprocessConfig,
    conditions: Conditions | None,
) -> None:
    for begin in range(0, len(episode), _DRAWN):
        end = min(begin + _DRAWN, len(episode))
        chosen = slice(begin, end)
        drawn = render_episode(episode, conditions, frames=chosen, segmentation=episode.simulator == "embedded")
        for first in range(begin, end, _REDUCED):
            last = min(first + _REDUCED, end)
            frames.images[first:last] = reduce(torch.from_numpy(drawn.camera[first - begin : last - begin]))
        # without segmentation every pixel stays 'unlabelled', and augmentation by class leaves it alone
        if drawn.segmentation is not None:
            frames.classes[begin:end] = torch.from_numpy(_reduce_classes(drawn.segmentation, preprocess))


def _single(array: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(array.astype(np.float32))


def _reduce_classes(classes: NDArray[np.uint8], preprocess: PreprocessConfig) -> NDArray[np.uint8]:
    """Reduce to the class at the middle of each reduced pixel: (M, H, W) -> (M, h, w)."""
    step = preprocess.downsample
    return np.ascontiguousarray(classes[:, preprocess.crop_top * step + step // 2 :: step, step // 2 :: step])


def _lane_width_m(episode: Episode) -> NDArray[np.float64]:
    if episode.simulator != "embedded":
        return np.full(len(episode), _USUAL_LANE_M)
    route = route_of(episode.scenario)
    index = np.clip((episode.state.station_m / route.spacing_m).astype(np.int64), 0, len(route.x) - 1)
    return np.maximum((route.left_m + route.right_m)[index], 1.0)
