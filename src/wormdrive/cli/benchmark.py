"""``wormdrive benchmark``: the evidence: train many policies from many seeds, drive them, and say what that says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wormdrive.cli.device_option import Device
from wormdrive.cli.model_option import Mount

if TYPE_CHECKING:
    from wormdrive.benchmark.definition import Benchmark
    from wormdrive.benchmark.runner import Shard

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
    guest: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL", help="Train nothing: this one (see `evaluate`) drives it all instead; may be repeated."
        ),
    ] = None,
    mount: Mount = None,
    cost: Annotated[bool, typer.Option("--cost", help="Tell how long what is missing would take, and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Do what is missing of a benchmark, then sum up what is there.

    Killed and started again it goes on where it was; several on one folder share the work.

    Example: `wormdrive benchmark settled-question --shard 0/2 --threads 1`

    With --guest somebody who was trained elsewhere drives the benchmark's drives, which go to drives-guests.csv in the
    folder, and is set beside the trainings of its drives.csv, or of the table that comes with the package, drive by
    drive; with --conditions those of one suite alone.

    Example: `wormdrive benchmark settled-question --conditions mine.yaml`

    Example: `wormdrive benchmark settled-question --guest mine:factory --conditions winter`
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
    if guest:
        others = {"--ray": ray, "--unseal": unseal, "--cost": cost or None}
        if wrong := [option for option, value in others.items() if value is not None]:
            raise ArgumentError(f"{wrong[0]}: allowed without --guest only")
        wanted = wanted if conditions is None else wanted.driving(conditions, alone=True)
        _drive_guests(wanted, guest, mount, results, part, threads=threads, device=where, as_json=as_json)
        return
    if mount is not None:
        raise ArgumentError("--mount: allowed with --guest only")
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


def _drive_guests(
    wanted: Benchmark,
    models: list[str],
    mount: Path | None,
    results: Path,
    part: Shard,
    *,
    threads: int,
    device: str,
    as_json: bool,
) -> None:
    import json
    from dataclasses import asdict

    from rich.console import Console

    from wormdrive.benchmark.committed_tables import committed_table
    from wormdrive.benchmark.drive_table import read_drives
    from wormdrive.benchmark.guest_comparison import compare_guests, print_guests, write_guests
    from wormdrive.benchmark.guests import GUESTS, Guest, guest_cells, guest_table
    from wormdrive.benchmark.provenance import Provenance
    from wormdrive.benchmark.runner import run_cells
    from wormdrive.benchmark.summary import print_summary, summarise
    from wormdrive.cli.model_option import load_candidates
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable

    candidates = load_candidates(models, device=device, mount=mount)
    guests = [Guest.of(model, candidate) for model, candidate in zip(models, candidates, strict=True)]
    cells = guest_cells(wanted, guests, threads=threads)
    with (
        stoppable(lambda: f"what is done is kept in {results}: the same command goes on"),
        Stages(Console(stderr=True)) as stages,
    ):
        run_cells(part.takes(cells), results, stages)
    table = guest_table(cells, results, results / GUESTS)
    table.write(results / GUESTS)
    Provenance.here().write(results / "provenance.json")
    own = results / "drives.csv"
    beside = own if own.exists() else committed_table(wanted.name)
    differences = [] if beside is None else compare_guests(table, read_drives(beside))
    write_guests(differences, results / "guests.csv")
    summary = summarise(table, wanted.reference, wanted.ladders())
    if as_json:
        told = asdict(summary) | {"beside": beside and str(beside), "guests": [asdict(one) for one in differences]}
        print(json.dumps(told, indent=1, allow_nan=False))
        return
    print_summary(Console(), summary)
    print_guests(Console(), differences, str(beside))
    if beside is None:
        print(f"no drives of {wanted.name} to set them beside: allowed are a drives.csv in {results}, or a benchmark")
        print("whose table comes with the package")
