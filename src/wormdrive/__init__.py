"""Nineteen liquid neurons that keep a car in its lane, through every season.

Importing the package registers ``wormdrive/LaneKeeping-v0`` with Gymnasium.
"""

from __future__ import annotations

import gymnasium

__version__ = "0.1.0"

gymnasium.register(
    id="wormdrive/LaneKeeping-v0",
    entry_point="wormdrive.envs.lane_keeping.environment:LaneKeepingEnv",
    vector_entry_point="wormdrive.envs.lane_keeping.vector_environment:LaneKeepingVectorEnv",
)
