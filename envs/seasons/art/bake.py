"""Bake: paint the art of one season from nothing but its palette and a seed."""

from __future__ import annotations

from wormdrive.envs.seasons.art.ground import paint_ground
from wormdrive.envs.seasons.art.litter import paint_litter
from wormdrive.envs.seasons.art.mips import ripmap
from wormdrive.envs.seasons.art.palette import PALETTES
from wormdrive.envs.seasons.art.season_art import Art, check_request
from wormdrive.envs.seasons.art.shadow import bake_shadow
from wormdrive.envs.seasons.art.sky import bake_sky
from wormdrive.envs.seasons.art.sprites.atlas import bake_atlas

__all__ = ["bake_art"]


def bake_art(season: str, seed: int = 0) -> Art:
    """Paint the art of ``season``: the same bits for the same seed.

    Raises
    ------
    ConditionsError
        If there is no such season, or the seed is negative.
    """
    check_request(season, seed)
    palette = next(palette for name, palette in PALETTES.items() if name == season)
    ground, ground_offsets = ripmap(paint_ground(palette, seed))
    litter, litter_offsets = ripmap(paint_litter(palette, seed))
    shadow, shadow_offsets = bake_shadow(palette, seed)
    atlas, atlas_offsets, atlas_spans = bake_atlas(palette, seed)
    return Art(
        ground=ground,
        ground_offsets=ground_offsets,
        litter=litter,
        litter_offsets=litter_offsets,
        shadow=shadow,
        shadow_offsets=shadow_offsets,
        sky=bake_sky(palette, seed),
        atlas=atlas,
        atlas_offsets=atlas_offsets,
        atlas_spans=atlas_spans,
    )
