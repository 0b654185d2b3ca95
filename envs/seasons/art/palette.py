"""Palette: the colours of each season, as square roots of linear reflectance, RGB in [0, 1]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wormdrive.envs.seasons.names import SeasonName

__all__ = ["PALETTES", "RGB", "Palette"]

RGB = tuple[float, float, float]


@dataclass(frozen=True)
class Palette:
    """What grows and lies beside the road.

    ``leaves`` colour the three broadleaf trees, ``petals`` are what lies in the litter layer, ``flowers`` the share of
    flowering grass, ``bare`` says that broadleaf trees have no leaves and conifers carry snow.
    """

    grass_dark: RGB
    grass_light: RGB
    straw: RGB
    straw_share: float
    floor: RGB
    floor_litter: RGB
    gravel: RGB
    asphalt: float
    leaves: tuple[RGB, RGB, RGB]
    birch: RGB
    bush: RGB
    conifer: RGB
    petals: tuple[RGB, ...]
    flowers: float
    bare: bool = False


PALETTES: Final[dict[SeasonName, Palette]] = {
    "summer": Palette(
        grass_dark=(0.25, 0.39, 0.11),
        grass_light=(0.45, 0.57, 0.20),
        straw=(0.54, 0.48, 0.27),
        straw_share=0.50,
        floor=(0.25, 0.25, 0.12),
        floor_litter=(0.36, 0.27, 0.15),
        gravel=(0.53, 0.48, 0.41),
        asphalt=0.43,
        leaves=((0.27, 0.42, 0.12), (0.21, 0.37, 0.13), (0.35, 0.47, 0.16)),
        birch=(0.36, 0.50, 0.19),
        bush=(0.25, 0.39, 0.13),
        conifer=(0.17, 0.27, 0.15),
        petals=((0.42, 0.36, 0.16), (0.36, 0.44, 0.16), (0.40, 0.29, 0.16), (0.55, 0.48, 0.22)),
        flowers=0.004,
    ),
    "autumn": Palette(
        grass_dark=(0.33, 0.33, 0.12),
        grass_light=(0.50, 0.45, 0.19),
        straw=(0.56, 0.46, 0.24),
        straw_share=0.65,
        floor=(0.38, 0.25, 0.11),
        floor_litter=(0.55, 0.32, 0.12),
        gravel=(0.47, 0.41, 0.34),
        asphalt=0.39,
        leaves=((0.80, 0.47, 0.10), (0.70, 0.29, 0.08), (0.80, 0.63, 0.15)),
        birch=(0.84, 0.68, 0.20),
        bush=(0.58, 0.32, 0.11),
        conifer=(0.17, 0.26, 0.14),
        petals=(
            (0.78, 0.42, 0.08),
            (0.85, 0.62, 0.13),
            (0.60, 0.26, 0.07),
            (0.46, 0.27, 0.11),
            (0.80, 0.31, 0.06),
            (0.70, 0.52, 0.16),
        ),
        flowers=0.0,
    ),
    "winter": Palette(
        grass_dark=(0.37, 0.34, 0.25),
        grass_light=(0.50, 0.45, 0.33),
        straw=(0.56, 0.50, 0.37),
        straw_share=0.70,
        floor=(0.33, 0.29, 0.23),
        floor_litter=(0.40, 0.32, 0.24),
        gravel=(0.45, 0.43, 0.41),
        asphalt=0.34,
        leaves=((0.34, 0.29, 0.25), (0.31, 0.27, 0.24), (0.36, 0.31, 0.26)),
        birch=(0.38, 0.31, 0.29),
        bush=(0.37, 0.29, 0.23),
        conifer=(0.15, 0.22, 0.14),
        petals=((0.30, 0.24, 0.18), (0.38, 0.30, 0.21), (0.26, 0.22, 0.17)),
        flowers=0.0,
        bare=True,
    ),
    "spring": Palette(
        grass_dark=(0.28, 0.45, 0.11),
        grass_light=(0.50, 0.63, 0.20),
        straw=(0.56, 0.52, 0.30),
        straw_share=0.20,
        floor=(0.32, 0.34, 0.15),
        floor_litter=(0.44, 0.36, 0.21),
        gravel=(0.52, 0.48, 0.42),
        asphalt=0.40,
        leaves=((0.46, 0.62, 0.18), (0.55, 0.68, 0.22), (0.97, 0.80, 0.86)),
        birch=(0.58, 0.70, 0.26),
        bush=(0.44, 0.58, 0.19),
        conifer=(0.18, 0.29, 0.16),
        petals=((0.98, 0.86, 0.90), (1.0, 0.95, 0.95), (0.95, 0.75, 0.82), (0.90, 0.86, 0.70)),
        flowers=0.014,
    ),
}
