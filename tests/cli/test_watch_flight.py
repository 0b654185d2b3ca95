from __future__ import annotations

from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError, ConditionsError, DisplayError, ModelError
from wormdrive.find_target.policy import FlightPolicy, save_flight_policy


def watch(*options: str) -> str:
    told = CliRunner().invoke(app, ["find-target", "watch", *options])
    if told.exception is not None:
        raise told.exception
    return told.stdout


@pytest.mark.slow
def test_a_flight_is_filmed_without_a_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    save_flight_policy(FlightPolicy("ncp"), tmp_path / "policy")
    film, picture = tmp_path / "films" / "flight.mp4", tmp_path / "flight.png"
    assert str(film) in watch(str(tmp_path / "policy"), "--film", str(film), "--time-limit", "0.5")
    assert int(cv2.VideoCapture(str(film)).get(cv2.CAP_PROP_FRAME_COUNT)) == 5 + 10 - 1
    watch("expert", "--film", str(picture), "--time-limit", "0.5", "--season", "winter")
    assert cv2.imread(str(picture)).shape == (752, 1280, 3)
    with pytest.raises(ArgumentError, match=r"flight.png: exists"):
        watch("expert", "--film", str(picture))


@pytest.mark.parametrize(
    ("options", "kind", "reason"),
    [
        (["nobody"], ModelError, "nobody/config.json: cannot be read"),
        (["expert", "--colour", "pink"], ArgumentError, "colour='pink'.*red, blue, yellow, white"),
        (["expert", "--season", "monsoon"], (ArgumentError, ConditionsError), "season='monsoon'"),
        (["expert", "--distance", "500"], ArgumentError, "distance"),
    ],
)
def test_what_is_not_allowed_is_named(
    options: list[str], kind: type[Exception], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with pytest.raises(kind, match=reason):
        watch(*options)


def test_films_are_mp4_or_png(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"flight.gif: allowed is a name that ends in .mp4 or .png"):
        watch("expert", "--film", str(tmp_path / "flight.gif"))


def test_without_a_display_there_is_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(DisplayError, match=r"DISPLAY is not set.*--film"):
        watch("expert")
