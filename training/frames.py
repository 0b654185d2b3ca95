"""EpisodeFrames: an episode's pictures, reduced and held in memory, with what augmentation and the loss need.

A frame of 100 x 39 grey takes 12 KB (float16 image, segmentation), so 20,000 frames take 240 MB; pictures are drawn
once and used many times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.envs.embedded.worlds_routes import route_of
from wormdrive.envs.episode import Episode
from wormdrive.envs.errors import EpisodeError
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.perception.preprocess import PreprocessConfig, Preprocessor

__all__ = ["EpisodeFrames", "draw_frames"]

_CHUNK = 256
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
    episode: Episode, preprocess: PreprocessConfig, *, conditions: Conditions | None = None, threads: int = 1
) -> EpisodeFrames:
    """Draw an episode's frames and reduce them; in other ``conditions`` than its own when asked.

    Raises
    ------
    EpisodeError
        The episode's camera does not take pictures of the size that ``preprocess`` wants.
    """
    camera = episode.camera
    if (camera.height, camera.width) != (preprocess.height, preprocess.width):
        raise EpisodeError(
            f"an episode's camera takes {camera.width}x{camera.height} pictures; allowed are "
            f"{preprocess.width}x{preprocess.height}, which the policy sees"
        )
    reduce = Preprocessor(preprocess).reduce
    images, classes = [], []
    for begin in range(0, len(episode), _CHUNK):
        part = episode.part(begin, min(begin + _CHUNK, len(episode)))
        embedded = part.simulator == "embedded"
        frames = part.draw(conditions, segmentation=embedded, threads=threads)
        images.append(reduce(torch.from_numpy(frames.camera)).half())
        # without segmentation every pixel is 'unlabelled' and augmentation by class leaves it alone
        labels = np.zeros(frames.camera.shape[:3], np.uint8) if frames.segmentation is None else frames.segmentation
        classes.append(torch.from_numpy(_reduce_classes(labels, preprocess)))
    state = episode.state
    return EpisodeFrames(
        images=torch.cat(images),
        classes=torch.cat(classes),
        target=_single(episode.target_curvature),
        offset_m=_single(state.lateral_offset_m),
        heading_error_rad=_single(state.heading_error_rad),
        curvature=_single(state.curvature),
        lane_width_m=_single(_lane_width_m(episode)),
        dt_s=episode.dt_s,
    )


def _single(array: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(array.astype(np.float32))


def _reduce_classes(classes: NDArray[np.uint8], preprocess: PreprocessConfig) -> NDArray[np.uint8]:
    """Give each reduced pixel the class at its middle: (M, H, W) -> (M, h, w)."""
    step = preprocess.downsample
    return np.ascontiguousarray(classes[:, preprocess.crop_top * step + step // 2 :: step, step // 2 :: step])


def _lane_width_m(episode: Episode) -> NDArray[np.float64]:
    if episode.simulator != "embedded":
        return np.full(len(episode), _USUAL_LANE_M)
    route = route_of(episode.scenario)
    index = np.clip((episode.state.station_m / route.spacing_m).astype(np.int64), 0, len(route.x) - 1)
    return np.maximum((route.left_m + route.right_m)[index], 1.0)
