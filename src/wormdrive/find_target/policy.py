"""Policy: from pictures to actions: normalisation, convolutions, and a core with or without memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar, Final

import torch
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from wormdrive.agents.weight_files import check_tensors, read_limited, unpack_tensors
from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ArgumentError, ModelError, one_of
from wormdrive.find_target.cores import CORES
from wormdrive.perception.head import ConvHead, HeadConfig

__all__ = ["FlightPolicy", "load_flight_policy", "normalised", "save_flight_policy"]

_CONFIG, _WEIGHTS = "config.json", "model.safetensors"
_FORMAT: Final = "wormdrive-flight-policy"
_MOST_BYTES: Final = 64 << 20
_LEAST_DEVIATION: Final = 0.25  # of 255


class FlightHead(ConvHead):
    """The convolutional head of the car's policies with smaller layers: 32 features of a 144x96 picture."""

    layers: ClassVar = ((16, 5, 2), (24, 3, 2), (32, 3, 2), (32, 3, 1), (8, 3, 1))


class FlightPolicy(nn.Module):
    """A policy of one kind, untrained.

    Parameters
    ----------
    kind:
        ``ncp``, ``cfc``, ``lstm`` or ``cnn``.
    width, height:
        Of the pictures [pixel].
    seed:
        Of the weights.

    Raises
    ------
    ArgumentError
        If there is no such kind.
    """

    def __init__(self, kind: str, width: int = 144, height: int = 96, seed: int = 0) -> None:
        super().__init__()
        if kind not in CORES:
            raise ArgumentError(one_of("kind", kind, CORES))
        self.kind, self.width, self.height = kind, width, height
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.head = FlightHead(HeadConfig(), 3, height, width)
            self.core = CORES[kind](self.head.feature_count)

    def forward(self, images: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Fly.

        Parameters
        ----------
        images:
            (B, T, 3, H, W) from ``normalised``.
        state:
            What the last call returned; None to begin.

        Returns
        -------
        actions (B, T, 4), not yet cut off at -1 and 1, and the state after the last picture.
        """
        batch, steps = images.shape[:2]
        features = self.head(images.flatten(0, 1)).unflatten(0, (batch, steps))
        found: tuple[Tensor, Any] = self.core(features, state)
        return found


def normalised(frames: Tensor, gain: Tensor | None = None, bias: Tensor | None = None) -> Tensor:
    """Whiten pictures, each by itself: (..., H, W, 3) -> (..., 3, H, W), mean 0 and deviation 1.

    Pictures are uint8; or floating-point numbers of the same range, which are spoilt unless they have gradients.

    ``gain`` and ``bias``, of a shape that fits (..., 1, 1, 3), change contrast and colour afterwards, in the same pass.
    """
    x = frames.float()
    deviation, mean = torch.std_mean(x.flatten(-3), dim=-1)
    scale = 1.0 / deviation.clamp_min(_LEAST_DEVIATION)[..., None, None, None]
    shift = -mean[..., None, None, None] * scale
    if gain is not None and bias is not None:
        scale, shift = scale * gain, shift * gain + bias
    whitened = x * scale + shift if x.requires_grad else x.mul_(scale).add_(shift)  # the same bits
    return whitened.movedim(-1, -3)


def save_flight_policy(policy: FlightPolicy, folder: Path) -> None:
    """Write a policy: ``config.json`` and ``model.safetensors``, the latter last."""
    config = {"format": _FORMAT, "kind": policy.kind, "width": policy.width, "height": policy.height}
    atomic_write(folder / _CONFIG, (json.dumps(config, indent=1) + "\n").encode())
    tensors = {name: tensor.detach().contiguous() for name, tensor in policy.state_dict().items()}
    atomic_write(folder / _WEIGHTS, save_tensors(tensors))


def load_flight_policy(folder: str | Path) -> FlightPolicy:
    """Read a policy, in evaluation mode.

    Raises
    ------
    ModelError
        A file is missing, corrupt, truncated or foreign.
    """
    folder = Path(folder)
    file = folder / _CONFIG
    try:
        config = json.loads(read_limited(file, _MOST_BYTES))
        if config["format"] != _FORMAT:
            raise ModelError(f"{file}: format {config['format']!r}: allowed is {_FORMAT!r}")
        policy = FlightPolicy(str(config["kind"]), int(config["width"]), int(config["height"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{file}: not the configuration of a flight policy: {error}") from error
    weights = folder / _WEIGHTS
    tensors, _ = unpack_tensors(weights, read_limited(weights, _MOST_BYTES))
    check_tensors(weights, tensors, policy.state_dict(), "policy")
    policy.load_state_dict(tensors)
    return policy.eval()
