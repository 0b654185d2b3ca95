"""Configuration of recording and training, and the recipes by name in ``recipes.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.seasons.names import SeasonName, WeatherName
from wormdrive.perception.augment import AugmentationConfig

__all__ = ["RECIPES", "Recipe", "RecordConfig", "TrainConfig", "recipe"]


_LEFT_OUT: Final = (
    "temporal_weight",
    "vary_unfolds",
    "vary_period_parts",
    "validation",
    "validate_every",
    "drive_every",
    "drive_routes",
)
"""Fields of ``TrainConfig`` that are not written down while they have their defaults."""


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class RecordConfig(_Config):
    """What the expert drives for a data set.

    ``length`` counts frames at 30 Hz. Disturbances push the steering now and then and set the car off its lane's centre
    at the start, so that recovery is in the data; labels are what the undisturbed expert would do.
    """

    maps: tuple[str, ...] = Field(default=("country_loop",), min_length=1)
    season: SeasonName = "summer"
    weathers: tuple[WeatherName, ...] = Field(default=("day",), min_length=1)
    episodes: int = Field(default=64, ge=1, le=100_000)
    length: int = Field(default=300, ge=16, le=20_000, description="frames an episode")
    seed: int = Field(default=0, ge=0, lt=2**31)
    disturbance: float = Field(default=1.0, ge=0.0, le=3.0, description="strength of pushes; 0 is none")


class TrainConfig(_Config):
    """How a policy learns: imitation on windows of the recorded episodes, then DAgger rounds.

    Batches are ``batch`` windows of ``window`` frames. In every DAgger round the policy drives ``round_episodes``
    episodes while the expert says what it would have done; training goes on with what was added.

    A liquid network learns the map of its solver's steps, not the differential equation; with ``vary_unfolds`` and
    ``vary_period_parts`` it learns one that holds for several step lengths. The seed decides what is drawn; the
    policy's own configuration, and how it drives, stay as they are.

    With ``validation``, so large a share of the recorded episodes is held out, chosen by the seed, and the loss on it
    logged. With ``drive_every``, the policy drives ``drive_routes`` routes so often, with seeds that no suite uses, and
    the one that drove best is kept as ``best`` beside the last one. Neither changes what is learnt from what.
    """

    model: str = "ncp"
    policy: dict[str, Any] = Field(default_factory=dict, description="overrides of the policy's own configuration")
    seed: int = Field(default=0, ge=0, lt=2**31)

    window: int = Field(default=16, ge=1, le=1024)
    strides: tuple[int, ...] = Field(
        default=(1, 2), min_length=1, description="frames from one of a window to the next"
    )
    batch: int = Field(default=8, ge=1, le=4096, description="windows a step")
    steps: int = Field(default=600, ge=0, le=10_000_000, description="of imitation before the first round")
    rounds: int = Field(default=0, ge=0, le=1000, description="of DAgger")
    round_maps: tuple[str, ...] = Field(default=("country_loop",), min_length=1)
    round_season: SeasonName = "summer"
    round_weathers: tuple[WeatherName, ...] = Field(default=("day",), min_length=1)
    round_disturbance: float = Field(default=0.5, ge=0.0, le=3.0, description="strength of pushes; 0 is none")
    round_episodes: int = Field(default=16, ge=1, le=10_000)
    round_length: int = Field(default=300, ge=16, le=20_000, description="frames an episode")
    round_steps: int = Field(default=200, ge=0, le=10_000_000)

    learning_rate: float = Field(default=3e-3, gt=0, description="peak, of the convolutional head")
    cell_learning_rate: float = Field(default=1e-2, gt=0, description="peak, of everything behind the head")
    round_peak: float = Field(default=0.5, gt=0, le=1, description="peak of DAgger rounds, as a share of the first's")
    warm_up: float = Field(default=0.15, gt=0, lt=1, description="share of a round in which the rate rises")
    weight_decay: float = Field(default=1e-3, ge=0, description="of all that is trained in the head, biases included")
    gradient_clip: float = Field(default=1.0, gt=0)

    curvature_scale: float = Field(default=30.0, gt=0, description="curvature [1/m] times this is what the loss sees")
    huber_delta: float = Field(default=0.5, gt=0)
    auxiliary_weight: float = Field(default=1.0, ge=0, description="of the read-out straight from the head's features")
    settle_frames: int = Field(default=2, ge=0, description="first frames of a window, while the state finds its way")
    settle_weight: float = Field(default=0.3, ge=0, le=1, description="their weight in the loss")
    temporal_weight: float = Field(
        default=0.0, ge=0, description="of temporal consistency: steering changes as the expert's does"
    )

    vary_unfolds: tuple[Annotated[int, Field(ge=1, le=1000)], ...] = Field(
        default=(), description="solver steps a sample, one of these drawn for each step; none: always the policy's own"
    )
    vary_period_parts: tuple[Annotated[int, Field(ge=1, le=64)], ...] = Field(
        default=(),
        description="a frame is held for so many samples, each that part of its time; one of these drawn for each step",
    )

    validation: float = Field(default=0.0, ge=0.0, le=0.5, description="share of the episodes that is held out")
    validate_every: int = Field(default=100, ge=1, description="steps from one look at those to the next")
    drive_every: int = Field(
        default=0, ge=0, description="steps from one drive to the next, of which the best policy is kept; 0: none"
    )
    drive_routes: int = Field(default=8, ge=1, le=1000, description="of such a drive")

    augmentation: AugmentationConfig = Field(default_factory=AugmentationConfig)
    precision: Literal["auto", "bf16", "float32"] = Field(
        default="auto", description="of the convolutions; auto: float32, in the head's own kernels"
    )

    @model_serializer(mode="wrap")
    def _without_what_goes_without_saying(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what came later and is not used: checkpoints and benchmarks are known by what stands here."""
        data: dict[str, Any] = dump(self)
        for name in _LEFT_OUT:
            if name in data and getattr(self, name) == type(self).model_fields[name].default:
                del data[name]
        return data


