from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.sampler import ConditionsSampler
from wormdrive.training import episode_dataset
from wormdrive.training.config import RecordConfig
from wormdrive.training.episode_dataset import EpisodeDataset
from wormdrive.training.recorder import record

EVERYWHERE = ConditionsSampler.named("all-weathers")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three drives: of twenty frames, of ten, of twenty."""
    out = tmp_path_factory.mktemp("recorded") / "episodes"
    record(RecordConfig(episodes=3, length=20, seed=4), out)
    middle = episode_files(out)[1]
    Episode.load(middle).part(5, 15).save(middle)
    return out


def test_windows_lie_in_one_episode_each_and_show_its_frames(recorded: Path) -> None:
    data = EpisodeDataset(recorded, window=4, stride=2, hop=5, segmentation=True)
    found = [data[k] for k in range(len(data))]
    assert [(int(one["episode"]), int(one["first_frame"])) for one in found] == [
        (0, 0), (0, 5), (0, 10), (1, 0), (2, 0), (2, 5), (2, 10),
    ]  # fmt: skip
    for file, one in zip([0, 1, 2], [found[2], found[3], found[4]], strict=True):
        episode = Episode.load(episode_files(recorded)[file])
        frames = int(one["first_frame"]) + 2 * np.arange(4)
        drawn = render_episode(episode, frames=frames, segmentation=True)
        assert drawn.camera is not None
        assert drawn.segmentation is not None
        np.testing.assert_array_equal(one["camera"].numpy().transpose(0, 2, 3, 1), drawn.camera)
        np.testing.assert_array_equal(one["segmentation"], drawn.segmentation)
        np.testing.assert_array_equal(one["target_curvature"], episode.target_curvature[frames].astype(np.float32))
        np.testing.assert_array_equal(one["speed_mps"], episode.state.speed_mps[frames].astype(np.float32))
        assert float(one["elapsed_s"]) == pytest.approx(2 / 30)
    same(data[-1], found[-1])
    with pytest.raises(IndexError, match="window 7: allowed are 0 to 6"):
        _ = data[7]


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> None:
    assert a.keys() == b.keys()
    assert all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_the_same_bits_with_any_number_of_workers(recorded: Path) -> None:
    data = EpisodeDataset(recorded, window=4, conditions=EVERYWHERE, seed=7)

    def batches(**options: Any) -> list[dict[str, Tensor]]:
        order = torch.Generator().manual_seed(0)
        return list(DataLoader(data, batch_size=3, shuffle=True, generator=order, **options))

    alone = batches()
    assert len(alone) == 4
    for options in (
        {"num_workers": 2, "multiprocessing_context": "fork"},
        {"num_workers": 1, "multiprocessing_context": "spawn"},
    ):
        for one, other in zip(alone, batches(**options), strict=True):
            same(one, other)


def test_every_window_and_epoch_has_its_own_conditions(recorded: Path) -> None:
    data = EpisodeDataset(recorded, window=2, conditions=EVERYWHERE, seed=1)
    first = data[0]
    same(first, EpisodeDataset(recorded, window=2, conditions=EVERYWHERE, seed=1)[0])
    _ = data[1]
    same(first, data[0])  # whatever was drawn in between
    same(first, pickle.loads(pickle.dumps(data))[0])
    plain = EpisodeDataset(recorded, window=2)
    data.epoch = 1
    others = [data[0], EpisodeDataset(recorded, window=2, conditions=EVERYWHERE, seed=2)[0], plain[0]]
    for other in others:
        assert not torch.equal(first["camera"], other["camera"])
        assert torch.equal(first["target_curvature"], other["target_curvature"])
    winter = Conditions.preset("winter", "dusk")
    shown = EpisodeDataset(recorded, window=2, conditions=winter)[0]["camera"]
    drawn = render_episode(Episode.load(episode_files(recorded)[0]), winter, frames=slice(2)).camera
    assert drawn is not None
    np.testing.assert_array_equal(shown.numpy().transpose(0, 2, 3, 1), drawn)


def test_few_episodes_are_open_at_once(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(episode_dataset, "_OPEN", 1)
    data = EpisodeDataset(recorded, window=10)
    first = data[0]
    _ = data[4]
    same(first, data[0])


def test_a_transform_takes_the_windows_place(recorded: Path) -> None:
    data = EpisodeDataset(recorded, window=10, transform=lambda one: one["camera"].float().mean())
    assert data[0] == EpisodeDataset(recorded, window=10)[0]["camera"].float().mean()


def test_several_folders_and_files(recorded: Path) -> None:
    first = episode_files(recorded)[0]
    assert len(EpisodeDataset([first, recorded], window=10)) == 2 + 5


def test_what_is_not_allowed(recorded: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="window=0: allowed is a whole number from 1"):
        EpisodeDataset(recorded, window=0)
    with pytest.raises(ArgumentError, match="window=8, stride=3: takes 22 frames; allowed are up to 20"):
        EpisodeDataset(recorded, window=8, stride=3)
    with pytest.raises(EpisodeError, match="no such folder"):
        EpisodeDataset(tmp_path / "none")
    file = tmp_path / "changing.episode"
    episode = Episode.load(episode_files(recorded)[0])
    episode.save(file)
    data = EpisodeDataset(file, window=4)
    episode.part(0, 8).save(file)
    with pytest.raises(EpisodeError, match=r"changing\.episode: 8 frames; allowed are the 20 that it had"):
        _ = data[0]
