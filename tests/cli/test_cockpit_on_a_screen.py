"""The cockpit on an X screen, virtual but otherwise real: keys from the X server, pixels from its root window."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from wormdrive.envs.viewer.drawing.layout import arrange

TOOLS = ("Xvfb", "xdotool", "import")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
PATIENCE_S = 120.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (xvfb, xdotool, imagemagick)"),
]


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """An environment with a display of the usual window's size."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x752x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as told:
        number = told.readline().strip()
    environment = {name: value for name, value in os.environ.items() if name != "SDL_VIDEODRIVER"}
    yield environment | {"DISPLAY": f":{number}"}
    server.terminate()
    server.wait(30)


def test_watch_change_the_season_take_over_film_and_quit(screen: dict[str, str], tmp_path: Path) -> None:
    films = tmp_path / "films"
    command = [sys.executable, "-m", "wormdrive", "drive", "ncp", "--view", "--length", "2000", "--films", str(films)]
    cockpit = subprocess.Popen(command, env=screen, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        wait_for(lambda: picture(screen, tmp_path).std() > 30.0, "the window")
        summer = road(picture(screen, tmp_path))
        key(screen, "key", "3")
        wait_for(lambda: road(picture(screen, tmp_path)).mean() > summer.mean() + 15.0, "snow")
        key(screen, "keydown", "Left")
        wait_for(lambda: orange(picture(screen, tmp_path)) > 30, "the mark of a take-over")
        key(screen, "keyup", "Left")
        key(screen, "key", "v")
        time.sleep(1.0)
        key(screen, "key", "q")
        said, _ = cockpit.communicate(timeout=PATIENCE_S)
    finally:
        cockpit.kill()
    assert cockpit.returncode == 0
    assert said.startswith("ncp ")
    assert "winter" in said
    assert "of the time by hand" in said
    assert [film.name for film in films.iterdir()] == ["drive-001.mp4"]


def picture(screen: dict[str, str], folder: Path) -> np.ndarray:
    file = folder / "screen.png"
    subprocess.run(["import", "-window", "root", str(file)], env=screen, check=True, timeout=60)
    found = cv2.imread(str(file))
    assert found is not None
    return found[..., ::-1].astype(int)


def road(screen: np.ndarray) -> np.ndarray:
    box = arrange(screen.shape[1], screen.shape[0]).road
    return screen[box.y + 250 : box.y + 390, box.x : box.x + box.width]


def orange(screen: np.ndarray) -> int:
    box = arrange(screen.shape[1], screen.shape[0]).charts
    charts = screen[box.y : box.y + box.height, box.x : box.x + box.width]
    return int((np.abs(charts - np.array((242, 169, 59))) <= 4).all(axis=2).sum())


def key(screen: dict[str, str], what: str, name: str) -> None:
    subprocess.run(["xdotool", what, name], env=screen, check=True, timeout=60)


def wait_for(there: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not there():
        assert time.monotonic() < end, f"{what} never came"
        time.sleep(0.2)
