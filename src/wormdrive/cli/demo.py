"""``wormdrive demo``: the main job, from nothing to a report, in front of one's eyes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["demo"]


def demo(
    road: Annotated[
        Path | None, typer.Option("--map", help="Drive on this OpenDRIVE file, too; nothing is trained there.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for episodes, training and report.")] = Path("runs/demo"),
    force: Annotated[bool, typer.Option("--force", help="Start anew where OUT holds an earlier demo.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Threads to simulate and compute with.")] = os.cpu_count() or 1,
) -> None:
    """Record an expert in summer, train nineteen liquid neurons from scratch, drive four seasons, write a report.

    Stopped with Ctrl-C and started again, it goes on where it was.

    Example: `wormdrive demo --map Town01.xodr --out runs/town`
    """
    from rich.console import Console

    from wormdrive.cli.demo_stages import Demo, run_demo
    from wormdrive.cli.reporting import require_report
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.scenarios.suite import load_suite
    from wormdrive.training.config import recipe

    require_report()
    wanted = Demo(recipe=recipe("demo"), suite=load_suite("demo"), road=road, out=out, threads=threads)
    again = "the same command without --force" if force else "the same command"
    kept = f"what is done is kept in {out}: {again} goes on"
    with stoppable(lambda: kept), Stages(Console()) as stages:
        run_demo(wanted, stages, force=force)
