"""Art baked from code: ground, litter, shadows, sky and sprites of each season."""

from __future__ import annotations

from wormdrive.envs.seasons.art.bake import Art
from wormdrive.envs.seasons.art.store import load_art

__all__ = ["Art", "load_art"]
