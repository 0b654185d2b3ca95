"""FrameNetwork: a network of others, which sees one picture at a time and says a number."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.mounted.mount import Mount
from wormdrive.envs.common.errors import ModelError

__all__ = ["DifferentiableNetwork", "FrameNetwork", "the_number", "try_out"]


class FrameNetwork(Protocol):
    """A network that drives by pictures.

    It is asked for one car at a time, so that a car has the same bits alone and in any company.
    """

    @property
    def name(self) -> str:
        """What it is called in errors."""

    @property
    def kind(self) -> str:
        """What it is: ``torch module``."""

    @property
    def numbers(self) -> int:
        """How many numbers were, or could have been, trained."""

    def __call__(self, picture: NDArray[np.float32], state: Any, elapsed_s: float) -> tuple[float, Any]:
        """Return the number for a picture, and what is to be remembered.

        ``picture`` has the mount's ``picture_shape``, ``state`` is what was returned for this car's picture before,
        ``None`` at first, ``elapsed_s`` [s] the time since then.
        """


@runtime_checkable
class DifferentiableNetwork(Protocol):
    """A network whose number has a gradient with respect to the picture."""

    def with_gradient(self, picture: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return the number (), and what is to be remembered: as a ``FrameNetwork`` does of the same picture."""


def the_number(values: NDArray[Any], index: int | None, name: str) -> float:
    """Pick the one number out of what a network said for one picture.

    Raises
    ------
    ModelError
        It said several and none was chosen, or the chosen one does not exist, or is not finite.
    """
    flat = np.asarray(values, np.float64).ravel()
    if index is None and len(flat) != 1:
        raise ModelError(f"{name}: says {len(flat)} numbers a picture: allowed is one, or output.index in the mount")
    if not 0 <= (index or 0) < len(flat):
        raise ModelError(f"{name}: says {len(flat)} numbers a picture: allowed is an output.index below that")
    number = float(flat[index or 0])
    if not np.isfinite(number):
        raise ModelError(f"{name}: said {number} for a picture: allowed are finite numbers")
    return number


def try_out(network: FrameNetwork, mount: Mount) -> Any:
    """Show a network two grey pictures, so that what does not fit is said before anything is driven.

    Returns what it remembers then.
    """
    grey = np.full(mount.picture_shape, 0.5 * sum(mount.range), np.float32)
    _, state = network(grey, None, 1.0 / 30.0)
    _, state = network(grey, state, 1.0 / 30.0)
    return state
