"""Sprites: trees, bushes, tufts, posts and cars as flat pictures that stand upright."""
