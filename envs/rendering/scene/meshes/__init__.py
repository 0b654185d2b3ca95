"""Meshes: vehicles, people, houses and things as faces."""
