"""Roadside: what stands beside the road, and the land under all of it."""
