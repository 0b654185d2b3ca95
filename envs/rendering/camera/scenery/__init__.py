"""Scenery: what stands upright beside and on the road, as sprites."""
