"""Terrain: the land around a camera, the roads on it, and what grows there."""
