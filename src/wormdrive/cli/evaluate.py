"""``wormdrive evaluate``: drive a suite in closed loop, tell how it went, and write a report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from wormdrive.cli.device_option import Device
from wormdrive.cli.model_option import MODEL_HELP, Mount, load_candidates
from wormdrive.cli.own_code import named_or_imported
from wormdrive.cli.simulator_options import Host, Ports, SimulatorKind, Timeout, chosen_simulator

__all__ = ["evaluate"]


def evaluate(
    models: Annotated[
        list[str],
        typer.Argument(metavar="MODEL", help=MODEL_HELP),
    ],
    suite: Annotated[
        str, typer.Option(help="A suite's name, the path of a YAML file, or `module:suite`.")
    ] = "four-seasons",
    road: Annotated[
        list[str] | None,
        typer.Option("--map", help="Drive on this .xodr file, built-in map or CARLA town instead; may be repeated."),
    ] = None,
    episodes: Annotated[int | None, typer.Option(help="Drives per condition, 1 to 1000.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write report.html and evaluation.json into this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON on standard output.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Threads to simulate and compute with.")] = os.cpu_count() or 1,
    device: Device = "cpu",
    mount: Mount = None,
    simulator: SimulatorKind = "embedded",
    host: Host = "localhost",
    port: Ports = None,
    timeout: Timeout = 20.0,
) -> None:
    """Drive MODEL in closed loop on routes and seeds that training never uses; say how it went, season by season.

    A suite of your own is a YAML file of at least three lines: `name: mine`, `maps: [country_loop, my_road.xodr]` and
    `conditions: {summer: [day, rain], winter: [snowfall]}`; `episodes: 10` and `route_length_m: 400` may be added.

    Example: `wormdrive evaluate ncp expert --suite four-seasons --report runs/four-seasons`

    Example: `wormdrive evaluate mine:factory pilotnet.onnx --mount mount.yaml`
    """
    import json
    import shlex
    import sys
    from contextlib import nullcontext

    from rich.console import Console

    from wormdrive.cli.reporting import drive_suite, print_summary, require_report, save
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.perception.kernels.chunks import computing_with
    from wormdrive.scenarios.folder_lock import locked_folder
    from wormdrive.scenarios.suite import load_suite

    if report is not None:
        require_report()
    choice = chosen_simulator(simulator, host, port, timeout)
    wanted = load_suite(named_or_imported(suite, "--suite")).narrowed(maps=road or None, episodes=episodes)
    candidates = load_candidates(models, device, mount)
    claim = nullcontext() if report is None else locked_folder(report)
    with stoppable(lambda: NOTHING), claim, computing_with(threads), Stages(Console(stderr=True)) as stages:
        chapters = [
            drive_suite(candidate, wanted, stages, threads, film=report is not None, simulator=choice)
            for candidate in candidates
        ]
        if report is not None:
            save(report, chapters, shlex.join(["wormdrive", *sys.argv[1:]]), stages)
    evaluations = [chapter.evaluation for chapter in chapters]
    if as_json:
        values = [evaluation.model_dump(mode="json") for evaluation in evaluations]
        print(json.dumps(values if len(values) > 1 else values[0], indent=1, allow_nan=False))
        return
    console = Console()
    for evaluation in evaluations:
        print_summary(console, evaluation)
    if report is not None:
        console.print(f"Report: {report / 'report.html'}", soft_wrap=True)
