"""Exported network: a policy as plain arrays, in the order in which every export writes them down."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import cast

from torch import Tensor, nn

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.saved_state import saved_state
from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.perception.head import ConvHead
from wormdrive.perception.preprocess import PreprocessConfig
from wormdrive.training.export.controllers import Controller, Floats, as_floats, read_controller

__all__ = ["STEERING_LAW", "Convolution", "ExportedNetwork", "read_network", "steering_facts"]

STEERING_LAW = (
    "wheel_angle_rad = curvature * (wheelbase_m + understeer_gradient * speed_mps^2), positive to the left; "
    "steer in [-1, 1], +1 full right = -wheel_angle_rad / max_steer_rad"
)
"""Steady-state cornering; Rajamani, *Vehicle Dynamics and Control*, 2012, eq. 3.11."""


@dataclass(frozen=True, eq=False)
class Convolution:
    """One convolution with its activation.

    ``weight`` (filters, channels, kernel, kernel), ``bias`` (filters,); ``top`` and ``left`` rows and columns of zeros
    before the image, and behind it as many as the output needs; ``slope`` of the activation below zero.
    """

    weight: Floats
    bias: Floats
    stride: int
    top: int
    left: int
    slope: float
    in_height: int
    in_width: int

    @property
    def filters(self) -> int:
        """Channels of the output."""
        return int(self.weight.shape[0])

    @property
    def channels(self) -> int:
        """Channels of the input."""
        return int(self.weight.shape[1])

    @property
    def kernel(self) -> int:
        """Side of the square window."""
        return int(self.weight.shape[2])

    @property
    def out_height(self) -> int:
        """Rows of the output."""
        return -(-self.in_height // self.stride)

    @property
    def out_width(self) -> int:
        """Columns of the output."""
        return -(-self.in_width // self.stride)

    @property
    def padding(self) -> tuple[int, int, int, int]:
        """Rows above, columns to the left, rows below, columns to the right, all zero."""
        below, right = (
            max((out - 1) * self.stride + self.kernel - have - before, 0)
            for out, have, before in (
                (self.out_height, self.in_height, self.top),
                (self.out_width, self.in_width, self.left),
            )
        )
        return self.top, self.left, below, right

    @property
    def multiplications(self) -> int:
        """Products of an activation and a weight in one pass, padding counted."""
        return self.out_height * self.out_width * self.weight.size


@dataclass(frozen=True, eq=False)
class ExportedNetwork:
    """Everything between a camera frame and the curvature.

    ``mixing`` (3 downsample, C) weighs the red, green and blue of a row of pixels that become one; their sum times
    ``scale`` is in [0, 1]. ``readout_weight`` (channels, pixels, features a channel). ``sha256`` is over all of it.
    """

    kind: str
    preprocess: PreprocessConfig
    mixing: Floats
    scale: float
    convolutions: tuple[Convolution, ...]
    readout_weight: Floats
    readout_bias: Floats
    normalise_features: bool
    controller: Controller
    output_scale: float
    sample_period_s: float
    sha256: str

    @property
    def feature_count(self) -> int:
        """Features that the head hands to the controller."""
        return self.readout_bias.size

    @property
    def state_size(self) -> int:
        """Numbers that one car's memory takes."""
        return self.controller.state_size

    @property
    def multiplications(self) -> int:
        """Products in the head in one step; what comes before and after is less than a hundredth of it."""
        return sum(c.multiplications for c in self.convolutions) + self.readout_weight.size


def read_network(policy: Policy) -> ExportedNetwork:
    """Take a policy apart.

    Raises
    ------
    ArgumentError
        When there is no export for this kind of policy, or it has no eyes.
    """
    controller = read_controller(policy)
    preprocessor, head = policy.eyes
    preprocess = policy.config.preprocess
    return ExportedNetwork(
        kind=policy.config.kind,
        preprocess=preprocess,
        mixing=as_floats(preprocessor._mixing),
        scale=preprocessor._scale,
        convolutions=_convolutions(head, preprocess),
        readout_weight=as_floats(head.readout_weight),
        readout_bias=as_floats(head.readout_bias),
        normalise_features=head.config.normalise_features,
        controller=controller,
        output_scale=policy.config.output_scale,
        sample_period_s=policy.config.sample_period_s,
        sha256=_digest(policy),
    )


def steering_facts(vehicle: VehicleParameters | None = None) -> dict[str, float]:
    """Wheelbase [m], understeer gradient [rad s²/m] and largest wheel angle [rad] of a vehicle."""
    vehicle = vehicle or VehicleParameters()
    return {
        "wheelbase_m": vehicle.wheelbase_m,
        "understeer_gradient": vehicle.understeer_gradient,
        "max_steer_rad": vehicle.max_steer_rad,
    }


def _convolutions(head: ConvHead, preprocess: PreprocessConfig) -> tuple[Convolution, ...]:
    height, width = preprocess.image_height, preprocess.image_width
    last = len(head.convolutions) - 1
    found: list[Convolution] = []
    for number, (module, uneven) in enumerate(zip(head.convolutions, head.uneven_paddings, strict=True)):
        convolution = cast(nn.Conv2d, module)
        top, left = (uneven[2], uneven[0]) if uneven else cast("tuple[int, int]", convolution.padding)
        found.append(
            Convolution(
                weight=as_floats(convolution.weight),
                bias=as_floats(cast(Tensor, convolution.bias)),
                stride=convolution.stride[0],
                top=top,
                left=left,
                slope=head.config.last_slope if number == last else 0.0,
                in_height=height,
                in_width=width,
            )
        )
        height, width = found[-1].out_height, found[-1].out_width
    return tuple(found)


def _digest(policy: Policy) -> str:
    digest = hashlib.sha256(policy.config.model_dump_json().encode())
    for name, value in sorted(saved_state(policy).items()):
        digest.update(name.encode() + as_floats(value).tobytes())
    return digest.hexdigest()
