"""``wormdrive adapt``: what trained policies do in a season that arrives while they drive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["adapt"]


def adapt(
    models: Annotated[
        list[str],
        typer.Argument(metavar="MODEL", help="Policies' folders or shipped weights; with --results kinds, as ncp."),
    ],
    out: Annotated[Path, typer.Option(help="Folder for adapting.html and adapting.json.")],
    results: Annotated[
        Path | None, typer.Option(help="A benchmark's results: each MODEL is a kind, measured with all its seeds.")
    ] = None,
    recipe: Annotated[
        list[str] | None,
        typer.Option(help="With --results: of which recipe; may be repeated.", show_default="paper"),
    ] = None,
    benchmark: Annotated[str, typer.Option(help="With --results: whose they are.")] = "settled-question",
    way: Annotated[
        list[str] | None,
        typer.Option(
            help="frozen, reset, shift, statistics or reward, the last three also with -unwatched; may be repeated.",
            show_default="all",
        ),
    ] = None,
    routes: Annotated[int, typer.Option(min=1, max=300, help="Drives of each part.")] = 6,
    length: Annotated[float, typer.Option(min=40.0, max=20_000.0, help="Of each drive [m].")] = 200.0,
    snow: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of the road that it comes to cover.")] = 1.0,
    arrives: Annotated[
        str, typer.Option(help="snow; or nothing, the control: the same roads in summer, so that only learning is new.")
    ] = "snow",
    seed: Annotated[int, typer.Option(min=0, max=1000, help="Another seed drives other routes.")] = 0,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads to simulate with.", show_default="all processors")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it all as JSON.")] = False,
) -> None:
    """Let winter arrive while MODEL drives: frozen, with its state reset every second, and learning without labels.

    Crashes are counted while it adapts; then each drive's weights are frozen and drive in full winter (gain) and back
    in summer (forgetting). Every way has the same roads, snow and starts.

    Example: `wormdrive adapt ncp-blind feedforward-blind --out runs/adapting`

    Example: `wormdrive adapt ncp feedforward --results runs/settled-question --recipe paper --out runs/adapting`
    """
    import shlex
    import sys

    from rich.console import Console

    from wormdrive.adapting.course import Course
    from wormdrive.adapting.findings import Findings, Training
    from wormdrive.adapting.measure import measure
    from wormdrive.adapting.page.page import verdict
    from wormdrive.adapting.trainings import sources_of
    from wormdrive.adapting.ways import WAYS, ways_named
    from wormdrive.adapting.writing import PAGE, write_findings
    from wormdrive.agents.policies.serialization import load_policy
    from wormdrive.cli.replacing import require_new_folder
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.scenarios.folder_lock import locked_folder
    from wormdrive.training.threads import processors

    require_new_folder(out, force=force, page=PAGE)
    course = Course(routes=routes, length_m=length, snow=snow, seed=seed, arrives=arrives)
    ways = ways_named(way if way is not None else [one.name for one in WAYS])
    sources = sources_of(models, results, recipe or [], benchmark)
    policies = [load_policy(source.model) for source in sources]
    for policy in policies:
        policy.eyes  # noqa: B018 - raises where there are none
    allowed = [tuple(one for one in ways if one.allows(policy)) for policy in policies]
    total, done = 3 * sum(map(len, allowed)), 0
    measured = []
    with (
        stoppable(lambda: NOTHING),
        locked_folder(out),
        Stages(Console(stderr=True)) as stages,
    ):
        stages.begin("drive", total, "batches of drives")
        for source, policy, own in zip(sources, policies, allowed, strict=True):
            before = done
            driven = measure(
                policy,
                own,
                course,
                threads=threads or processors(),
                told=lambda batches, before=before: stages.advance(before + batches),  # type: ignore[misc]
            )
            done += 3 * len(own)
            measured.append(Training(source.group, source.name, tuple(driven)))
        findings = Findings(course, tuple(measured))
        stages.begin("writing the page", 1)
        written = write_findings(findings, out, shlex.join(["wormdrive", *sys.argv[1:]]))
    if as_json:
        typer.echo(json.dumps(findings.to_json(), indent=1, allow_nan=False))
        return
    typer.echo(f"{verdict(findings)}.")
    typer.echo(f"page: {written}")
