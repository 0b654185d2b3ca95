"""What tests do to a window: keys, mouse, and pieces of what it shows."""

from __future__ import annotations

import numpy as np
import pygame
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.layout import PanelBox

__all__ = ["click", "count", "drag", "piece", "press", "release"]


def press(key: str) -> None:
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.key.key_code(key)))


def release(key: str) -> None:
    pygame.event.post(pygame.event.Event(pygame.KEYUP, key=pygame.key.key_code(key)))


def click(box: PanelBox) -> None:
    at = middle(box)
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=at))
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, button=1, pos=at))


def drag(box: PanelBox, share: float, *, let_go: bool = True) -> None:
    """Take hold in the middle of ``box`` and move to a share of its width."""
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=middle(box)))
    at = (round(box.x + share * (box.width - 1)), middle(box)[1])
    pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=at, rel=(0, 0), buttons=(1, 0, 0)))
    if let_go:
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, button=1, pos=at))


def middle(box: PanelBox) -> tuple[int, int]:
    return box.x + box.width // 2, box.y + box.height // 2


def piece(picture: NDArray[np.uint8], box: PanelBox) -> NDArray[np.uint8]:
    return picture[box.y : box.y + box.height, box.x : box.x + box.width]


def count(picture: NDArray[np.uint8], colour: tuple[int, int, int], tolerance: int = 4) -> int:
    """Number of pixels of a colour."""
    near = np.abs(picture.astype(int) - np.array(colour)) <= tolerance
    return int(near.all(axis=2).sum())
