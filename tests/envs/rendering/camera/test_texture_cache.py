from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from wormdrive.envs.rendering.camera.texture_cache import ArtArrays, TextureCache
from wormdrive.envs.seasons.art import load_art
from wormdrive.envs.seasons.conditions import SEASONS

WINTER, SUMMER = (np.array([SEASONS.index(name)], np.int32) for name in ("winter", "summer"))


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TextureCache, "_arrays", None)


def season(arrays: ArtArrays, index: int) -> list[bytes]:
    """Bytes of everything that one season has."""
    place = arrays.place[index]
    names = ("ground", "litter", "shadow", "sky", "atlas", "atlas_spans")
    return [getattr(arrays, name)[place].tobytes() for name in names]


@pytest.mark.usefixtures("empty")
def test_a_season_is_read_once_and_shared() -> None:
    assert TextureCache.holding(WINTER) is TextureCache.holding(WINTER)


@pytest.mark.usefixtures("empty")
def test_another_season_leaves_those_that_are_there_as_they_are() -> None:
    alone = TextureCache.holding(WINTER)
    both = TextureCache.holding(np.concatenate([SUMMER, WINTER]))
    assert sorted(both.place.tolist()) == [-1, -1, 0, 1]
    assert both.place[WINTER[0]] == 0
    assert season(both, int(WINTER[0])) == season(alone, int(WINTER[0]))
    assert season(both, int(SUMMER[0])) != season(both, int(WINTER[0]))
    summer = load_art("summer")
    np.testing.assert_array_equal(both.atlas[1], summer.atlas)
    np.testing.assert_array_equal(both.ground[1, :-1], summer.ground)
    assert TextureCache.holding(WINTER) is both


@pytest.mark.slow
def test_art_that_was_baked_before_is_read_without_opencv() -> None:
    load_art("summer")
    code = (
        "import sys, numpy; from wormdrive.envs.rendering.camera.texture_cache import TextureCache;"
        f"TextureCache.holding(numpy.array([{int(SUMMER[0])}], numpy.int32)); print('cv2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
