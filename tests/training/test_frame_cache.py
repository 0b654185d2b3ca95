from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import copy

import numpy as np
import pytest
import torch

from wormdrive.envs.common import cache_folder
from wormdrive.envs.embedded import episode_renderer
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.roads import maps
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.perception.preprocess import PreprocessConfig
from wormdrive.training import frame_cache
from wormdrive.training.collect import collect
from wormdrive.training.frame_cache import FrameCache
from wormdrive.training.frames import EpisodeFrames, draw_frames
from wormdrive.training.progress import Silent

CONFIG = PreprocessConfig()


@pytest.fixture(scope="module")
def episodes() -> list[Episode]:
    nobody = np.zeros(3, np.bool_)
    return collect(
        EmbeddedSimulator(3, camera=None),
        [Scenario(seed=k, route_seed=k) for k in range(3)],
        lambda _seen, target: (target, nobody),
        np.zeros((3, 10)),
        CameraConfig(),
    )


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many frames each call of the renderer drew."""
    counts: list[int] = []
    original = episode_renderer.EpisodeRenderer.draw

    def counting(self: episode_renderer.EpisodeRenderer, which: np.ndarray, *args: object) -> object:
        counts.append(len(which))
        return original(self, which, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(episode_renderer.EpisodeRenderer, "draw", counting)
    return counts


class Phases(Silent):
    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []

    def begin(self, phase: str, total: int, unit: str) -> None:
        self.seen.append((phase, total))


def same(ones: list[EpisodeFrames], others: list[EpisodeFrames]) -> bool:
    names = ("images", "classes", "target", "offset_m", "heading_error_rad", "curvature", "lane_width_m")
    return all(
        torch.equal(getattr(a, name), getattr(b, name)) for a, b in zip(ones, others, strict=True) for name in names
    )


def test_a_second_time_nothing_is_drawn_and_the_bits_are_the_same(
    episodes: list[Episode], drawn: list[int], tmp_path: Path
) -> None:
    without = draw_frames(episodes, CONFIG)
    phases = Phases()
    first = draw_frames(episodes, CONFIG, cache=FrameCache(tmp_path, 1 << 30), progress=phases)
    assert sum(drawn) == 60
    second = draw_frames(episodes, CONFIG, cache=FrameCache(tmp_path, 1 << 30), progress=phases, threads=3, part=" 1")
    assert sum(drawn) == 60
    assert same(first, without)
    assert same(second, without)
    assert phases.seen == [("draw frames", 30), ("read frames 1", 30)]


def test_only_what_is_missing_is_drawn(episodes: list[Episode], drawn: list[int], tmp_path: Path) -> None:
    draw_frames(episodes[1:2], CONFIG, cache=FrameCache(tmp_path, 1 << 30))
    drawn.clear()
    phases = Phases()
    found = draw_frames([*episodes, episodes[1]], CONFIG, cache=FrameCache(tmp_path, 1 << 30), progress=phases)
    assert sum(drawn) == 20
    assert phases.seen == [("read frames", 20), ("draw frames", 20)]
    assert same(found, draw_frames([*episodes, episodes[1]], CONFIG))


def changed_state(episode: Episode) -> Episode:
    x_m = episode.state.x_m.copy()
    x_m[4] = np.nextafter(x_m[4], 1e9)
    return replace(episode, state=replace(episode.state, x_m=x_m))


@pytest.mark.parametrize(
    "change",
    [
        lambda e: replace(e, scenario=e.scenario.model_copy(update={"conditions": Conditions.preset("winter")})),
        lambda e: replace(e, scenario=e.scenario.model_copy(update={"seed": 9})),
        lambda e: replace(e, scenario=e.scenario.model_copy(update={"traffic": 2})),
        lambda e: replace(e, first_step=1),
        lambda e: replace(e, camera=replace(e.camera, pitch_rad=0.05)),
        lambda e: e.part(0, 9),
        changed_state,
    ],
)
def test_another_drive_has_another_key(change, episodes: list[Episode], tmp_path: Path) -> None:
    cache = FrameCache(tmp_path, 1 << 30)
    assert cache.key(change(episodes[0]), CONFIG) != cache.key(episodes[0], CONFIG)
    assert cache.key(replace(episodes[0]), CONFIG) == cache.key(episodes[0], CONFIG)


def test_the_key_knows_what_reduces_and_what_draws(
    episodes: list[Episode], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FrameCache(tmp_path, 1 << 30)
    key = cache.key(episodes[0], CONFIG)
    others = [PreprocessConfig(downsample=1), PreprocessConfig(colour="rgb"), PreprocessConfig(crop_top=3)]
    keys = {cache.key(episodes[0], config) for config in others}
    assert len(keys) == 3
    assert key not in keys
    # normalisation comes after what is kept
    assert cache.key(episodes[0], PreprocessConfig(normalisation="whitening", window=5, floor=0.5)) == key
    monkeypatch.setattr(frame_cache, "_made_by", lambda: "another renderer")
    assert cache.key(episodes[0], CONFIG) != key


def test_a_change_in_the_code_that_draws_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = frame_cache._made_by()
    original = Path.read_bytes
    for name in ("roll.py", "presets.yaml", "country_loop.xodr", "preprocess_kernel.py", "frames.py"):
        seen: list[str] = []

        def changed(path: Path, name: str = name, seen: list[str] = seen) -> bytes:
            content = original(path)
            seen.append(path.name)
            return content + b"#" if path.name == name else content

        monkeypatch.setattr(Path, "read_bytes", changed)
        assert frame_cache._made_by.__wrapped__() != before, name
        assert seen.count(name) == 1
    monkeypatch.setattr(Path, "read_bytes", original)
    assert frame_cache._made_by.__wrapped__() == before


def test_other_conditions_are_drawn_though_the_own_are_kept(
    episodes: list[Episode], drawn: list[int], tmp_path: Path
) -> None:
    winter = Conditions.preset("winter")
    cache = FrameCache(tmp_path, 1 << 30)
    summer = draw_frames(episodes, CONFIG, cache=cache)
    snowy = draw_frames(episodes, CONFIG, cache=cache, conditions=winter)
    assert sum(drawn) == 60
    assert not same(summer, snowy)
    assert same(snowy, draw_frames(episodes, CONFIG, conditions=winter))
    drawn.clear()
    assert same(draw_frames(episodes, CONFIG, cache=cache, conditions=winter), snowy)
    assert not drawn


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty", "another drive's", "folder"])
def test_damaged_files_are_drawn_anew_and_replaced(
    damage: str, episodes: list[Episode], drawn: list[int], tmp_path: Path
) -> None:
    cache = FrameCache(tmp_path, 1 << 30)
    whole = draw_frames(episodes, CONFIG, cache=cache)
    path, other = (tmp_path / f"{cache.key(episode, CONFIG)}.frames" for episode in episodes[:2])
    content = path.read_bytes()
    if damage == "truncated":
        path.write_bytes(content[:-100])
    elif damage == "flipped":
        path.write_bytes(content[:-100] + bytes([content[-100] ^ 1]) + content[-99:])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        short = FrameCache(tmp_path / "short", 1 << 30)
        draw_frames([episodes[0].part(0, 5)], CONFIG, cache=short)
        (found,) = (tmp_path / "short").iterdir()
        copy(found, path)
    drawn.clear()
    assert same(draw_frames(episodes, CONFIG, cache=cache), whole)
    assert sum(drawn) == 10
    if damage != "folder":
        assert path.read_bytes() == content
    assert other.exists()


def test_the_bound_holds(episodes: list[Episode], drawn: list[int], tmp_path: Path) -> None:
    size = 10 * 39 * 100 * 3
    cache = FrameCache(tmp_path, int(2.5 * size))
    draw_frames(episodes, CONFIG, cache=cache)
    kept = list(tmp_path.iterdir())
    assert len(kept) == 2
    assert sum(path.stat().st_size for path in kept) <= 2.5 * size
    nothing = FrameCache(tmp_path / "none", 0)
    draw_frames(episodes, CONFIG, cache=nothing)
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_written_changes_nothing(
    episodes: list[Episode], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cache_folder, "_told", [])
    (tmp_path / "file").touch()
    found = draw_frames(episodes, CONFIG, cache=FrameCache(tmp_path / "file" / "below", 1 << 30))
    assert same(found, draw_frames(episodes, CONFIG))
    assert len(caplog.records) == 1


def test_the_folder_and_the_bound_are_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(cache_folder.CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setenv(cache_folder.FRAMES_VARIABLE, "0.5")
    files = FrameCache()._files
    assert (files.folder, files.max_bytes) == (tmp_path / "frames", 1 << 29)


def test_a_map_file_counts_by_its_content(episodes: list[Episode], tmp_path: Path) -> None:
    cache = FrameCache(tmp_path, 1 << 30)
    keys = []
    for name, addition in (("one.xodr", b""), ("two.xodr", b"<!-- more -->")):
        file = tmp_path / "road.xodr"
        file.write_bytes((Path(maps.__file__).parent / "country_loop.xodr").read_bytes() + addition)
        elsewhere = replace(episodes[0], scenario=episodes[0].scenario.model_copy(update={"map": str(file)}))
        keys.append(cache.key(elsewhere, CONFIG))
        assert name
    assert None not in keys
    assert len({*keys, cache.key(episodes[0], CONFIG)}) == 3
    file.unlink()
    assert cache.key(elsewhere, CONFIG) is None


def test_what_carla_took_is_not_kept_twice(episodes: list[Episode], tmp_path: Path) -> None:
    taken = np.zeros((10, 78, 200, 3), np.uint8)
    assert FrameCache(tmp_path, 1 << 30).key(replace(episodes[0], simulator="carla", frames=taken), CONFIG) is None
