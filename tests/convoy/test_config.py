from __future__ import annotations

import pytest
from pydantic import ValidationError

from wormdrive.convoy.config import MODELS, ConvoyTrainConfig
from wormdrive.training.config import recipe


def test_all_followers_have_the_same_eyes() -> None:
    assert len({one.eyes.model_dump_json() for one in MODELS.values()}) == 1
    assert [one.frames for one in MODELS.values()] == [1, 1, 1, 4]


def test_training_has_no_picture_of_winter() -> None:
    blind = recipe("blind").train.augmentation
    assert ConvoyTrainConfig().augmentation == blind.model_copy(update={"blank": 0.0})
    assert ConvoyTrainConfig().augmentation.wheel_tracks == 0


def test_what_is_not_allowed_is_refused() -> None:
    with pytest.raises(ValidationError, match="cars"):
        ConvoyTrainConfig(cars=1)
