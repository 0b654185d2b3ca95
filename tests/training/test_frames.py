from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.semantic_labels import SemanticLabel
from wormdrive.perception.preprocess import PreprocessConfig, Preprocessor
from wormdrive.training.collect import collect
from wormdrive.training.frames import draw_frames
from wormdrive.training.progress import Silent


@pytest.fixture(scope="module")
def episodes() -> list[Episode]:
    nobody = np.zeros(2, np.bool_)
    return collect(
        EmbeddedSimulator(2, camera=None),
        [Scenario(seed=5, route_seed=7), Scenario(seed=6, route_seed=8)],
        lambda _seen, target: (target, nobody),
        np.zeros((2, 12)),
        CameraConfig(),
    )


@pytest.mark.parametrize("crop_top", [0, 5])
@pytest.mark.parametrize("downsample", [1, 2])
def test_frames_are_the_pictures_reduced_and_the_classes_at_their_pixels_middles(
    episodes: list[Episode], downsample: int, crop_top: int
) -> None:
    config = PreprocessConfig(downsample=downsample, crop_top=crop_top)
    for episode, frames in zip(episodes, draw_frames(episodes, config, threads=2), strict=True):
        drawn = render_episode(episode, segmentation=True)
        reduced = Preprocessor(config).reduce(torch.from_numpy(drawn.camera))
        assert torch.equal(frames.images, reduced.half())
        assert drawn.segmentation is not None
        middle = downsample // 2
        rows = crop_top * downsample + middle + downsample * np.arange(config.image_height)
        columns = middle + downsample * np.arange(config.image_width)
        np.testing.assert_array_equal(frames.classes.numpy(), drawn.segmentation[:, rows][:, :, columns])
        assert {SemanticLabel.ROADS, SemanticLabel.TERRAIN} <= set(frames.classes.unique().tolist())


def test_labels_and_places_are_the_episodes(episodes: list[Episode]) -> None:
    for episode, frames in zip(episodes, draw_frames(episodes, PreprocessConfig()), strict=True):
        assert len(frames) == len(episode) == 12
        np.testing.assert_allclose(frames.target, episode.target_curvature, rtol=1e-6)
        np.testing.assert_allclose(frames.offset_m, episode.state.lateral_offset_m, rtol=1e-6)
        np.testing.assert_allclose(frames.heading_error_rad, episode.state.heading_error_rad, rtol=1e-6)
        np.testing.assert_allclose(frames.curvature, episode.state.curvature, rtol=1e-6, atol=1e-9)
        assert frames.lane_width_m.tolist() == pytest.approx([3.5] * 12)  # country_loop's
        assert frames.dt_s == 1 / 30


def test_other_conditions_are_drawn_when_asked(episodes: list[Episode]) -> None:
    winter = Conditions.preset("winter")
    (frames,) = draw_frames(episodes[:1], PreprocessConfig(), conditions=winter)
    reduced = Preprocessor(PreprocessConfig()).reduce(torch.from_numpy(render_episode(episodes[0], winter).camera))
    assert torch.equal(frames.images, reduced.half())


def test_what_carla_took_is_kept_and_has_no_classes(episodes: list[Episode]) -> None:
    taken = np.random.default_rng(0).integers(0, 256, (12, 78, 200, 3), np.uint8)
    (frames,) = draw_frames([replace(episodes[0], simulator="carla", frames=taken)], PreprocessConfig())
    assert torch.equal(frames.images, Preprocessor(PreprocessConfig()).reduce(torch.from_numpy(taken)).half())
    assert not frames.classes.any()


def test_pictures_of_another_size_are_refused(episodes: list[Episode]) -> None:
    with pytest.raises(EpisodeError, match="200x78 pictures; allowed are 100x39, which the policy sees"):
        draw_frames(episodes, PreprocessConfig(width=100, height=39, downsample=1))


def test_a_drive_drawn_among_many_has_the_bits_of_one_drawn_alone(episodes: list[Episode]) -> None:
    taken = np.random.default_rng(0).integers(0, 256, (12, 78, 200, 3), np.uint8)
    among = [*episodes, replace(episodes[0], simulator="carla", frames=taken), *episodes * 30, episodes[1].part(3, 9)]
    many = draw_frames(among, PreprocessConfig(), threads=3)
    for episode, frames in zip(among, many, strict=True):
        (alone,) = draw_frames([episode], PreprocessConfig())
        assert torch.equal(frames.images, alone.images)
        assert torch.equal(frames.classes, alone.classes)
        assert torch.equal(frames.lane_width_m, alone.lane_width_m)
    assert torch.equal(many[-1].images, many[1].images[3:9])


def test_watchers_see_frames_done_grow_to_all(episodes: list[Episode]) -> None:
    told: list[int] = []

    class Watcher(Silent):
        def advance(self, done: int, **figures: float) -> None:
            told.append(done)

    draw_frames(episodes * 50, PreprocessConfig(), threads=2, progress=Watcher())
    assert told == sorted(set(told))
    assert len(told) > 1
    assert told[-1] == 50 * 24
