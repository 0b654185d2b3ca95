"""All errors that Wormdrive raises on purpose; their tree is drawn in ``wormdrive.envs.common.errors``."""

from wormdrive.envs.common.errors import (
    ArgumentError,
    ConditionsError,
    DisplayError,
    EpisodeError,
    MapError,
    MissingPackageError,
    ModelError,
    RouteError,
    SimulatorError,
    SpawnError,
    UserCodeError,
    WormdriveError,
)

__all__ = [
    "ArgumentError",
    "ConditionsError",
    "DisplayError",
    "EpisodeError",
    "MapError",
    "MissingPackageError",
    "ModelError",
    "RouteError",
    "SimulatorError",
    "SpawnError",
    "UserCodeError",
    "WormdriveError",
]
