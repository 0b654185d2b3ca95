"""EpisodeFrames: an episode's pictures, reduced and held in memory, with what augmentation and the loss need.

A frame of 100 x 39 grey takes 12 KB (float16 image, segmentation), so 20,000 frames take 240 MB; pictures are drawn
once and used many times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.embedded.episode_renderer import EpisodeRenderer, render_episode
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario_routes import route_of
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.perception.preprocess import PreprocessConfig, Preprocessor
from wormdrive.training.frame_cache import DrawnFrames, FrameCache
from wormdrive.training.progress import Progress, Silent

__all__ = ["EpisodeFrames", "draw_frames", "frames_of"]

_DRAWN = 64
"""Frames drawn, then reduced at a time: few enough to stay in the cache."""
_GROUPED = 512
"""Frames from which on a group of episodes is large enough for one renderer."""
_USUAL_LANE_M = 3.5

_Done = TypeVar("_Done")


@dataclass(frozen=True)
class EpisodeFrames:
    """T frames of one episode.

    Attributes
    ----------
    images:
        (T, C, h, w) float16 in [0, 1]: eleven bits, so that dim and foggy pictures keep their detail. Of policies that
        are told the road's state instead, (T, 3) float32.
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
    cache: FrameCache | None = None,
    progress: Progress | None = None,
    part: str = "",
) -> list[EpisodeFrames]:
    """Draw the frames of episodes and reduce them; in other ``conditions`` than their own when asked.

    Frames that ``cache`` holds are read from it, those that it lacks are drawn and kept in it; the bits are the same.
    ``progress`` is told of a phase for each, ``read frames`` and ``draw frames``, followed by ``part``.

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
    lane_width_m = torch.empty(total, dtype=torch.float32)
    pictures: list[_Pictures] = []
    end = 0
    for episode in episodes:
        begin, end = end, end + len(episode)
        shown = episode if conditions is None else _under(episode, conditions)
        key = cache.key(shown, preprocess) if cache is not None else None
        pictures.append(_Pictures(shown, images[begin:end], classes[begin:end], lane_width_m[begin:end], key))
    pool = ThreadPoolExecutor(threads, "wormdrive-draw")
    crew = _Crew(pool, Preprocessor(preprocess), cache, progress or Silent())
    try:
        # some episodes a thread; that torch would split the small sums of one more finely only costs
        with computing_with(1):
            crew.draw(crew.read(pictures, f"read frames{part}"), f"draw frames{part}")
    finally:
        pool.shutdown(cancel_futures=True)
    return [frames_of(one.episode, one.images, one.classes, one.lane_width_m) for one in pictures]


def frames_of(episode: Episode, images: Tensor, classes: Tensor, lane_width_m: Tensor | None = None) -> EpisodeFrames:
    """Join what is shown of an episode with what it holds; ``lane_width_m`` (T,) is looked up if it is not given."""
    state = episode.state
    return EpisodeFrames(
        images=images,
        classes=classes,
        target=_single(episode.target_curvature),
        offset_m=_single(state.lateral_offset_m),
        heading_error_rad=_single(state.heading_error_rad),
        curvature=_single(state.curvature),
        lane_width_m=_single(_lane_width_m(episode)) if lane_width_m is None else lane_width_m,
        dt_s=episode.dt_s,
    )


class _Pictures(NamedTuple):
    """An episode, where its frames go, and their key in the cache, if they may be there; see ``EpisodeFrames``."""

    episode: Episode
    images: Tensor
    classes: Tensor
    lane_width_m: Tensor
    key: str | None

    @property
    def drawn(self) -> DrawnFrames:
        """The tensors' memory, as the cache knows it."""
        return DrawnFrames(self.images.numpy(), self.classes.numpy(), self.lane_width_m.numpy())


def _under(episode: Episode, conditions: Conditions) -> Episode:
    """Return the same drive in another season or weather."""
    if episode.simulator != "embedded":
        raise EpisodeError(f"simulator={episode.simulator!r}: such an episode holds its own camera frames only")
    return replace(episode, scenario=episode.scenario.model_copy(update={"conditions": conditions}))


