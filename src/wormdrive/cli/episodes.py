"""``wormdrive episodes``: list recorded drives or flights, and write them in the formats of others."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    help="List recorded drives or flights, or write them as Minari, LeRobot, Parquet or CSV.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="EPISODES", help="A folder that `wormdrive record` or `find-target record` wrote, or one .episode file."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class Target(str, Enum):
    """Formats to export to."""

    minari = "minari"
    lerobot = "lerobot"
    parquet = "parquet"
    csv = "csv"


@app.command("export")
def export(
    episodes: Folder,
    to: Annotated[
        Target, typer.Option(help="Minari (HDF5), LeRobot v3 (Parquet and mp4), or a table with a row for each frame.")
    ],
    out: Annotated[
        Path, typer.Option(help="Minari: a folder such as summer-v0. LeRobot: a folder. Parquet, CSV: a file.")
    ],
    observation: Annotated[
        list[str] | None,
        typer.Option(
            help="Minari: camera, state, speed, segmentation or depth; may be repeated.", show_default="camera"
        ),
    ] = None,
    lossless: Annotated[
        bool, typer.Option("--lossless", help="Minari: keep pictures as they are, 47 KB each, and not as JPEG.")
    ] = False,
    task: Annotated[str, typer.Option(help="LeRobot: what the driver does, in words.")] = "Keep the car in its lane.",
    season: Annotated[str | None, typer.Option(help="Season to show it in.", show_default="its own")] = None,
    weather: Annotated[str | None, typer.Option(help="Weather, with --season.", show_default="day")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a data set that exists.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write recorded drives in a format of others; their pictures are drawn as they are written.

    In Minari an action is what was commanded, pushes included, with the expert's curvature among the infos; in LeRobot
    the action is the expert's curvature. Tables hold both, every state, and the conditions; no pictures. Flights are
    written as tables.

    Example: `wormdrive episodes export runs/summer --to lerobot --out runs/summer-lerobot`
    """
    from rich.console import Console

    from wormdrive.cli.replacing import require_nothing_there
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.envs.seasons.conditions import Conditions
    from wormdrive.training.episode_export.exporting import export_episodes

    if weather is not None and season is None:
        raise ArgumentError(f"--weather {weather}: allowed with --season")
    conditions = None if season is None else Conditions.preset(season, weather or "day")
    require_nothing_there(out, force=force)
    shows = observation or ["camera"]
    with stoppable(lambda: NOTHING), Stages(Console(stderr=True)) as progress:
        done = export_episodes(
            episodes,
            to.value,
            out,
            observation=shows[0] if len(shows) == 1 else shows,
            lossless=lossless,
            task=task,
            conditions=conditions,
            overwrite=force,
            progress=progress,
        )
    if as_json:
        typer.echo(json.dumps({**asdict(done), "out": str(out), "to": to.value}))
    else:
        size = f"{done.bytes / 1e6:.1f} MB in {done.seconds:.1f} s"
        typer.echo(f"{done.episodes} episodes, {done.frames} frames, {size}: {out}")


@app.command("list")
def list_(episodes: Folder, as_json: AsJson = False) -> None:
    """Say what each recorded drive or flight holds: frames, distance, map, season, and how it went.

    Example: `wormdrive episodes list runs/summer`
    """
    from wormdrive.envs.episodes.episode import episode_files
    from wormdrive.training.episode_kinds import kind_of

    files = [episodes] if episodes.is_file() else episode_files(episodes)
    for file in files:
        kind = kind_of([file])
        found = kind.summary(kind.load(file))
        if as_json:
            typer.echo(json.dumps({"file": str(file), **found}))
        else:
            where = f"{found['map']}, {found['season']}"
            driven = f"{found['frames']} frames, {found['seconds']:.1f} s, {found['distance_m']:.0f} m"
            typer.echo(f"{file.name}  {driven}  {where}  {kind.ending(found)}")
