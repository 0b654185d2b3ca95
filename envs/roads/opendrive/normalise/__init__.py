"""One road for everybody: OpenDRIVE texts in which other readers read what ours reads."""

from __future__ import annotations

from wormdrive.envs.roads.opendrive.normalise.normalised import normalised_text

__all__ = ["normalised_text"]
