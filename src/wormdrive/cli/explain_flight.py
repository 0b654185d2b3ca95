"""``wormdrive find-target explain``: what the networks that fly look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["explain_flight"]


def explain_flight(
    policy: Annotated[Path, typer.Argument(metavar="POLICY", help="Folder that `train` wrote.")],
    out: Annotated[Path, typer.Option(help="Folder of explain.html and explain.json.")],
    compare: Annotated[
        list[Path] | None,
        typer.Option(metavar="POLICY", help="Put this one beside it, on the same pictures; may be repeated."),
    ] = None,
    flights: Annotated[int, typer.Option(help="Flights whose moments are shown, 2 to 1000.")] = 8,
    samples: Annotated[int, typer.Option(help="Moments that scenery is changed at, a power of 2.")] = 128,
    seed: Annotated[int, typer.Option(help="Another seed shows other flights and scenery.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Threads.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON.")] = False,
) -> None:
    """Test what moves the actions, target or scenery, where the network looks, and how fast it forgets.

    Moments of flights that no training has seen are shown again in other seasons, weathers and art.

    Example: `wormdrive find-target explain runs/woods/ncp --out runs/woods/explain`

    Example: `wormdrive find-target explain runs/woods/ncp --compare runs/woods/lstm --out runs/woods/compared`
    """
    import shlex
    import sys

    from rich.console import Console

    from wormdrive.audit.counterfactuals.shares import require_samples
    from wormdrive.cli.replacing import require_new_folder
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.find_target.audit.flight_audit import audit_flights
    from wormdrive.find_target.audit.page import PAGE, write_flight_audit
    from wormdrive.find_target.audit.stage import held_out_flights
    from wormdrive.find_target.audit.words import verdict
    from wormdrive.find_target.policy import load_flight_policy
    from wormdrive.perception.kernels.chunks import computing_with
    from wormdrive.scenarios.folder_lock import locked_folder

    require_new_folder(out, force=force, page=PAGE)
    require_samples(samples)
    names = _names([policy, *(compare or [])])
    policies = {name: load_flight_policy(folder) for name, folder in names.items()}
    first = next(iter(policies.values()))
    command = shlex.join(["wormdrive", *sys.argv[1:]])
    with (
        stoppable(lambda: NOTHING),
        locked_folder(out),
        computing_with(threads),
        Stages(Console(stderr=True)) as stages,
    ):
        flown = held_out_flights(flights, seed, size=(first.width, first.height), threads=threads, progress=stages)
        audit = audit_flights(policies, flown, samples=samples, seed=seed, threads=threads, progress=stages)
        written = write_flight_audit(audit, out, command)
    if as_json:
        typer.echo(json.dumps(audit.to_json(), indent=1, allow_nan=False))
        return
    for name in policies:
        typer.echo(f"{name}: {verdict(audit, name)}.")
    typer.echo(f"page: {written}")


def _names(folders: list[Path]) -> dict[str, Path]:
    """Call policies by the last part of their paths that tells them apart.

    Raises
    ------
    ArgumentError
        Two are the same folder.
    """
    from wormdrive.envs.common.errors import ArgumentError

    places = [folder.resolve() for folder in folders]
    for k, place in enumerate(places):
        if place in places[:k]:
            raise ArgumentError(f"--compare {folders[k]}: allowed are different policies, each once")
    for depth in range(1, min(len(place.parts) for place in places)):
        names = [place.parts[-depth] for place in places]
        if len(set(names)) == len(names):
            return dict(zip(names, folders, strict=True))
    return dict(zip(map(str, places), folders, strict=True))
