"""Display: open a window, or say clearly that there is nothing to open it on."""

from __future__ import annotations

import os
import sys
from typing import Any, Final

from wormdrive.envs.errors import DisplayError

__all__ = ["load_pygame", "open_display"]

_SIMULATED: Final = ("dummy", "offscreen", "evdev")
"""SDL's drivers without a screen. It falls back on them by itself, and then nobody sees anything."""


def load_pygame() -> Any:
    """Import pygame, without its greeting.

    Raises
    ------
    DisplayError
        If it is not installed.
    """
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        import pygame
    except ImportError as error:
        raise DisplayError(f"a window needs pygame, which cannot be imported: {error}") from error
    return pygame


def open_display(width: int, height: int, title: str) -> Any:
    """Open a window whose size the user may change, at most as large as the screen, and return its surface.

    Raises
    ------
    DisplayError
        If pygame is missing, or there is no display and none was simulated by ``SDL_VIDEODRIVER=dummy``.
    """
    pygame = load_pygame()
    try:
        pygame.display.init()
        driver = pygame.display.get_driver()
        if driver in _SIMULATED and os.environ.get("SDL_VIDEODRIVER", "") != driver:
            raise pygame.error(f"SDL found none but {driver!r}")
        surface = pygame.display.set_mode(_fitting(pygame, width, height), pygame.RESIZABLE)
    except pygame.error as error:
        pygame.display.quit()
        where = "DISPLAY is not set" if sys.platform == "linux" and not os.environ.get("DISPLAY") else "no display"
        raise DisplayError(
            f"no window can be opened ({where}: {error}): allowed are a desktop, a virtual one (xvfb-run), "
            "SDL_VIDEODRIVER=dummy, or no window (`wormdrive drive` without --view, render_mode='rgb_array')"
        ) from None
    pygame.display.set_caption(title)
    return surface


def _fitting(pygame: Any, width: int, height: int) -> tuple[int, int]:
    """Shrink a window to the screen, keeping its proportions."""
    if pygame.display.get_driver() in _SIMULATED:
        return width, height
    screen_width, screen_height = pygame.display.get_desktop_sizes()[0]
    scale = min(1.0, screen_width / width, screen_height / height)
    return round(scale * width), round(scale * height)
