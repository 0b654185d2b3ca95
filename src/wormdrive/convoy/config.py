"""Configuration of followers and of how they learn, and the four kinds that the benchmark compares."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from wormdrive.envs.convoy.simulator import CONVOY_CAMERA
from wormdrive.perception.augment import AugmentationConfig
from wormdrive.perception.head import HeadConfig
from wormdrive.perception.preprocess import PreprocessConfig
from wormdrive.training.config import recipe

__all__ = ["CAMERA", "MODELS", "ConvoyTrainConfig", "FollowerConfig"]

CAMERA: Final = CONVOY_CAMERA
"""What all followers see through."""


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FollowerConfig(_Config):
    """A follower: its eyes, how many frames they see at once, and what it remembers with."""

    memory: Literal["ncp", "lstm", "none"] = "ncp"
    frames: int = Field(default=1, ge=1, le=8, description="the latest frames, seen at once")
    units: int = Field(default=64, ge=1, le=4096, description="of the LSTM, or of the hidden layer without memory")
    wiring_seed: int = Field(default=20190120, ge=0, lt=2**32, description="of the NCP")
    preprocess: PreprocessConfig = PreprocessConfig()
    head: HeadConfig = HeadConfig()


MODELS: Final = MappingProxyType(
    {
        "ncp": FollowerConfig(memory="ncp"),
        "lstm": FollowerConfig(memory="lstm"),
        "feedforward": FollowerConfig(memory="none"),
        "feedforward-4-frames": FollowerConfig(memory="none", frames=4),
    }
)
"""Followers by name: 12 inter, 6 command and 2 motor neurons; 64 units; none; none, but four frames (0.3 s) at once."""


class ConvoyTrainConfig(_Config):
    """How followers learn: imitation of the expert on windows of convoys that it drove, then DAgger rounds.

    Durations count actions, of which there are ten a second. The augmentation is that of the recipe ``blind``, which
    has seen no picture of winter.
    """

    seed: int = Field(default=0, ge=0, lt=2**31, description="of first weights, windows, augmentation and rounds")
    data_seed: int = Field(default=0, ge=0, lt=2**31, description="of the convoys that the expert drives")
    map: str = "country_loop"
    cars: int = Field(default=4, ge=2, le=8)
    convoys: int = Field(default=20, ge=1, le=10_000, description="that the expert drives")
    length: int = Field(default=300, ge=32, le=6000, description="actions of each")
    window: int = Field(default=16, ge=4, le=512)
    batch: int = Field(default=8, ge=1, le=4096)
    steps: int = Field(default=900, ge=1, le=10_000_000)
    rounds: int = Field(default=2, ge=0, le=1000, description="of DAgger")
    round_convoys: int = Field(default=8, ge=1, le=10_000)
    round_length: int = Field(default=200, ge=32, le=6000)
    round_steps: int = Field(default=300, ge=1, le=10_000_000)
    learning_rate: float = Field(default=3e-3, gt=0, description="peak, of the convolutional head")
    cell_learning_rate: float = Field(default=1e-2, gt=0, description="peak, of everything behind the head")
    round_peak: float = Field(default=0.5, gt=0, le=1)
    warm_up: float = Field(default=0.15, gt=0, lt=1)
    weight_decay: float = Field(default=1e-3, ge=0)
    gradient_clip: float = Field(default=1.0, gt=0)
    settle_frames: int = Field(default=3, ge=0, description="first frames of a window, while memory finds its way")
    settle_weight: float = Field(default=0.3, ge=0, le=1)
    auxiliary_weight: float = Field(default=0.5, ge=0, description="of the read-out straight from the head's features")
    augmentation: AugmentationConfig = Field(default_factory=lambda: recipe("blind").train.augmentation)

    @classmethod
    def small(cls, **changes: Any) -> ConvoyTrainConfig:
        """Return what a test can wait for: it learns next to nothing."""
        few: dict[str, Any] = {"convoys": 2, "length": 40, "steps": 3}
        few |= {"rounds": 1, "round_convoys": 1, "round_length": 32, "round_steps": 2}
        return cls(**(few | changes))
