"""Policy: what every driving network shares, whatever sits between its 32 features and its steering.

A policy maps small camera images, or as a negative control the road's true state, to the curvature [1/m] that the car
should drive; how far the wheels must turn for it at the present speed is the driver's business. State is explicit: it
goes in, it comes out, nothing is kept inside.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer
from torch import Tensor, nn

from wormdrive.agents.device import repeatable, without_autocast
from wormdrive.agents.policies.starting_point import StartingPoint
from wormdrive.envs.common.errors import ArgumentError, is_whole
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.perception.flat_head import FlatHead
from wormdrive.perception.head import ROWS, ConvHead, HeadConfig
from wormdrive.perception.picture_window import PictureWindow
from wormdrive.perception.policy_input import PolicyInput
from wormdrive.perception.preprocess import PreprocessConfig, Preprocessor
from wormdrive.perception.road_state import RoadStateHead, RoadStateInput

__all__ = ["Policy", "PolicyConfig", "PolicyOutput", "PolicySteps", "PolicyTrace", "fast_inference_dtype"]

_CHUNK = 64
"""Frames that go through the head together: large enough for full speed, small enough to stay in the cache."""


class PolicyConfig(BaseModel):
    """What all kinds of policy are configured by.

    ``output_scale`` is the curvature that an output of 1 stands for: the tightest bend to be driven (9 m, 0.11 /m)
    must lie well inside the range that the motor neuron reaches with ease, about +-0.6.

    ``observes``: ``camera``, or ``road_state``, the true lateral offset, heading error and curvature, by which
    ``preprocess`` and of ``head`` all but the number of features play no part.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    preprocess: PreprocessConfig = PreprocessConfig()
    head: HeadConfig = HeadConfig()
    output_scale: float = Field(default=0.2, gt=0.0, le=10.0, description="curvature of output 1 [1/m]")
    auxiliary: bool = Field(default=True, description="a linear read-out of the features, for training only")
    sample_period_s: float = Field(
        default=1.0 / 15.0, gt=0.0, le=10.0, description="time between frames that counts as elapsed = 1 [s]"
    )
    observes: Literal["camera", "road_state"] = "camera"

    @model_serializer(mode="wrap")
    def _without_what_goes_without_saying(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave ``observes`` out for the camera: saved policies are stamped with a digest of all that stands here."""
        data: dict[str, Any] = dump(self)
        if data.get("observes") == "camera":
            del data["observes"]
        return data


class PolicyOutput(NamedTuple):
    """``curvature`` (B, T) [1/m], positive left; ``auxiliary`` (B, T) [1/m], while training only; ``state`` (B, S)."""

    curvature: Tensor
    auxiliary: Tensor | None
    state: Tensor


class PolicyTrace(NamedTuple):
    """What went on inside: ``curvature`` (B, T) [1/m], ``features`` (B, T, 32), neuron ``activity`` (B, T, A)."""

    curvature: Tensor
    features: Tensor
    activity: Tensor


class PolicySteps(NamedTuple):
    """Step by step: ``curvature`` (B, T) [1/m], neuron ``activity`` (B, T, A), the whole ``state`` (B, T, S)."""

    curvature: Tensor
    activity: Tensor
    state: Tensor


class Policy(nn.Module, ABC):
    """Preprocessing, convolutional head, and a controller that sub-classes bring: ``_control``.

    Images (B, T, C, h, w) are reduced and in [0, 1], as ``preprocessor.reduce`` makes them; augmentation works there.
    Where the policy observes the road's state they are scaled states (B, T, 3), and frames are states (B, 3).

    Attributes
    ----------
    trained_camera:
        The camera that took the frames it learnt from; ``None`` where that is not known. It is saved with the policy.
    started_from:
        The policy with whose weights its training began, if there was one; saved, too.
    """

    trained_camera: CameraConfig | None = None
    started_from: StartingPoint | None = None

    preprocessor: PolicyInput
    head: ConvHead | RoadStateHead | FlatHead

    without_gradients: str = ""
    """Why the steering has no gradient with respect to the picture; empty where it has one."""

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        self.config = config
        if config.observes == "camera":
            self.preprocessor, self.head = Preprocessor(config.preprocess), self._make_head()
        else:
            with torch.random.fork_rng(devices=[]), torch.device("meta"):  # how many the controller would take of eyes
                features = self._make_head().feature_count
            self.preprocessor, self.head = RoadStateInput(), RoadStateHead(features)
        self.auxiliary = small_linear(self.head.feature_count) if config.auxiliary else None

    def _make_head(self) -> ConvHead:
        size = self.config.preprocess
        return ConvHead(self.config.head, size.channels, size.image_height, size.image_width)

    @property
    @abstractmethod
    def state_size(self) -> int:
        """S: numbers of state a car; 0 for a policy without memory."""

    @abstractmethod
    def _control(self, features: Tensor, state: Tensor, elapsed: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
        """Features (B, T, 32), state (B, S) -> output (B, T) before scaling, activity (B, T, A), state (B, S)."""

    @property
    def needs_camera(self) -> bool:
        """Whether it looks at camera frames."""
        return not isinstance(self.head, RoadStateHead)

    @property
    def camera(self) -> CameraConfig | None:
        """What it is to see through: the camera of its training, else the default; ``None`` if it has no eyes."""
        if not self.needs_camera:
            return None
        size = self.config.preprocess
        return self.trained_camera or CameraConfig(width=size.width, height=size.height)

    @property
    def eyes(self) -> tuple[Preprocessor, ConvHead]:
        """Preprocessing and head of a policy that looks at camera frames.

        Raises
        ------
        ArgumentError
            It is one that is told the road's state instead.
        """
        preprocessor, head = self.preprocessor, self.head
        if not (isinstance(preprocessor, Preprocessor) and isinstance(head, ConvHead)):
            raise ArgumentError(
                f"a policy that observes={self.config.observes!r} has no eyes: allowed here are those that observe "
                "the camera"
            )
        return preprocessor, head

    @property
    def window(self) -> PictureWindow:
        """Which part of a frame the reduced picture shows.

        Raises
        ------
        ArgumentError
            It looks at no frames.
        """
        return self.eyes[0].config.picture_window

    def look(self, observation: Observation) -> NDArray[Any]:
        """Return what ``act`` takes of an observation: camera frames (N, H, W, 3), or road states (N, 3).

        Raises
        ------
        ArgumentError
            When the policy needs camera frames and the observation has none.
        """
        return self.preprocessor.look(observation)

    @property
    def device(self) -> torch.device:
        """Where the policy computes; ``to`` moves it."""
        return next(self.parameters()).device

    def initial_state(self, batch: int) -> Tensor:
        """(B, S) float32: the state of B cars that have seen nothing yet.

        Raises
        ------
        ArgumentError
            If ``batch`` is no whole number from 0.
        """
        if not is_whole(batch) or batch < 0:
            raise ArgumentError(f"batch={batch!r}: allowed is a whole number from 0")
        return next(self.parameters()).new_zeros(batch, self.state_size)

    def forward(self, images: Tensor, state: Tensor, elapsed: Tensor | float = 1.0, *, parts: int = 1) -> PolicyOutput:
        """Run over a sequence: images (B, T, C, h, w), state (B, S), elapsed scalar or (B, T) in sample periods.

        With ``parts``, each image is held for so many samples, each that part of its elapsed time; what comes out is
        what is said at the last of them.
        """
        features = self.features(images)
        if parts == 1:
            output, _, state = self._control(features, state, elapsed)
        else:
            held = features.repeat_interleave(parts, 1)
            if isinstance(elapsed, Tensor) and elapsed.ndim:
                elapsed = elapsed.repeat_interleave(parts, 1)
            output, _, state = self._control(held, state, elapsed / parts)
            output = output[:, parts - 1 :: parts]
        auxiliary = None
        if self.training and self.auxiliary is not None:
            with without_autocast(features.device):
                auxiliary = self.auxiliary(features).squeeze(-1) * self.config.output_scale
        return PolicyOutput(output * self.config.output_scale, auxiliary, state)

    def features(self, images: Tensor) -> Tensor:
        """(B, T, C, h, w) -> (B, T, 32) float32."""
        if images.ndim != 2 + self.head.input_dims or images.shape[1] < 1:
            allowed = f"{self.head.images_allowed} with T >= 1"
            raise ArgumentError(f"images: shape {tuple(images.shape)}: allowed is {allowed}")
        return self.head(self.preprocessor(images.flatten(0, 1))).unflatten(0, images.shape[:2])  # type: ignore[no-any-return]

    def trace(self, images: Tensor, state: Tensor, elapsed: Tensor | float = 1.0) -> PolicyTrace:
        """As ``forward``, and show each neuron's activity after every step: for audits and pictures."""
        features = self.features(images)
        output, activity, _ = self._control(features, state, elapsed)
        return PolicyTrace(output * self.config.output_scale, features, activity)

    @property
    def neuron_names(self) -> tuple[str, ...]:
        """Names of the columns of ``PolicyTrace.activity``."""
        return tuple(f"unit_{i}" for i in range(self.state_size))

    def parts(self) -> dict[str, int]:
        """Return how many numbers there are to train in head, cell, the maps around it, and the auxiliary read-out."""
        parts = dict.fromkeys(("head", "cell", "maps", "auxiliary"), 0)
        for name, parameter in self.named_parameters():
            part = name.split(".")[0]
            parts[part if part in parts else "maps"] += parameter.numel()
        return parts

    def act(
        self, frames: NDArray[Any], state: Tensor, elapsed: float | NDArray[np.float64] = 1.0
    ) -> tuple[NDArray[np.float32], Tensor]:
        """One step for B cars: frames (B, H, W, 3) uint8, state (B, S) -> curvature (B,) float32 [1/m], state (B, S).

        Frames are what ``look`` returns. State stays on the policy's device.
        ``elapsed`` is the time since each car's frame before, in sample periods: one number, or an array (B,).
        Without gradients. On one machine a car's curvature has the same bits alone and in any batch, with any number
        of threads; other processors differ in the last digits.

        Raises
        ------
        ArgumentError
            If an argument is of another type or shape.
        """
        if not self.preprocessor.takes(frames):
            raise ArgumentError(f"frames={_shown(frames)}: allowed is {self.preprocessor.frames_allowed}")
        if not isinstance(state, Tensor) or state.ndim != 2 or state.shape[1] != self.state_size:
            raise ArgumentError(f"state={_shown(state)}: allowed is a tensor (B, {self.state_size})")
        if len(state) != len(frames):
            raise ArgumentError(f"state: {len(state)} rows for {len(frames)} frames: allowed is one row a frame")
        device = self.device
        gaps = _gaps(elapsed, len(frames))
        with torch.inference_mode(), repeatable(device):
            features = self._frame_features(frames, device)
            padded_state = F.pad(state.to(device), (0, 0, 0, len(features) - len(frames)))
            if isinstance(gaps, Tensor):
                gaps = F.pad(gaps.to(device), (0, 0, 0, len(features) - len(frames)), value=1.0)
            output, _, state = self._control(features.unsqueeze(1), padded_state, gaps)
            curvature = output[: len(frames), 0].float() * self.config.output_scale
        return curvature.cpu().numpy(), state[: len(frames)]

    def frame_features(self, frames: NDArray[Any]) -> Tensor:
        """Return what ``act`` makes of M frames before any neuron hears of them: (M, 32) float32, without gradients.

        The bits are those of ``act``.

        Raises
        ------
        ArgumentError
            If ``frames`` are not what ``look`` returns.
        """
        if not self.preprocessor.takes(frames):
            raise ArgumentError(f"frames={_shown(frames)}: allowed is {self.preprocessor.frames_allowed}")
        device = self.device
        with torch.inference_mode(), repeatable(device):
            return self._frame_features(frames, device)[: len(frames)]

    def control(self, features: Tensor, state: Tensor, elapsed: float = 1.0) -> PolicySteps:
        """Run over features (B, T, 32) from a state (B, S), one step after the other as ``act`` does, with its bits.

        ``elapsed`` is the time from frame to frame, in sample periods. Without gradients.
        """
        cars = len(features)
        spare = -cars % ROWS
        with torch.inference_mode(), repeatable(self.device):
            features, state = F.pad(features, (0, 0, 0, 0, 0, spare)), F.pad(state, (0, 0, 0, spare))
            steps = []
            for t in range(features.shape[1]):
                output, activity, state = self._control(features[:, t : t + 1], state, elapsed)
                curvature = output[:cars, 0].float() * self.config.output_scale
                steps.append((curvature, activity[:cars, 0], state[:cars].clone()))
            return PolicySteps(*(torch.stack(part, dim=1) for part in zip(*steps, strict=True)))

    def curvature_of(self, features: Tensor, state: Tensor, elapsed: float = 1.0) -> Tensor:
        """Return the curvature (B, T) [1/m] of features (B, T, 32) and a state (B, S), with gradients."""
        return self.stepped(features, state, elapsed)[0]

    def stepped(self, features: Tensor, state: Tensor, elapsed: float = 1.0) -> tuple[Tensor, Tensor]:
        """Return the curvature (B, T) [1/m] and the state after (B, S), as ``curvature_of``, with gradients."""
        output, _, after = self._control(features, state, elapsed)
        return output * self.config.output_scale, after

    def _frame_features(self, frames: NDArray[Any], device: torch.device) -> Tensor:
        """Features of frames, with rows of no meaning behind them up to a multiple of ``ROWS``."""
        return torch.cat([self._chunk_features(frames[i : i + _CHUNK], device) for i in range(0, len(frames), _CHUNK)])

    def _chunk_features(self, frames: NDArray[Any], device: torch.device) -> Tensor:
        """Features of up to ``_CHUNK`` frames, with rows of no meaning behind them up to a multiple of ``ROWS``."""
        bf16 = fast_inference_dtype(device) is torch.bfloat16
        images = self.preprocessor.reduce(torch.from_numpy(np.ascontiguousarray(frames)).to(device))
        missing = -len(images) % ROWS
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
            if not (bf16 or self.head.runs_fused(images)):
                images = F.pad(images, (0, 0) * (images.ndim - 1) + (0, missing))
            features: Tensor = self.head(self.preprocessor(images))
        return F.pad(features, (0, 0, 0, -len(features) % ROWS))


def _gaps(elapsed: float | NDArray[np.float64], cars: int) -> Tensor | float:
    """Check elapsed times; an array (B,) becomes a tensor (B, 1)."""
    if not isinstance(elapsed, np.ndarray) or not elapsed.ndim:
        return float(elapsed)
    if elapsed.shape != (cars,):
        raise ArgumentError(f"elapsed: shape {elapsed.shape}: allowed is a number or ({cars},), one a car")
    if not (np.isfinite(elapsed) & (elapsed >= 0.0)).all():
        raise ArgumentError(f"elapsed={elapsed.min()!r}...{elapsed.max()!r}: allowed are finite numbers >= 0")
    return torch.from_numpy(np.asarray(elapsed, np.float64))[:, None]


def _shown(value: object) -> str:
    """Show an argument in an error: large ones by type and shape."""
    shape = getattr(value, "shape", None)
    return repr(value)[:60] if shape is None else f"{value.dtype} {tuple(shape)}"  # type: ignore[attr-defined]


def small_linear(inputs: int) -> nn.Linear:
    """Make a linear read-out that begins near zero, as a car that drives straight on: far less to unlearn."""
    linear = nn.Linear(inputs, 1)
    with torch.no_grad():
        linear.weight.mul_(0.1)
        linear.bias.zero_()
    return linear


def fast_inference_dtype(device: torch.device) -> torch.dtype:
    """Float32 where the head has kernels of its own; else bfloat16 if the processor has instructions for it."""
    native = device.type == "cpu" and not ConvHead.fused and torch.cpu._is_avx512_bf16_supported()
    return torch.bfloat16 if native else torch.float32
