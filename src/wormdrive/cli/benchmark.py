"""``wormdrive benchmark``: the evidence: train many policies from many seeds, drive them, and say what that says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from wormdrive.cli.device_option import Device

__all__ = ["benchmark"]


def benchmark(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of a benchmark that comes with the package, or a .yaml file.")
    ],
    out: Annotated[Path | None, typer.Option(help="Folder of the results.", show_default="runs/NAME")] = None,
    shard: Annotated[str, typer.Option(help="Do part i of n alone: i/n, counted from 0.")] = "0/1",
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, help="Threads to simulate and compute with.", show_default="all processors; 1 a task with --ray"
        ),
    ] = None,
    device: Device = "cpu",
    ray: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Work on a Ray cluster: auto, HOST:PORT or ray://HOST:PORT.")
    ] = None,
    conditions: Annotated[
        str | None,
        typer.Option(metavar="SUITE", help="Drive a suite of your own (.yaml) alone; its table is drives-SUITE.csv."),
    ] = None,
    unseal: Annotated[
        str | None,
        typer.Option(metavar="SEED", help="Open the sealed conditions, once all is trained, and drive them alone."),
    ] = None,
    cost: Annotated[bool, typer.Option("--cost", help="Tell how long what is missing would take, and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Do what is missing of a benchmark, then sum up what is there.

    Killed and started again it goes on where it was; several on one folder share the work.

    Example: `wormdrive benchmark settled-question --shard 0/2 --threads 1`

    Example: `wormdrive benchmark settled-question --conditions mine.yaml`
    """
    import json
    from dataclasses import asdict

    from rich.console import Console

    from wormdrive.agents.device import choose_device
    from wormdrive.benchmark.breaking_points_report import write_breaking_points
    from wormdrive.benchmark.choice import print_choices, rank, write_choices
    from wormdrive.benchmark.cost import estimate
    from wormdrive.benchmark.definition import load_benchmark
    from wormdrive.benchmark.grid import print_shares, share_out
    from wormdrive.benchmark.provenance import Provenance
    from wormdrive.benchmark.ray_runner import run_cells_on_ray
    from wormdrive.benchmark.runner import Shard, run_cells
    from wormdrive.benchmark.summary import merge, print_summary, summarise
    from wormdrive.benchmark.unsealing import unseal as open_sealed
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.envs.common.errors import ArgumentError

    wanted = load_benchmark(name)
    results = out or Path("runs") / wanted.name
    part, where = Shard.parse(shard), choose_device(device).type
    threads = threads or (os.cpu_count() or 1 if ray is None else 1)
    if unseal is not None:
        if conditions is not None:
            raise ArgumentError("--conditions and --unseal: allowed is one of them")
        conditions = str(open_sealed(wanted, unseal, results, threads=threads, device=where))
    if conditions is not None:
        wanted = wanted.driving(conditions, alone=True)
    cells = wanted.cells(threads=threads, device=where)
    mine = part.takes(cells)
    with (
        stoppable(lambda: f"what is done is kept in {results}: the same command goes on"),
        Stages(Console(stderr=True)) as stages,
    ):
        missing = [cell for cell in mine if not cell.is_done(results)]
        if cost:
            told = estimate(missing, stages, threads=threads)
        elif ray is not None:
            run_cells_on_ray(mine, results, stages, ray, threads=threads, device=where)
        else:
            run_cells(mine, results, stages)
    if cost:
        hours, minutes = divmod(round(told.seconds / 60), 60)
        line = (
            f"{told.trainings} trainings and {told.drives:,} drives are missing: about {hours} h {minutes:02d} min here"
        )
        print(json.dumps(asdict(told)) if as_json else line)
        return
    table = merge(cells, results)
    table.write(results / ("drives.csv" if conditions is None else f"drives-{Path(conditions).stem}.csv"))
    Provenance.here().write(results / "provenance.json")
    choices = rank(table, wanted.selection) if wanted.selection else []
    shares = share_out(table, wanted.grid) if wanted.grid else None
    if choices:
        write_choices(choices, results / "choices.csv")
    summary = summarise(table, wanted.reference, wanted.ladders())
    write_breaking_points(summary.breaking_points, results / "breaking_points.csv")
    if as_json:
        more = {"choices": [asdict(choice) for choice in choices], "grid": asdict(shares) if shares else None}
        print(json.dumps(asdict(summary) | more, indent=1, allow_nan=False))
    else:
        print_summary(Console(), summary)
        if shares:
            print_shares(Console(), shares)
        if choices:
            print_choices(Console(), choices)
