"""``wormdrive bench``: how fast our parts are, beside their peers, in the same run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["app"]

app = typer.Typer(help="Measure our parts beside their peers, in the same run.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Seconds = Annotated[float, typer.Option(min=0.01, max=60.0, help="How long each is measured in a round [s].")]
Rounds = Annotated[int, typer.Option(min=1, max=100, help="How many rounds; their median counts.")]


@app.command("env")
def env(as_json: AsJson = False, seconds: Seconds = 1.0, rounds: Rounds = 5) -> None:
    """Complete steps of 64 environments with pictures, and steps of 1,024 without.

    Example: `wormdrive bench env --json`
    """
    from wormdrive.bench.env import bench_env

    _print_result(bench_env(seconds=seconds, rounds=rounds, progress=_progress), as_json)


@app.command("sb3")
def sb3(
    as_json: AsJson = False,
    seconds: Seconds = 1.0,
    rounds: Rounds = 5,
    processes: Annotated[int, typer.Option(min=1, max=256, help="Processes of SubprocVecEnv.")] = 8,
) -> None:
    """Measure steps with pictures under stable-baselines3: 64 worlds in one batch beside its SubprocVecEnv.

    Example: `wormdrive bench sb3 --json`
    """
    from wormdrive.bench.sb3 import bench_sb3

    _print_result(bench_sb3(seconds=seconds, rounds=rounds, processes=processes, progress=_progress), as_json)


@app.command("camera")
def camera(as_json: AsJson = False, seconds: Seconds = 1.0, rounds: Rounds = 5) -> None:
    """Pictures of 64 views on all built-in maps, in all seasons and weathers.

    Example: `wormdrive bench camera --json`
    """
    from wormdrive.bench.camera import bench_camera

    _print_result(bench_camera(seconds=seconds, rounds=rounds, progress=_progress), as_json)


@app.command("find-target")
def find_target(as_json: AsJson = False, seconds: Seconds = 1.0, rounds: Rounds = 5) -> None:
    """Pictures of 64 flights in the woods, and complete steps of them, beside the general camera of the scene.

    Example: `wormdrive bench find-target --json`
    """
    from wormdrive.bench.find_target import bench_find_target

    _print_result(bench_find_target(seconds=seconds, rounds=rounds, progress=_progress), as_json)


@app.command("cell")
def cell(as_json: AsJson = False, seconds: Seconds = 0.5, rounds: Rounds = 7) -> None:
    """Train, run and step the liquid cells, beside those of ncps and an LSTM; one thread.

    Example: `wormdrive bench cell --json`
    """
    from wormdrive.bench.cell import bench_cell

    _print_result(bench_cell(seconds=seconds, rounds=rounds, progress=_progress), as_json)


@app.command("learning")
def learning(
    as_json: AsJson = False,
    seconds: Seconds = 1.0,
    rounds: Rounds = 5,
    demo: Annotated[bool, typer.Option(help="Run the whole demo, too, and time its stages.")] = True,
) -> None:
    """Frames a second a core of recording, drawing, augmenting, training and driving, beside what bounds each.

    `demo_s`: seconds that the stages of `wormdrive demo` take with all processors.

    Example: `wormdrive bench learning --json`
    """
    from wormdrive.bench.learning import bench_learning
    from wormdrive.cli.demo_time import time_demo

    measured = bench_learning(seconds=seconds, rounds=rounds, progress=_progress)
    _print_result({**measured, **({"demo_s": time_demo(_progress)} if demo else {})}, as_json)


@app.command("cockpit")
def cockpit(as_json: AsJson = False, seconds: Seconds = 1.0, rounds: Rounds = 5) -> None:
    """Pictures a second of the cockpit with a driving policy, its gaze and its neurons; one thread, no screen.

    Example: `wormdrive bench cockpit --json`
    """
    from wormdrive.bench.cockpit import bench_cockpit

    _print_result(bench_cockpit(seconds=seconds, rounds=rounds, progress=_progress), as_json)


@app.command("map")
def road_map(
    as_json: AsJson = False,
    rounds: Rounds = 5,
    towns: Annotated[int, typer.Option(min=1, max=100, help="How many towns the map has; 56 make 50 MB.")] = 56,
) -> None:
    """Time that a map of CARLA's largest size takes: to be read, and from nothing to the first reset on it.

    Example: `wormdrive bench map --json`
    """
    from wormdrive.bench.map import bench_map

    _print_result(bench_map(towns=towns, rounds=rounds, progress=_progress), as_json)


@app.command("server")
def server(as_json: AsJson = False, seconds: Seconds = 2.0, rounds: Rounds = 5) -> None:
    """Ticks a second of the real CARLA client against `wormdrive serve`, start-up time and memory, beside in process.

    Example: `wormdrive bench server --json`
    """
    from wormdrive.bench.server import bench_server

    _print_result(bench_server(seconds=seconds, rounds=rounds, progress=_progress), as_json)


@app.command("imports")
def imports(as_json: AsJson = False, rounds: Rounds = 5) -> None:
    """Processor time of imports, and what an installation takes on the disk, by extra.

    Example: `wormdrive bench imports --json`
    """
    from wormdrive.bench.imports import bench_imports

    _print_result(bench_imports(rounds=rounds, progress=_progress), as_json)


@app.command("vehicles", hidden=True)
def vehicles(
    write: Annotated[Path | None, typer.Option(help="Write the page there, and print nothing.")] = None,
) -> None:
    """How the CARLA server's vehicles drive: the table of docs/vehicles.md.

    Example: `wormdrive bench vehicles --write docs/vehicles.md`
    """
    from wormdrive.bench.vehicles import as_markdown, measure_vehicle, vehicle_names

    page = as_markdown((name, measure_vehicle(name)) for name in vehicle_names())
    if write is None:
        typer.echo(page, nl=False)
    else:
        write.write_text(page, encoding="utf-8")


def _progress(line: str) -> None:
    typer.echo(f"  {line}", err=True)


def _print_result(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result))
        return
    for name, value in result.items():
        if isinstance(value, dict):
            typer.echo(f"{name}:")
            for key, inner in value.items():
                typer.echo(f"  {key:<44}{inner:>14,.2f}")
        elif isinstance(value, list):
            typer.echo(f"{name}: {', '.join(value) or 'none'}")
        else:
            typer.echo(f"{name:<46}{value:>14,.2f}")
