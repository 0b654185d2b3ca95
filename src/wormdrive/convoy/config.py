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

__all__ = ["CAMERA", "MODELS", "ConvoyTrainConfig", "EyesConfig", "FollowerConfig"]

CAMERA: Final = CONVOY_CAMERA
"""What all followers see through."""


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class EyesConfig(_Config):
    """What turns a frame into 32 features."""

    preprocess: PreprocessConfig = PreprocessConfig()
    head: HeadConfig = HeadConfig()


class FollowerConfig(_Config):
    """A follower: how many frames' features it decides by at once, and what it remembers with."""

    memory: Literal["ncp", "lstm", "none"] = "ncp"
    frames: int = Field(default=1, ge=1, le=8, description="the latest frames, decided by at once")
    units: int = Field(default=64, ge=1, le=4096, description="of the LSTM, or of the hidden layer without memory")
    wiring_seed: int = Field(default=20190120, ge=0, lt=2**32, description="of the NCP")
    eyes: EyesConfig = EyesConfig()


MODELS: Final = MappingProxyType(
    {
        "ncp": FollowerConfig(memory="ncp"),
        "lstm": FollowerConfig(memory="lstm"),
        "feedforward": FollowerConfig(memory="none"),
        "feedforward-4-frames": FollowerConfig(memory="none", frames=4),
    }
)
"""Followers by name: 12 inter, 6 command and 2 motor neurons; 64 units; none; none, but four frames at once, 0.3 s."""


class ConvoyTrainConfig(_Config):
    """How followers learn: imitation of the expert on convoys that it drove, then DAgger rounds.

    Eyes learn first, from single frames: to read from them the expert's curvature and acceleration, the gap, and how
    the car stands in its lane. All kinds of followers of one seed see through the same eyes; what each learns is what
    to do by what these see. Durations count actions, of which there are ten a second. The augmentation is that of the
    recipe ``blind``, which has seen no picture of winter, but for ``blank``, which would hide the car ahead.
    """

    seed: int = Field(default=0, ge=0, lt=2**31, description="of first weights, what is drawn, augmentation and rounds")
    data_seed: int = Field(default=0, ge=0, lt=2**31, description="of the convoys that the expert drives")
    map: str = "country_loop"
    cars: int = Field(default=4, ge=2, le=8)
    convoys: int = Field(default=96, ge=1, le=10_000, description="that the expert drives")
    length: int = Field(default=200, ge=32, le=6000, description="actions of each")
    eyes_batch: int = Field(default=128, ge=1, le=65_536, description="frames a step")
    eyes_steps: int = Field(default=9600, ge=1, le=10_000_000)
    eyes_learning_rate: float = Field(default=3e-3, gt=0, description="peak")
    weight_decay: float = Field(default=1e-3, ge=0, description="of the eyes")
    copies: int = Field(default=2, ge=0, le=64, description="of each drive's features, augmented; one is as it was")
    stretch: int = Field(default=64, ge=8, le=6000, description="frames that are augmented alike")
    window: int = Field(default=32, ge=4, le=512)
    batch: int = Field(default=32, ge=1, le=4096, description="windows a step")
    steps: int = Field(default=12_000, ge=1, le=10_000_000)
    rounds: int = Field(default=5, ge=0, le=1000, description="of DAgger")
    round_convoys: int = Field(default=24, ge=1, le=10_000)
    round_length: int = Field(default=200, ge=32, le=6000)
    round_steps: int = Field(default=3000, ge=1, le=10_000_000)
    learning_rate: float = Field(default=1e-2, gt=0, description="peak, of everything behind the eyes")
    round_peak: float = Field(default=0.5, gt=0, le=1)
    warm_up: float = Field(default=0.15, gt=0, lt=1)
    gradient_clip: float = Field(default=1.0, gt=0)
    settle_frames: int = Field(default=3, ge=0, description="first frames of a window, while memory finds its way")
    settle_weight: float = Field(default=0.3, ge=0, le=1)
    augmentation: AugmentationConfig = Field(
        default_factory=lambda: recipe("blind").train.augmentation.model_copy(update={"blank": 0.0})
    )

    @classmethod
    def small(cls, **changes: Any) -> ConvoyTrainConfig:
        """Return what a test can wait for: it learns next to nothing."""
        few: dict[str, Any] = {"convoys": 2, "length": 40, "eyes_batch": 16, "eyes_steps": 2, "copies": 1, "steps": 3}
        few |= {"batch": 4, "rounds": 1, "round_convoys": 1, "round_length": 32, "round_steps": 2}
        return cls(**(few | changes))
