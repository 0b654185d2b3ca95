"""Other cars from behind and from the front, in a square of 1.85 m; the roof ends at four fifths of it."""

from __future__ import annotations

from typing import Final

import numpy as np

from wormdrive.envs.seasons.art.noise import Image
from wormdrive.envs.seasons.art.sprites.canvas import SIZE, Colour, SpriteCanvas

__all__ = ["PAINTS", "draw_car"]

MIDDLE: Final = SIZE / 2
BOTTOM: Final = SIZE - 1
PAINTS: Final = ((0.62, 0.07, 0.07), (0.88, 0.88, 0.87), (0.10, 0.22, 0.52))
"""Red, white, blue."""
_GLASS: Final = np.array((0.10, 0.12, 0.14))
_RUBBER: Final = (0.05, 0.05, 0.055)


def draw_car(paint: tuple[float, float, float], rear: bool) -> Image:
    """Draw a hatchback: (256, 256, 4) premultiplied linear light."""
    canvas = SpriteCanvas()
    body = np.array(paint)
    _wheels(canvas)
    _shell(canvas, body)
    _window(canvas, rear)
    (_rear if rear else _front)(canvas, body)
    image = canvas.finish()
    return _over_shadow(image)


def _mirrored(canvas: SpriteCanvas, points: list[tuple[float, float]], colour: Colour) -> None:
    """Fill a polygon given by its left half: (distance from the middle, y), from top to bottom."""
    left = [(MIDDLE - x, y) for x, y in points]
    right = [(MIDDLE + x, y) for x, y in reversed(points)]
    canvas.polygon(left + right, colour)


def _both(canvas: SpriteCanvas, points: list[tuple[float, float]], colour: Colour) -> None:
    """Fill a polygon on either side: (distance from the middle, y)."""
    for side in (-1, 1):
        canvas.polygon([(MIDDLE + side * x, y) for x, y in points], colour)


def _wheels(canvas: SpriteCanvas) -> None:
    _both(canvas, [(232, 400), (166, 400), (166, 508), (226, 508), (234, 490)], _RUBBER)
    _both(canvas, [(176, 470), (170, 508), (180, 508)], (0.10, 0.10, 0.10))
    _mirrored(canvas, [(180, 430), (180, 478)], (0.03, 0.03, 0.03))


def _shell(canvas: SpriteCanvas, body: Image) -> None:
    """Roof, cabin, shoulders, flanks: bands from light above to dark below."""
    _mirrored(canvas, [(118, 106), (140, 112), (196, 236), (120, 240)], body * 0.86)  # cabin
    _mirrored(canvas, [(96, 100), (124, 104), (136, 116), (100, 122)], body * 1.22 + 0.05)  # roof catches the sky
    bands = 14
    for k in range(bands):
        y0, y1 = 232 + k * 16.2, 232 + (k + 1) * 16.2 + 1
        x0, x1 = _flank(y0), _flank(y1)
        shine = 1.16 - 0.50 * (k / bands) + (0.14 if k == 2 else 0.0)
        _mirrored(canvas, [(x0, y0), (x1, y1)], body * shine + (0.04 if k < 3 else 0.0))
    for side in (-1, 1):  # mirrors
        canvas.blob(MIDDLE + side * 216, 238, 17, body * 0.9, 0.62, 0.0)


def _flank(y: float) -> float:
    """Half width of the body at height y [px]."""
    return float(np.interp(y, (232, 262, 320, 400, 446, 470), (190, 214, 226, 230, 226, 206)))


def _window(canvas: SpriteCanvas, rear: bool) -> None:
    top, bottom = (124.0, 222.0) if rear else (122.0, 230.0)
    outline = [(122.0, top), (176.0, bottom)]
    _mirrored(canvas, outline, _GLASS)
    _mirrored(canvas, [(124.0, top + 4), (140.0, top + 36)], (0.42, 0.50, 0.58))  # sky in the upper part
    _mirrored(canvas, [(140.0, top + 36), (152.0, top + 58)], (0.24, 0.29, 0.34))
    for x in (-64.0, 64.0):  # head rests
        canvas.blob(MIDDLE + x, bottom - 34, 22, (0.06, 0.06, 0.07), 0.9)
        canvas.polygon([(MIDDLE + x - 34, bottom), (MIDDLE + x + 34, bottom), (MIDDLE + x + 26, bottom - 26),
                        (MIDDLE + x - 26, bottom - 26)], (0.06, 0.06, 0.07))  # fmt: skip
    if rear:
        canvas.line(MIDDLE - 70, bottom - 4, MIDDLE + 6, bottom - 12, 4, (0.03, 0.03, 0.03))


