"""PolicyInput: what stands between an observation and a policy's head."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray
from torch import Tensor

from wormdrive.envs.simulation.observation import Observation

__all__ = ["PolicyInput"]


class PolicyInput(Protocol):
    """From observations to what a head takes, in two stages: ``reduce``, then a call. Augmentation works in between."""

    @property
    def frames_allowed(self) -> str:
        """What ``takes`` takes, in words."""

    def takes(self, frames: object, /) -> bool:
        """Whether this is what ``look`` returns."""

    def look(self, observation: Observation) -> NDArray[Any]:
        """Return the frames (N, H, W, 3), or whatever else is looked at, of an observation."""

    def reduce(self, frames: Tensor, /) -> Tensor:
        """Return the images of M frames: (M, C, h, w) float32 in [0, 1], of pictures."""

    def __call__(self, images: Tensor, /) -> Tensor:
        """Return of M images what a head takes."""
