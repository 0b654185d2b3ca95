"""Flight episode: one flight as it was flown: what was seen and done, what the expert would have done, how it ended.

On disk it is a checksummed file (``wormdrive.envs.common.checksummed``) with its pictures, losslessly.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from wormdrive.envs.common.checksummed import Arrays, write_checksummed
from wormdrive.envs.common.errors import EpisodeError, one_of
from wormdrive.envs.episodes.episode_arrays import check_arrays, pack_frames, read_described, unpack_frames
from wormdrive.envs.find_target.dynamics import DT_S
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.worlds import END_REASONS

__all__ = ["KIND", "STEP_ARRAYS", "FlightEpisode", "no_steps"]

KIND: Final = "wormdrive-flight"
"""What such a file calls itself."""

STEP_ARRAYS: Final[dict[str, tuple[str, tuple[int, ...]]]] = {
    "expert": ("float32", (4,)),
    "counts": ("float32", ()),
    "action": ("float64", (4,)),
    "position": ("float64", (3,)),
    "heading": ("float64", ()),
    "rates": ("float64", (4,)),
    "target": ("float64", (3,)),
    "to_target_m": ("float64", ()),
    "visible": ("float64", ()),
}
"""Arrays that hold something for each step: type, and the shape of a step."""

_VERSION: Final = 1
_SCENARIO: Final = TypeAdapter(FlightScenario)


@dataclass(frozen=True, eq=False)
class FlightEpisode:
    """A flight of T steps of 0.1 s; entry t holds what was so when frame t was taken, and what was done on seeing it.

    Attributes
    ----------
    scenario:
        What was flown.
    end_reason:
        Index into ``END_REASONS``.
    time_s, distance_m:
        When it ended, and how far from the target's box.
    frames:
        (T, H, W, 3) uint8, as the pilot saw them, disturbances included. T is 0, here and below, if they were not kept.
    expert:
        (T, 4) float32: what the expert would have done; the label to learn from.
    counts:
        (T,) float32: 0 where the target had been out of view for longer than anybody can remember, else 1.
    action:
        (T, 4) float64 in [-1, 1]: what the pilot did, before gusts.
    position, heading, rates:
        (T, 3) [m], (T,) [rad], (T, 4): see ``dynamics.Flight``.
    target, to_target_m, visible:
        (T, 3), (T,), (T,): see ``FlightObservation``.
    """

    scenario: FlightScenario
    end_reason: int
    time_s: float
    distance_m: float
    frames: NDArray[np.uint8]
    expert: NDArray[np.float32]
    counts: NDArray[np.float32]
    action: NDArray[np.float64]
    position: NDArray[np.float64]
    heading: NDArray[np.float64]
    rates: NDArray[np.float64]
    target: NDArray[np.float64]
    to_target_m: NDArray[np.float64]
    visible: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of steps T."""
        return len(self.frames)

    @property
    def ended(self) -> str:
        """Why it ended, by name."""
        return END_REASONS[self.end_reason]

    def save(self, path: str | Path) -> None:
        """Write the flight to ``path``, replacing it only when all is on disk."""
        arrays: Arrays = {name: getattr(self, name) for name in STEP_ARRAYS}
        about = {
            "scenario": _SCENARIO.dump_python(self.scenario, mode="json"),
            "end_reason": self.ended,
            "time_s": self.time_s,
            "distance_m": self.distance_m,
            "width": self.frames.shape[2],
            "height": self.frames.shape[1],
        }
        write_checksummed(Path(path), KIND, _VERSION, about, arrays | pack_frames(self.frames))

    @classmethod
    def load(cls, path: str | Path) -> FlightEpisode:
        """Read a flight.

        Raises
        ------
        EpisodeError
            The file is missing, truncated, corrupt, foreign, larger than allowed, or holds what no flight holds.
        """
        path = Path(path)
        described, arrays = read_described(path, KIND, _VERSION, _About)
        if described.end_reason not in END_REASONS:
            raise EpisodeError(f"{path}: " + one_of("end_reason", described.end_reason, END_REASONS))
        steps = check_arrays(path, arrays, STEP_ARRAYS, "expert")
        frames = unpack_frames(path, arrays, steps, described.height, described.width)
        if frames is None:
            raise EpisodeError(f"{path}: no frames; allowed is a flight with its pictures")
        return cls(
            described.scenario, END_REASONS.index(described.end_reason), described.time_s, described.distance_m, frames,
            **{name: arrays[name] for name in STEP_ARRAYS},
        )  # fmt: skip

    def summary(self) -> dict[str, Any]:
        """Return what was flown, JSON values: ``frames``, ``seconds``, ``distance_m`` flown, ``end_reason``..."""
        way = np.linalg.norm(np.diff(self.position, axis=0), axis=1)
        return {
            "frames": len(self),
            "seconds": self.time_s,
            "distance_m": float(way.sum()),
            "end_reason": self.ended,
            "to_target_m": self.distance_m,
            "map": self.scenario.map,
            "season": self.scenario.conditions.season.name,
            "target": f"{self.scenario.colour} {self.scenario.target}",
            "camera": [self.frames.shape[2], self.frames.shape[1]],
        }

    def about(self) -> dict[str, Any]:
        """Return what a table of numbers does not hold of it: JSON values."""
        return {
            "scenario": _SCENARIO.dump_python(self.scenario, mode="json"),
            "camera": {"width": self.frames.shape[2], "height": self.frames.shape[1]},
            "dt_s": DT_S,
        }


def no_steps(height: int, width: int) -> dict[str, NDArray[Any]]:
    """Return frames and ``STEP_ARRAYS`` of a flight of which nothing was kept."""
    arrays: dict[str, NDArray[Any]] = {name: np.zeros((0, *tail), dtype) for name, (dtype, tail) in STEP_ARRAYS.items()}
    return {"frames": np.zeros((0, height, width, 3), np.uint8), **arrays}


class _About(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    scenario: FlightScenario
    end_reason: str
    time_s: float = Field(ge=0.0, le=1000.0)
    distance_m: float = Field(ge=0.0)
    width: int = Field(ge=8, le=8192)
    height: int = Field(ge=8, le=8192)
