"""A window opens on a display, real or simulated; without one the error says what to do."""

from __future__ import annotations

import builtins
from typing import Any

import pygame
import pytest

from wormdrive.envs.errors import DisplayError
from wormdrive.envs.viewer.display import open_display


@pytest.fixture(autouse=True)
def _closed() -> Any:
    yield
    pygame.display.quit()


def test_a_simulated_display_is_one() -> None:
    assert open_display(640, 480, "test").get_size() == (640, 480)


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


def test_pygame_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    true_import = builtins.__import__

    def without_pygame(name: str, *rest: Any) -> Any:
        if name == "pygame":
            raise ImportError("No module named 'pygame'")
        return true_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_pygame)
    with pytest.raises(DisplayError, match="a window needs pygame"):
        open_display(640, 480, "test")
