"""Recipe parts: what a recipe is made of, so that one can see in what two recipes differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import combinations
from typing import Final

from wormdrive.agents.policies.registry import parse_policy_config
from wormdrive.training.config import Recipe

__all__ = [
    "AUGMENTATION",
    "AUXILIARY",
    "EYES",
    "augmentation_words",
    "eyes_words",
    "sees_state",
    "single_changes",
]

EYES: Final = "eyes"
"""Preprocessing and convolutional head."""
AUGMENTATION: Final = "augmentation"
AUXILIARY: Final = "auxiliary read-out"
_REST: Final = "the rest of the training"

_SHORT: Final = {"rgb": "colour", "local_contrast": "local contrast"}


def _parts(recipe: Recipe) -> dict[str, str]:
    """Return each part as text that is the same for the same part."""
    train = recipe.train.model_dump(mode="json")
    config = parse_policy_config({"kind": recipe.train.model, **recipe.train.policy}).model_dump(mode="json")
    eyes = {name: config.pop(name) for name in ("preprocess", "head")}
    parts = {
        EYES: eyes,
        AUGMENTATION: train.pop("augmentation"),
        AUXILIARY: config.pop("auxiliary"),
        _REST: [{**train, "policy": config}, recipe.record.model_dump(mode="json")],
    }
    return {name: json.dumps(part, sort_keys=True) for name, part in parts.items()}


def single_changes(recipes: Mapping[str, Recipe]) -> list[tuple[str, str, str]]:
    """Return (part, one recipe, another) for each pair of recipes that differ in one part and no other."""
    found = []
    parts = {name: _parts(recipe) for name, recipe in recipes.items()}
    for one, other in combinations(recipes, 2):
        changed = [part for part, held in parts[one].items() if parts[other][part] != held]
        if len(changed) == 1:
            found.append((changed[0], one, other))
    return found


def sees_state(recipe: Recipe) -> bool:
    """Whether a recipe's policies are told the true state of the road and look at no picture."""
    return recipe.train.policy.get("observes") == "road_state"


def eyes_words(recipe: Recipe) -> str:
    """Word what a recipe's policies see: ``colour, whitening``."""
    if sees_state(recipe):
        return "none: true offset, heading error, curvature"
    config = parse_policy_config({"kind": recipe.train.model, **recipe.train.policy})
    seen = config.preprocess
    return ", ".join(_SHORT.get(word, word.replace("_", " ")) for word in (seen.colour, seen.normalisation))


def augmentation_words(recipe: Recipe) -> str:
    """Word the families of augmentation that a recipe uses."""
    held = recipe.train.augmentation.model_dump()
    return ", ".join(name.replace("_", " ") for name, often in held.items() if often) or "none"
