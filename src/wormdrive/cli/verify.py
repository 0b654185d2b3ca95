"""``wormdrive verify``: drives random rows of a benchmark's table again and compares them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["verify"]


def verify(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="A drives.csv that `wormdrive benchmark` wrote.")],
    name: Annotated[str, typer.Option("--benchmark", help="The benchmark of which it is.")] = "settled-question",
    sample: Annotated[int, typer.Option(min=1, help="How many rows, drawn at random.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Of the draw.")] = 0,
    results: Annotated[
        Path | None, typer.Option(help="Folder with trainings; what is missing is trained.", show_default="TABLE's")
    ] = None,
    conditions: Annotated[
        str | None, typer.Option(metavar="SUITE", help="Suite of your own that TABLE has drives of, too.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads to simulate and compute with.")] = os.cpu_count() or 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Train again what is missing, drive random rows of TABLE again, and compare.

    On the kind of processor and with the versions that the table was made with, trajectories must be the same to the
    bit; elsewhere success must be the same and mean offsets within 5 cm. Fails with status 1 if a row is not so.

    Example: `wormdrive verify scenarios/results/settled-question/drives.csv --sample 20`
    """
    import json
    from dataclasses import asdict

    from rich.console import Console

    from wormdrive.benchmark.definition import load_benchmark
    from wormdrive.benchmark.drive_table import read_drives
    from wormdrive.benchmark.provenance import Provenance
    from wormdrive.benchmark.verification import sample_rows
    from wormdrive.benchmark.verification import verify as drive_again
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable

    rows = sample_rows(read_drives(table), sample, seed)
    made, here = Provenance.read(table.with_name("provenance.json")), Provenance.here()
    wanted, where = load_benchmark(name), results or table.parent
    if conditions is not None:
        wanted = wanted.driving(conditions, alone=False)
    with stoppable(lambda: f"trainings are kept in {where}"), Stages(Console(stderr=True)) as stages:
        verdicts = drive_again(rows, wanted, where, stages, threads=threads)
    to_the_bit = made == here
    good = [verdict.same_bits if to_the_bit else verdict.agrees for verdict in verdicts]
    if as_json:
        told = {
            "made_with": asdict(made),
            "here": asdict(here),
            "to_the_bit": to_the_bit,
            "rows": len(rows),
            "same_bits": sum(verdict.same_bits for verdict in verdicts),
            "agree": sum(verdict.agrees for verdict in verdicts),
            "failed": [asdict(verdict) for verdict, is_good in zip(verdicts, good, strict=True) if not is_good],
        }
        print(json.dumps(told, indent=1))
    else:
        asked = "to the bit" if to_the_bit else f"within tolerance, since it was made with {made} and here is {here}"
        print(f"{sum(good)} of {len(good)} drives came out the same, {asked}")
        for verdict, is_good in zip(verdicts, good, strict=True):
            if not is_good:
                print(f"  differs: {verdict.row}\n  again:   {verdict.again}")
    if not all(good):
        raise typer.Exit(1)
