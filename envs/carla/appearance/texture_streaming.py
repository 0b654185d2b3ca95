"""Seasons by texture streaming: ground and foliage of a CARLA server take the season's colours.

CARLA changes the first material slot of an object only (carla#5748), so that this colours what it reaches and no more.
"""

from __future__ import annotations

import re
import warnings
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.carla.connection.client_library import client_library
from wormdrive.envs.carla.connection.server_client import ServerClient
from wormdrive.envs.seasons.art.palette import PALETTES, Palette
from wormdrive.envs.seasons.conditions import Season

__all__ = ["apply_season_textures"]

GROUND: Final = re.compile(r"terrain|landscape|grass|ground(?!truth)|verge|soil", re.IGNORECASE)
FOLIAGE: Final = re.compile(r"tree|foliage|bush|hedge|leaf|leaves|vegetation|shrub|plant", re.IGNORECASE)
_PIXELS: Final = 64
_SNOW: Final = (0.88, 0.90, 0.94)
_warned: set[str] = set()


def apply_season_textures(server: ServerClient, season: Season) -> None:
    """Colour ground and foliage; where the server has no such objects, or does not take textures, say so once."""
    try:
        names = list(server.world.get_names_of_all_objects())
        ground = [name for name in names if GROUND.search(name)]
        foliage = [name for name in names if FOLIAGE.search(name) and name not in ground]
        if not ground and not foliage:
            return _warn(server, season, "it has no objects that are ground or foliage")
        diffuse = client_library().MaterialParameter.Diffuse
        for objects, picture in ((ground, ground_picture(season)), (foliage, foliage_picture(season))):
            if objects:
                server.world.apply_color_texture_to_objects(objects, diffuse, _texture(picture))
    except RuntimeError as error:
        _warn(server, season, " ".join(str(error).split()))
    return None


def ground_picture(season: Season) -> NDArray[np.uint8]:
    """Grass, straw and snow of a season, (64, 64, 3) uint8."""
    palette = PALETTES[season.name]
    lush = _mixed(palette.grass_dark, palette.grass_light, season)
    dry = np.broadcast_to(np.array(palette.straw), lush.shape)
    colour = lush + (dry - lush) * (1.0 - season.ground_cover) * palette.straw_share
    colour = _scattered(colour, palette.petals[0], 0.5 * season.leaf_litter)
    return _bytes(_scattered(colour, _SNOW, season.snow_cover))


def foliage_picture(season: Season) -> NDArray[np.uint8]:
    """Leaves, or bark and snow, of a season, (64, 64, 3) uint8."""
    palette: Palette = PALETTES[season.name]
    leaves = _mixed(palette.leaves[0], palette.leaves[2], season)
    bark = np.broadcast_to(np.array(palette.floor), leaves.shape)
    return _bytes(_scattered(bark + (leaves - bark) * season.foliage, _SNOW, 0.5 * season.snow_cover))


def _mixed(dark: Any, light: Any, season: Season) -> NDArray[np.float64]:
    share = _noise(season, 1)[..., None]
    return np.asarray(np.array(dark) * (1.0 - share) + np.array(light) * share)


def _scattered(colour: NDArray[np.float64], over: Any, cover: float) -> NDArray[np.float64]:
    there = (np.random.default_rng(2).random((_PIXELS, _PIXELS)) < cover)[..., None]
    return np.where(there, np.array(over), colour)


def _noise(season: Season, seed: int) -> NDArray[np.float64]:
    return 0.5 + (np.random.default_rng(seed).random((_PIXELS, _PIXELS)) - 0.5) * (0.5 + season.leaf_variation)


def _bytes(colour: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(colour, 0.0, 1.0) * 255.0 + 0.5, np.uint8)


def _texture(picture: NDArray[np.uint8]) -> Any:
    carla = client_library()
    height, width = picture.shape[:2]
    texture = carla.TextureColor(width, height)
    for v in range(height):
        for u in range(width):
            red, green, blue = picture[v, u].tolist()
            texture.set(u, v, carla.Color(red, green, blue, 255))
    return texture


def _warn(server: ServerClient, season: Season, reason: str) -> None:
    if server.name not in _warned:
        _warned.add(server.name)
        warnings.warn(f"{server.name}: the colours of {season.name} are left out: {reason}", stacklevel=2)
