"""Disturbances between a simulator and the driver: frames that come late, spoilt or not at all, and worn steering."""
