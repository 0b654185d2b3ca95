"""Display: open a window, or say clearly that there is nothing to open it on."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from wormdrive.envs.common.errors import DisplayError
from wormdrive.envs.common.extras import needs_extra

__all__ = ["load_pygame", "open_display", "require_display", "simulated_display"]

_SIMULATED: Final = ("dummy", "offscreen", "evdev")
"""SDL's drivers without a screen. It falls back on them by itself, and then nobody sees anything."""
_BARE: Final = ("kmsdrm", "directfb", "fbcon", "rpi")
"""SDL's drivers that need a screen and no display server; asked for by name."""


def load_pygame() -> Any:
    """Import pygame, without its greeting.

    Raises
    ------
    MissingPackageError
        If it is not installed.
    """
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    with needs_extra("viewer"):
        import pygame
    return pygame


def require_display() -> None:
    """Say at once that no window can be opened, before anything is loaded to be shown in one.

    Only what is clear from the environment is refused here: Linux without a display server's name. SDL is not asked,
    since it writes lines of its own to stderr.

    Raises
    ------
    DisplayError
        If there is no display and none was simulated by ``SDL_VIDEODRIVER=dummy``.
    MissingPackageError
        If pygame is not installed.
    """
    load_pygame()
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if sys.platform == "linux" and not named and os.environ.get("SDL_VIDEODRIVER", "") not in (*_SIMULATED, *_BARE):
        raise _no_display("DISPLAY is not set")


def open_display(width: int, height: int, title: str) -> Any:
    """Open a window whose size the user may change, at most as large as the screen, and return its surface.

    Raises
    ------
    DisplayError
        If there is no display and none was simulated by ``SDL_VIDEODRIVER=dummy``.
    MissingPackageError
        If pygame is not installed.
    """
    require_display()
    pygame = load_pygame()
    try:
        with _no_line_of_wayland():
            pygame.display.init()
        driver = pygame.display.get_driver()
        if driver in _SIMULATED and os.environ.get("SDL_VIDEODRIVER", "") != driver:
            raise pygame.error(f"SDL found none but {driver!r}")
        surface = pygame.display.set_mode(_fitting(pygame, width, height), pygame.RESIZABLE)
    except pygame.error as error:
        pygame.display.quit()
        raise _no_display(f"no display: {error}") from None
    pygame.display.set_caption(title)
    return surface


@contextmanager
def simulated_display() -> Iterator[None]:
    """Open windows, for the time being, on a display that nobody sees: such as to film them."""
    before = os.environ.get("SDL_VIDEODRIVER")
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SDL_VIDEODRIVER"]
        else:
            os.environ["SDL_VIDEODRIVER"] = before


@contextmanager
def _no_line_of_wayland() -> Iterator[None]:
    """Name a runtime folder where none is: Wayland's library, asked first, would write a complaint to stderr."""
    missing = sys.platform == "linux" and not os.environ.get("XDG_RUNTIME_DIR")
    if missing:
        os.environ["XDG_RUNTIME_DIR"] = tempfile.gettempdir()
    try:
        yield
    finally:
        if missing:
            del os.environ["XDG_RUNTIME_DIR"]


def _no_display(reason: str) -> DisplayError:
    return DisplayError(
        f"no window can be opened ({reason}): allowed are a desktop, a virtual one (xvfb-run), "
        "SDL_VIDEODRIVER=dummy, or no window (`wormdrive drive` without --view, `watch` with --film, "
        "render_mode='rgb_array')"
    )


def _fitting(pygame: Any, width: int, height: int) -> tuple[int, int]:
    """Shrink a window to the screen, keeping its proportions."""
    if pygame.display.get_driver() in _SIMULATED:
        return width, height
    screen_width, screen_height = pygame.display.get_desktop_sizes()[0]
    scale = min(1.0, screen_width / width, screen_height / height)
    return round(scale * width), round(scale * height)
