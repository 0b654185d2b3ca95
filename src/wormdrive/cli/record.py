"""``wormdrive record``: let the expert drive and write down episodes to learn from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from wormdrive.cli.camera_option import Camera, parse_camera_option
from wormdrive.cli.own_code import named_or_imported
from wormdrive.cli.simulator_options import Host, Ports, SimulatorKind, Timeout, chosen_simulator

__all__ = ["record"]


def record(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for the episodes.")],
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="Built-in map, .xodr file or CARLA town; several are allowed.", show_default="country_loop"
        ),
    ] = None,
    season: Annotated[str | None, typer.Option(help="Season to drive in.", show_default="summer")] = None,
    weather: Annotated[
        list[str] | None, typer.Option(help="Weather to drive in; may be repeated.", show_default="day")
    ] = None,
    episodes: Annotated[int, typer.Option(help="How many episodes, 1 to 100000.")] = 64,
    length: Annotated[int, typer.Option(help="Frames an episode, at 30 a second; 16 to 20000.")] = 300,
    disturbance: Annotated[float, typer.Option(help="Strength of the pushes on the steering, 0 (none) to 3.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same episodes; 0 to 2147483647.")] = 0,
    expert: Annotated[
        str | None,
        typer.Option(metavar="MODULE:FACTORY", help="Let an expert of yours drive: see docs/own-policy.md."),
    ] = None,
    conditions: Annotated[
        str | None,
        typer.Option(
            help="In place of season and weather: a sampler's name, a YAML file with one, or `module:attribute`."
        ),
    ] = None,
    camera: Camera = None,
    append: Annotated[bool, typer.Option("--append", help="Add to the episodes that the folder holds.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Remove the folder's episodes first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
    simulator: SimulatorKind = "embedded",
    host: Host = "localhost",
    port: Ports = None,
    timeout: Timeout = 20.0,
) -> None:
    """Record the expert's drives, pushed now and then so that recoveries are among them.

    Episodes hold scenario, states and commands, not pixels: their frames are drawn again, bit for bit, when read. Those
    recorded on a CARLA server hold its frames, losslessly. A policy that is trained on them remembers their camera, and
    is driven through it.

    Example: `wormdrive record runs/summer --map country_loop --season summer --episodes 64 --seed 0`
    """
    from rich.console import Console

    from wormdrive.cli.parsing import parse_config
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.envs.common.errors import ArgumentError, SimulatorError
    from wormdrive.training.config import RecordConfig
    from wormdrive.training.recorder import count_episodes
    from wormdrive.training.recorder import record as run

    if conditions is not None and (season is not None or weather is not None):
        raise ArgumentError(f"--conditions {conditions}: allowed without --season and --weather, which it stands for")
    config = parse_config(
        RecordConfig,
        {
            "maps": map_ or ["country_loop"],
            "season": season or "summer",
            "weathers": weather or ["day"],
            "episodes": episodes,
            "length": length,
            "disturbance": disturbance,
            "seed": seed,
        },
    )
    choice, through = chosen_simulator(simulator, host, port, timeout), parse_camera_option(camera)
    before = 0 if overwrite else count_episodes(out)

    def kept() -> str:
        count = count_episodes(out) - before
        if count <= 0:
            return "no episode was recorded"
        rest = f"--append{' in place of --overwrite' if overwrite else ''} --episodes {episodes - count}"
        return f"{count} of {episodes} episodes are kept in {out}: the same command with {rest} records the rest"

    with stoppable(kept), Stages(Console(stderr=True)) as progress:
        try:
            done = run(
                config,
                out,
                append=append,
                overwrite=overwrite,
                camera=through,
                simulator=choice,
                progress=progress,
                expert=expert,
                conditions=None if conditions is None else named_or_imported(conditions, "--conditions"),
            )
        except SimulatorError as error:
            raise SimulatorError(f"{error}; {kept()}") from error
    if as_json:
        typer.echo(json.dumps({"out": str(out), **asdict(done)}))
    else:
        driven = f"{done.frames} frames, {done.distance_m / 1000:.1f} km in {done.seconds:.1f} s"
        typer.echo(f"{done.episodes} episodes, {driven}: {out}")