class Recipe(_Config):
    """A named pair of what to record and how to train on it.

    Raises
    ------
    pydantic.ValidationError
        It drives, records or augments by a season that it does not declare.
    """

    record: RecordConfig
    train: TrainConfig
    seasons: tuple[SeasonName, ...] = Field(default=("summer",), min_length=1, description="of all its pictures")
    knows: tuple[SeasonName, ...] = Field(default=(), description="seasons whose looks its augmentation was made after")
    chosen_after: tuple[SeasonName, ...] = Field(
        default=(), description="seasons in which it and others had been driven when it was developed and chosen"
    )

    @model_validator(mode="after")
    def _is_declared(self) -> Recipe:
        for name, season in (("record.season", self.record.season), ("train.round_season", self.train.round_season)):
            if season not in self.seasons:
                raise ValueError(f"{name}={season}: allowed are the recipe's seasons, {', '.join(self.seasons)}")
        if self.train.augmentation.wheel_tracks and "winter" not in (*self.seasons, *self.knows):
            raise ValueError("train.augmentation.wheel_tracks: allowed where the recipe says that it knows winter")
        return self


@cache
def _recipes() -> dict[str, Recipe]:
    text = Path(__file__).with_name("recipes.yaml").read_text(encoding="utf-8")
    return {name: Recipe.model_validate(fields) for name, fields in yaml.safe_load(text).items()}


RECIPES = ("demo", "full", "informed", "blind", "paper", "paper-auxiliary", "state")
"""Names of the recipes in ``recipes.yaml``."""


def recipe(name: str) -> Recipe:
    """Look a recipe up.

    Raises
    ------
    ArgumentError
        If there is no recipe of this name.
    """
    if name not in RECIPES:
        raise ArgumentError(one_of("recipe", name, RECIPES))
    return _recipes()[name]
