from __future__ import annotations

from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app
from wormdrive.convoy.config import MODELS
from wormdrive.convoy.follower import Follower
from wormdrive.convoy.storage import save_follower
from wormdrive.envs.common.errors import ArgumentError, ConditionsError, DisplayError, ModelError


def watch(*options: str) -> str:
    told = CliRunner().invoke(app, ["convoy", "watch", *options])
    if told.exception is not None:
        raise told.exception
    return told.stdout


@pytest.mark.slow
def test_a_convoy_is_filmed_without_a_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    save_follower(Follower(MODELS["ncp"]), tmp_path / "mine.safetensors")
    film, picture = tmp_path / "films" / "convoy.mp4", tmp_path / "convoy.png"
    assert str(film) in watch(str(tmp_path / "mine.safetensors"), "--film", str(film), "--seconds", "1", "--car", "2")
    assert int(cv2.VideoCapture(str(film)).get(cv2.CAP_PROP_FRAME_COUNT)) == 10 + 10 - 1
    watch("expert", "--film", str(picture), "--seconds", "1", "--cars", "2", "--car", "0")
    assert cv2.imread(str(picture)).shape == (752, 1280, 3)


@pytest.mark.parametrize(
    ("options", "kind", "reason"),
    [
        (["nobody.safetensors"], ModelError, "nobody.safetensors: "),
        (["expert", "--profile", "jerks"], ArgumentError, "profile='jerks'.*constant, sinusoid"),
        (["expert", "--season", "monsoon"], ConditionsError, "season='monsoon'"),
        (["expert", "--cars", "3", "--car", "3"], ArgumentError, "--car=3: allowed are 0, the first, to 2"),
    ],
)
def test_what_is_not_allowed_is_named(
    options: list[str], kind: type[Exception], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with pytest.raises(kind, match=reason):
        watch(*options)


def test_without_a_display_there_is_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(DisplayError, match=r"DISPLAY is not set.*--film"):
        watch("expert")
