"""A window opens on a display, real or simulated; without one the error says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pygame
import pytest

from wormdrive.envs.common.errors import DisplayError, MissingPackageError
from wormdrive.envs.viewer.display import open_display, require_display, simulated_display

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _closed() -> Any:
    yield
    pygame.display.quit()


def test_a_simulated_display_is_one() -> None:
    assert open_display(640, 480, "test").get_size() == (640, 480)


@pytest.mark.parametrize(
    ("screen", "wanted", "shown"),
    [
        ((1920, 1080), (1280, 752), (1280, 752)),
        ((1920, 600), (1280, 750), (1024, 600)),
        ((640, 1080), (1280, 750), (640, 375)),
    ],
)
def test_a_window_shrinks_to_its_screen_and_keeps_its_proportions(
    monkeypatch: pytest.MonkeyPatch, screen: tuple[int, int], wanted: tuple[int, int], shown: tuple[int, int]
) -> None:
    monkeypatch.setattr(pygame.display, "get_driver", lambda: "x11")
    monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: [screen])
    assert open_display(*wanted, "test").get_size() == shown


@pytest.mark.parametrize("asked", [None, "", "x11"])
def test_sdl_falling_back_on_a_window_that_nobody_sees_is_an_error(
    monkeypatch: pytest.MonkeyPatch, asked: str | None
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("SDL_VIDEODRIVER")
    if asked is not None:
        monkeypatch.setenv("SDL_VIDEODRIVER", asked)
    with pytest.raises(DisplayError, match=r"no window can be opened \(.*SDL_VIDEODRIVER=dummy.*--view") as raised:
        open_display(640, 480, "test")
    assert "\n" not in str(raised.value)


def test_a_display_that_does_not_answer_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":94321")
    for name in ("WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(DisplayError, match="no window can be opened"):
        open_display(640, 480, "test")
    assert capfd.readouterr().err == ""  # of SDL and the libraries that it asks
    assert "XDG_RUNTIME_DIR" not in os.environ


def test_nothing_is_loaded_where_there_is_no_display() -> None:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    code = (
        "import sys; from wormdrive.cli.main import main\n"
        "try: main()\n"
        "finally: print({'torch', 'numba'} & set(sys.modules))"
    )
    for line in (["drive", "ncp", "--view"], ["drive", "--human"], ["replay", "nowhere"]):
        command = [sys.executable, "-c", code, *line]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60.0, cwd=ROOT)
        assert (done.returncode, done.stdout.strip()) == (2, "set()")
        assert done.stderr.startswith("wormdrive: no window can be opened (DISPLAY is not set)")
        assert len(done.stderr.splitlines()) == 1


def test_pygame_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygame", None)
    with pytest.raises(MissingPackageError, match=r"^pygame is not installed: pip install 'wormdrive\[viewer\]'$"):
        open_display(640, 480, "test")


def test_a_simulated_display_is_there_for_the_time_being(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    with simulated_display():
        require_display()
    assert "SDL_VIDEODRIVER" not in os.environ
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    with simulated_display():
        assert os.environ["SDL_VIDEODRIVER"] == "dummy"
    assert os.environ["SDL_VIDEODRIVER"] == "x11"
