"""``wormdrive models``: the weights that come with the package, and their cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from wormdrive.agents.model_card import ModelCard

__all__ = ["models"]


def models(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Print the card of this one.", show_default="list all")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the cards say as JSON.")] = False,
    results: Annotated[
        Path | None,
        typer.Option("--ship", hidden=True, help="Make weights and cards of a benchmark's folder of results."),
    ] = None,
    benchmark: Annotated[str, typer.Option(hidden=True, help="The benchmark of --ship.")] = "settled-question",
    out: Annotated[
        Path | None, typer.Option(hidden=True, help="Where --ship writes.", show_default="the package's own weights")
    ] = None,
) -> None:
    """List the weights that come with the package, or print the card of one.

    Their names go wherever a policy is named: drive, evaluate, explain, export, replay. Counts are drives with all
    wheels in the lane, all weathers of a season together.

    Example: `wormdrive models ncp`
    """
    import json

    from wormdrive.agents.model_card import card_text, read_card
    from wormdrive.agents.policies.serialization import shipped_folder, shipped_policies
    from wormdrive.envs.common.errors import ArgumentError

    if results is not None:
        if name is not None:
            raise ArgumentError(f"NAME={name!r} with --ship: allowed is one of both")
        _ship(results, benchmark, out, as_json=as_json)
        return
    if out is not None:
        raise ArgumentError(f"--out {out}: allowed with --ship only")
    if name is not None:
        card = read_card(shipped_folder(name))
        typer.echo(json.dumps(card.model_dump(mode="json"), indent=1) if as_json else card_text(card), nl=as_json)
        return
    found = [(read_card(shipped_folder(each)), shipped_folder(each)) for each in shipped_policies()]
    if as_json:
        listed = [card.model_dump(mode="json") | {"bytes": _bytes(folder)} for card, folder in found]
        typer.echo(json.dumps(listed, indent=1))
    else:
        _print_list(found)


def _print_list(found: list[tuple[ModelCard, Path]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in ("name", "recipe"):
        table.add_column(column, no_wrap=True)
    for column in ("seed", "numbers", "size", "summer", "winter"):
        table.add_column(column, justify="right", no_wrap=True)
    for card, folder in found:
        seasons = (card.season(season) for season in ("summer", "winter"))
        table.add_row(
            card.name,
            card.recipe,
            str(card.seed),
            f"{card.parameters:,}",
            f"{_bytes(folder) / 1000:.0f} kB",
            *(f"{successes} of {drives}" if drives else "" for successes, drives in seasons),
        )
    Console().print(table)


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def _ship(results: Path, benchmark: str, out: Path | None, *, as_json: bool) -> None:
    """Ship what can be shipped; end with status 1 if something is missing."""
    import json
    from dataclasses import asdict

    from wormdrive.agents.policies.serialization import SHIPPED
    from wormdrive.benchmark.definition import load_benchmark
    from wormdrive.benchmark.shipping import ship

    shipped = ship(load_benchmark(benchmark), results, out or SHIPPED)
    if as_json:
        typer.echo(json.dumps([asdict(shipment) for shipment in shipped], indent=1))
    else:
        for shipment in shipped:
            typer.echo(
                f"{shipment.name}: " + (f"missing: {shipment.missing}" if shipment.missing else f"seed {shipment.seed}")
            )
    if any(shipment.missing for shipment in shipped):
        raise typer.Exit(1)