class _Crew(NamedTuple):
    """Threads that fill pictures, and what they need."""

    pool: ThreadPoolExecutor
    preprocessor: Preprocessor
    cache: FrameCache | None
    progress: Progress

    def read(self, pictures: Sequence[_Pictures], phase: str) -> list[_Pictures]:
        """Read what the cache holds; return what has to be drawn."""
        cache = self.cache
        held = [one for one in pictures if cache is not None and one.key is not None and cache.holds(one.key)]
        if cache is None or not held:
            return list(pictures)
        read = self._watched(
            phase, [[one] for one in held], lambda group: cache.read(str(group[0].key), group[0].drawn)
        )
        failed = {one.episode for one, done in zip(held, read, strict=True) if not done}
        found = {one.episode for one in held} - failed  # an episode is equal to itself alone
        return [one for one in pictures if one.episode not in found]

    def draw(self, pictures: Sequence[_Pictures], phase: str) -> None:
        """Draw pictures, and keep them in the cache."""
        if pictures:
            self._watched(phase, list(_groups(pictures)), self._draw)

    def _watched(
        self, phase: str, groups: list[list[_Pictures]], work: Callable[[list[_Pictures]], _Done]
    ) -> list[_Done]:
        self.progress.begin(phase, sum(len(one.episode) for group in groups for one in group), "frames")
        futures = [self.pool.submit(work, group) for group in groups]
        results, done = [], 0
        for group, future in zip(groups, futures, strict=True):
            results.append(future.result())
            done += sum(len(one.episode) for one in group)
            self.progress.advance(done)
        return results

    def _draw(self, group: list[_Pictures]) -> None:
        _draw(group, self.preprocessor)
        for one in group:
            one.lane_width_m.copy_(_single(_lane_width_m(one.episode)))
            if self.cache is not None and one.key is not None:
                self.cache.write(one.key, one.drawn)


def _groups(pictures: Sequence[_Pictures]) -> Iterator[list[_Pictures]]:
    """Group neighbours of one kind, that one renderer draws with one set of buffers."""
    group: list[_Pictures] = []
    for one in pictures:
        if group and (
            sum(len(other.episode) for other in group) >= _GROUPED
            or (one.episode.simulator, one.episode.camera) != (group[0].episode.simulator, group[0].episode.camera)
        ):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _draw(group: Sequence[_Pictures], preprocessor: Preprocessor) -> None:
    """Draw, or take over, the pictures of a group of episodes, and reduce them."""
    if group[0].episode.simulator != "embedded":
        for one in group:
            taken = render_episode(one.episode).camera
            for part in _parts(len(taken)):
                one.images[part] = preprocessor.reduce(torch.from_numpy(taken[part]))
        # without segmentation every pixel stays 'unlabelled', and augmentation by class leaves it alone
        return
    renderer = EpisodeRenderer(
        [one.episode.scenario for one in group],
        camera=group[0].episode.camera,
        segmentation=True,
        label_step=preprocessor.config.downsample,
    )
    try:
        room = renderer.room(_DRAWN)
        for which, one in enumerate(group):
            for part in _parts(len(one.episode)):
                index = np.arange(part.start, part.stop)
                drawn = renderer.draw_shown(which, index, one.episode.state, one.episode.first_step, room)
                one.images[part] = preprocessor.reduce(torch.from_numpy(drawn.camera))
                assert drawn.segmentation is not None  # noqa: S101  (asked for above)
                one.classes[part] = torch.from_numpy(drawn.segmentation[:, preprocessor.config.crop_top :])
    finally:
        renderer.close()


def _parts(count: int) -> list[slice]:
    return [slice(begin, min(begin + _DRAWN, count)) for begin in range(0, count, _DRAWN)]


def _single(array: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(array.astype(np.float32))


def _lane_width_m(episode: Episode) -> NDArray[np.float64]:
    if episode.simulator != "embedded":
        return np.full(len(episode), _USUAL_LANE_M)
    route = route_of(episode.scenario)
    index = np.clip((episode.state.station_m / route.spacing_m).astype(np.int64), 0, len(route.x) - 1)
    return np.maximum((route.left_m + route.right_m)[index], 1.0)
