"""Vehicles of a world: kinds, columns of arrays, motion, commands."""
