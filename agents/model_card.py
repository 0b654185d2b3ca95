"""Model card: what is known of shipped weights, as data at the head of ``card.md``, and as text for people below it.

Mitchell et al., *Model cards for model reporting*, FAT* 2019 (arXiv 1810.03993). The data are YAML between two lines of
``---``, as in cards elsewhere; the text is made of them, so that the two cannot differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wormdrive.envs.common.errors import ModelError
from wormdrive.envs.common.validation_errors import describe_validation_error

__all__ = ["CARD_FILE", "CardResult", "ModelCard", "card_bytes", "card_text", "read_card"]

CARD_FILE: Final = "card.md"

_FENCE: Final = "---\n"
_MAX_BYTES: Final = 1 << 20

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CardResult(_Frozen):
    """How these very weights drove in one condition.

    ``successes`` of ``drives`` with all wheels in the lane, the share's 95 % interval over routes from ``low`` to
    ``high``, and the mean distance from the lane's centre.
    """

    season: str
    weather: str
    successes: Count
    drives: Annotated[int, Field(ge=1)]
    low: Share
    high: Share
    offset_m: Annotated[float, Field(ge=0.0)]


class ModelCard(_Frozen):
    """What a model card says.

    Attributes
    ----------
    kind, recipe, seed:
        The training: kind of policy, name of the recipe, seed.
    version:
        Of the package that trained it.
    parameters:
        Trainable numbers that drive.
    weights_sha256:
        Of the file with the weights.
    data:
        What it learnt from, in a sentence.
    knows:
        Seasons whose pictures the recipe's designers had looked at, beside those that it shows.
    chosen_after:
        Seasons in which drives had been seen when the recipe was chosen.
    chosen:
        Why these weights, of several trainings.
    results, evaluated_by:
        What they drove, and commands that drive it again.
    limits:
        What they are not good for, or what is not known of them.
    commands:
        What makes them again.
    made_with:
        Processor and versions with which the commands give the same bits.
    """

    name: str
    kind: str
    recipe: str
    seed: Count
    version: str
    licence: str
    parameters: Count
    weights_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    data: str
    knows: tuple[str, ...] = ()
    chosen_after: tuple[str, ...] = ()
    chosen: str
    results: tuple[CardResult, ...]
    evaluated_by: tuple[str, ...]
    limits: tuple[str, ...]
    commands: tuple[str, ...]
    made_with: dict[str, str]

    def season(self, name: str) -> tuple[int, int]:
        """Return successes and drives in one season, all weathers together."""
        held = [result for result in self.results if result.season == name]
        return sum(result.successes for result in held), sum(result.drives for result in held)


def read_card(folder: Path) -> ModelCard:
    """Read the card in a policy's folder.

    Raises
    ------
    ModelError
        There is none, or it is not a valid one.
    """
    file = folder / CARD_FILE
    try:
        with file.open("rb") as opened:
            text = opened.read(_MAX_BYTES).decode("utf-8")
    except OSError as error:
        raise ModelError(f"{file}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ModelError(f"{file}: byte {error.start} is no UTF-8; allowed is text in UTF-8") from error
    before, _, rest = text.partition(_FENCE)
    data, fence, _ = rest.partition(f"\n{_FENCE}")
    if before or not fence:
        raise ModelError(f"{file}: no data at its head; allowed is a card with YAML between two lines of ---")
    try:
        return ModelCard.model_validate(yaml.safe_load(data))
    except yaml.YAMLError as error:
        raise ModelError(f"{file}: {' '.join(str(error).split())}; allowed is YAML") from error
    except ValidationError as error:
        raise ModelError(f"{file}: {describe_validation_error(ModelCard, error)}") from error


def card_bytes(card: ModelCard) -> bytes:
    """Return the contents of a card's file; the same card gives the same bytes."""
    data = yaml.safe_dump(card.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=120)
    return f"{_FENCE}{data}{_FENCE}\n{card_text(card)}".encode()


def card_text(card: ModelCard) -> str:
    """Return what a card says to people, as Markdown."""
    made_with = ", ".join(f"{name} {version}" for name, version in card.made_with.items())
    lines = [
        f"# {card.name}",
        "",
        f"A policy of kind `{card.kind}`, trained by recipe `{card.recipe}` from seed {card.seed} with version "
        f"{card.version}. {card.parameters:,} trainable numbers drive. Licence: {card.licence}.",
        "",
        "## Data",
        "",
        card.data,
        _said_of_knowledge(card),
        "",
        "## Results",
        "",
        "Drives with all wheels in the lane, the 95 % interval of their share over routes of the same kind, and the "
        "mean distance from the lane's centre. These are results of these weights; other seeds of the same recipe "
        "drive otherwise.",
        "",
        "| season | weather | in the lane | 95 % interval | offset |",
        "|---|---|---|---|---|",
        *(
            f"| {result.season} | {result.weather} | {result.successes} of {result.drives} | "
            f"{100 * result.low:.0f} to {100 * result.high:.0f} % | {100 * result.offset_m:.0f} cm |"
            for result in card.results
        ),
        "",
        "Driven again by:",
        "",
        *(f"    {command}" for command in card.evaluated_by),
        "",
        card.chosen,
        "",
        "## Limits",
        "",
        *(f"- {limit}" for limit in card.limits),
        "",
        "## How it was made",
        "",
        *(f"    {command}" for command in card.commands),
        "",
        f"Made with {made_with}: there, the weights' SHA-256 is `{card.weights_sha256}`.",
    ]
    return "\n".join(lines) + "\n"


def _said_of_knowledge(card: ModelCard) -> str:
    said = "The recipe names no other season whose pictures its designers had looked at."
    if card.knows:
        said = f"Those who designed its augmentation had looked at pictures of {', '.join(card.knows)}."
    if card.chosen_after:
        said += (
            f" The recipe was chosen when people had seen how it and others drive in {', '.join(card.chosen_after)}."
        )
    return said
