"""Art baked from code: ground, litter, shadows, sky and sprites of each season."""

from __future__ import annotations

from wormdrive.envs.seasons.art.art_cache import load_art
from wormdrive.envs.seasons.art.season_art import Art

__all__ = ["Art", "load_art"]
