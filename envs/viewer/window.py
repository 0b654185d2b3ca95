"""A window that shows pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.errors import DisplayError

__all__ = ["Window"]


class Window:
    """A window of ``width`` by ``height`` pixels.

    Raises
    ------
    DisplayError
        If pygame is missing, or no window can be opened: there is no display.
    """

    def __init__(self, width: int, height: int, title: str) -> None:
        try:
            import pygame
        except ImportError as error:
            raise DisplayError(f"a window needs pygame, which cannot be imported: {error}") from error
        self._pygame = pygame
        try:
            pygame.display.init()
            self._surface = pygame.display.set_mode((width, height))
        except pygame.error as error:
            pygame.display.quit()
            raise DisplayError(
                f"no window can be opened ({error}): allowed without a display is render_mode='rgb_array'"
            ) from None
        pygame.display.set_caption(title)
        self._clock = pygame.time.Clock()

    def show(self, picture: NDArray[np.uint8], frames_per_second: float | None = None) -> None:
        """Show ``picture`` (height, width, 3) uint8 RGB, and wait for its turn if a rate is given."""
        self._pygame.event.pump()
        self._pygame.surfarray.blit_array(self._surface, np.swapaxes(picture, 0, 1))
        self._pygame.display.flip()
        if frames_per_second is not None:
            self._clock.tick(frames_per_second)

    def close(self) -> None:
        """Close the window; a second call does nothing."""
        self._pygame.display.quit()
