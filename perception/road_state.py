"""Road state: three true numbers in place of a picture, and their linear map onto features.

A policy that is fed with them has no eyes, and seasons can do nothing to it. So it is the negative control of every
comparison of eyes or controllers under a change of season: what differs between its drives in summer and in winter is
grip and chance.
"""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor, nn

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.observation import Observation, VehicleState
from wormdrive.perception.head import ROWS

__all__ = ["ROAD_STATE", "SCALE", "RoadStateHead", "RoadStateInput", "road_state"]

ROAD_STATE: Final = ("lateral_offset_m", "heading_error_rad", "curvature")
"""Fields of ``VehicleState`` that are told."""

SCALE: Final = (0.4, 0.06, 0.01)
"""What counts as 1. Over the drives that recipe ``demo`` records the standard deviations are 0.42 m, 0.066 rad and
0.0062 /m; bends are tighter on other maps."""


def road_state(state: VehicleState) -> NDArray[np.float64]:
    """Return lateral offset [m], heading error [rad] and curvature of the lane [1/m] of M vehicles: (M, 3)."""
    return np.stack([getattr(state, name) for name in ROAD_STATE], axis=1)


class RoadStateInput:
    """Stands where a ``Preprocessor`` stands: from observations to numbers of about unit size."""

    frames_allowed: ClassVar[str] = "an array (B, 3) of float64: offset [m], heading error [rad], curvature [1/m]"

    def takes(self, frames: object) -> bool:
        """Whether ``frames`` are the states of at least one vehicle."""
        return (
            isinstance(frames, np.ndarray)
            and frames.dtype == np.float64
            and frames.shape[1:] == (3,)
            and len(frames) > 0
        )

    def look(self, observation: Observation) -> NDArray[np.float64]:
        """Return the road states (N, 3) of an observation; pictures play no part."""
        return road_state(observation.state)

    def reduce(self, states: Tensor) -> Tensor:
        """Scale road states (M, 3) [m, rad, 1/m] to about unit size: float32.

        Raises
        ------
        ArgumentError
            When ``states`` has another type or shape, that of pictures for instance.
        """
        if states.dtype != torch.float64 or states.shape[1:] != (3,):
            raise ArgumentError(
                f"frames: {states.dtype} {tuple(states.shape)}: allowed is torch.float64 (M, 3), for this policy is "
                "told the road's state instead of seeing pictures"
            )
        return (states / states.new_tensor(SCALE)).float()

    def __call__(self, states: Tensor) -> Tensor:
        """Nothing is left to do: (M, 3) -> (M, 3)."""
        return states


class RoadStateHead(nn.Module):
    """Stands where a ``ConvHead`` stands: a learnt linear map of scaled road states onto features.

    Parameters
    ----------
    feature_count:
        How many features the controller takes.

    Examples
    --------
    >>> RoadStateHead(32)(torch.zeros(2, 3)).shape
    torch.Size([2, 32])
    """

    input_dims: ClassVar[int] = 1
    images_allowed: ClassVar[str] = "(B, T, 3)"

    def __init__(self, feature_count: int) -> None:
        super().__init__()
        self.feature_count = feature_count
        self.weight = nn.Parameter(torch.randn(feature_count, len(ROAD_STATE)) / len(ROAD_STATE) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(feature_count))

    def runs_fused(self, _states: Tensor) -> bool:
        """There are no kernels."""
        return False

    def forward(self, states: Tensor) -> Tensor:
        """(M, 3) scaled road states -> (M, feature_count) float32."""
        with torch.autocast(states.device.type, enabled=False):
            count = len(states)
            if not torch.is_grad_enabled():  # whoever drives gets the same bits alone and in company
                states = F.pad(states, (0, 0, 0, -count % ROWS))
            return F.linear(states.float(), self.weight, self.bias)[:count]
