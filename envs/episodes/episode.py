"""Episode: one recorded drive, from which its pictures can be drawn again.

Recorded in the embedded simulator an episode holds no pixels: scenario, states and commands are enough to draw the
frames anew, bit for bit, or under any other conditions (``wormdrive.envs.embedded.episode_renderer``). Recorded from
CARLA it holds the frames, losslessly.

On disk it is a checksummed file (``wormdrive.envs.common.checksummed``): safetensors, a JSON description, a digest.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wormdrive.envs.common.checksummed import Arrays, write_checksummed
from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.episodes.episode_arrays import check_arrays, pack_frames, read_described, unpack_frames
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["KIND", "SUFFIX", "Episode", "episode_files"]

SUFFIX: Final = ".episode"

KIND: Final = "wormdrive-episode"
"""What such a file calls itself."""

_VERSION: Final = 1
_STATE: Final = tuple(field.name for field in fields(VehicleState))


@dataclass(frozen=True, eq=False)
class Episode:
    """A drive of T frames; entry t holds what was so when frame t was taken, and the command given on seeing it.

    Attributes
    ----------
    scenario:
        The world driven in.
    camera:
        The camera of the recording.
    dt_s:
        Time from one frame to the next [s].
    state:
        Arrays (T,) float64; see ``VehicleState``.
    command:
        (T, 2) float64: steer and acceleration as given to the simulator, disturbances included.
    target_curvature:
        (T,) float64: the curvature that the expert would steer [1/m]; the label to learn from.
    intervention:
        (T,) bool: the expert had taken over from the driver that was being recorded.
    simulator:
        ``embedded`` or ``carla``.
    first_step:
        How many steps after the simulator's reset the first frame was taken.
    frames:
        (T, H, W, 3) uint8, or ``None`` where they can be drawn again.
    """

    scenario: Scenario
    camera: CameraConfig
    dt_s: float
    state: VehicleState
    command: NDArray[np.float64]
    target_curvature: NDArray[np.float64]
    intervention: NDArray[np.bool_]
    simulator: str = "embedded"
    first_step: int = 0
    frames: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        """Return the number of frames T."""
        return len(self.command)

    def save(self, path: str | Path) -> None:
        """Write the episode to ``path``, replacing it only when all is on disk."""
        arrays: Arrays = {f"state.{name}": getattr(self.state, name) for name in _STATE}
        arrays |= {"command": self.command, "target_curvature": self.target_curvature}
        arrays["intervention"] = self.intervention.astype(np.uint8)
        if self.frames is not None:
            arrays |= pack_frames(self.frames)
        about = {
            "scenario": self.scenario.model_dump(mode="json"),
            "camera": asdict(self.camera),
            "dt_s": self.dt_s,
            "simulator": self.simulator,
            "first_step": self.first_step,
        }
        write_checksummed(Path(path), KIND, _VERSION, about, arrays)

    @classmethod
    def load(cls, path: str | Path) -> Episode:
        """Read an episode.

        Raises
        ------
        EpisodeError
            The file is missing, truncated, corrupt, foreign, larger than allowed, or holds what no episode holds.
        """
        path = Path(path)
        described, arrays = read_described(path, KIND, _VERSION, _About)
        steps = _check_arrays(path, arrays)
        camera = CameraConfig(**described.camera.model_dump())
        frames = unpack_frames(path, arrays, steps, camera.height, camera.width)
        return cls(
            scenario=described.scenario,
            camera=camera,
            dt_s=described.dt_s,
            state=VehicleState(**{name: arrays[f"state.{name}"] for name in _STATE}),
            command=arrays["command"],
            target_curvature=arrays["target_curvature"],
            intervention=arrays["intervention"].astype(np.bool_),
            simulator=described.simulator,
            first_step=described.first_step,
            frames=frames,
        )

    def part(self, begin: int, end: int) -> Episode:
        """Cut out frames ``begin`` to ``end`` (exclusive) as an episode of their own."""
        state = VehicleState(**{name: getattr(self.state, name)[begin:end] for name in _STATE})
        return replace(
            self,
            state=state,
            command=self.command[begin:end],
            target_curvature=self.target_curvature[begin:end],
            intervention=self.intervention[begin:end],
            first_step=self.first_step + begin,
            frames=None if self.frames is None else self.frames[begin:end],
        )


def episode_files(folder: str | Path) -> list[Path]:
    """Every episode file in ``folder``, by name.

    Raises
    ------
    EpisodeError
        There is no such folder, or no episode in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        what = "a file, not a folder" if folder.exists() else "no such folder"
        raise EpisodeError(f"{folder}: {what}; allowed is one that `wormdrive record` wrote")
    found = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX and not path.name.startswith("."))
    if not found:
        raise EpisodeError(f"{folder}: no *{SUFFIX} file in it")
    return found


class _Camera(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    width: int = Field(ge=8, le=8192)
    height: int = Field(ge=8, le=8192)
    fov_deg: float = Field(gt=0, lt=180)
    x_m: float
    y_m: float
    z_m: float
    pitch_rad: float
    yaw_rad: float
    roll_rad: float


class _About(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    scenario: Scenario
    camera: _Camera
    dt_s: float = Field(gt=0, le=10)
    simulator: str = Field(pattern="^(embedded|carla)$")
    first_step: int = Field(ge=0, lt=2**31)


def _check_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> int:
    """Check names, types, shapes and finiteness; return the number of steps."""
    wanted: dict[str, tuple[str, tuple[int, ...]]] = {f"state.{name}": ("float64", ()) for name in _STATE}
    wanted |= {"command": ("float64", (2,)), "target_curvature": ("float64", ()), "intervention": ("uint8", ())}
    # a command may be NaN: it hands the speed to the cruise control
    return check_arrays(path, arrays, wanted, "command", any_number=("command",))