def _rear(canvas: SpriteCanvas, body: Image) -> None:
    _both(canvas, [(232, 272), (150, 280), (150, 320), (236, 330)], (0.42, 0.02, 0.02))
    _both(canvas, [(228, 277), (176, 283), (176, 300), (232, 304)], (0.95, 0.10, 0.07))
    _both(canvas, [(232, 306), (200, 304), (200, 322), (234, 326)], (0.95, 0.45, 0.10))
    _both(canvas, [(196, 304), (160, 302), (160, 318), (196, 322)], (0.86, 0.84, 0.82))
    _mirrored(canvas, [(150, 282), (148, 300)], body * 0.72)
    _mirrored(canvas, [(86, 322), (86, 364)], body * 0.55)
    _mirrored(canvas, [(78, 327), (78, 359)], (0.90, 0.90, 0.87))
    canvas.polygon([(MIDDLE - 78, 327), (MIDDLE - 68, 327), (MIDDLE - 68, 359), (MIDDLE - 78, 359)], (0.10, 0.20, 0.60))
    for k in range(7):
        x = MIDDLE - 52 + k * 17
        canvas.polygon([(x, 334), (x + 10, 334), (x + 10, 352), (x, 352)], (0.12, 0.12, 0.12))
    _mirrored(canvas, [(240, 404), (226, 462)], (0.14, 0.14, 0.145))
    _mirrored(canvas, [(238, 398), (238, 406)], body * 1.15)
    _both(canvas, [(214, 420), (180, 420), (180, 432), (214, 432)], (0.70, 0.06, 0.05))
    _mirrored(canvas, [(120, 446), (120, 470)], (0.06, 0.06, 0.06))


def _front(canvas: SpriteCanvas, body: Image) -> None:
    _mirrored(canvas, [(176, 232), (206, 276)], body * 1.12 + 0.03)  # bonnet
    _mirrored(canvas, [(150, 300), (140, 340)], (0.06, 0.06, 0.065))  # grille
    for y in (308, 318, 328):
        _mirrored(canvas, [(146, y), (145, y + 3)], (0.34, 0.34, 0.35))
    canvas.blob(MIDDLE, 318, 15, (0.75, 0.75, 0.76), 1.0)
    _both(canvas, [(228, 282), (160, 296), (158, 326), (214, 332), (232, 316)], (0.40, 0.42, 0.44))
    _both(canvas, [(220, 289), (172, 300), (172, 320), (212, 324)], (0.97, 0.97, 0.93))
    _both(canvas, [(228, 300), (216, 298), (214, 320), (226, 322)], (0.92, 0.58, 0.16))
    _mirrored(canvas, [(204, 372), (186, 440)], (0.08, 0.08, 0.085))
    _both(canvas, [(196, 388), (170, 388), (172, 412), (192, 412)], (0.82, 0.82, 0.80))
    _mirrored(canvas, [(78, 366), (78, 398)], (0.92, 0.92, 0.90))
    for k in range(7):
        x = MIDDLE - 52 + k * 17
        canvas.polygon([(x, 373), (x + 10, 373), (x + 10, 391), (x, 391)], (0.12, 0.12, 0.12))
    _mirrored(canvas, [(226, 448), (210, 470)], body * 0.5)


def _over_shadow(image: Image) -> Image:
    """Lay the car over the shade that it casts on the road just below itself."""
    shade = SpriteCanvas()
    shade.blob(MIDDLE, BOTTOM - 12, 236, (0.0, 0.0, 0.0), 0.06)
    below = shade.finish() * 0.75
    return (image + below * (1.0 - image[..., 3:])).astype(np.float32)
