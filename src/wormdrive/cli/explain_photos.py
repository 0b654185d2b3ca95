"""``wormdrive explain --image``: show photos instead of drives."""

from __future__ import annotations

import json
from pathlib import Path

import typer

__all__ = ["explain_photos"]


def explain_photos(
    model: str,
    name: str,
    out: Path,
    files: list[Path],
    horizon: float | None,
    threads: int | None,
    mount: Path | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Show photos to MODEL, called ``name``; write where it looks and print what it would steer.

    ``mount`` says how a network of others sits in the car.
    """
    import os
    import shlex
    import sys

    from wormdrive.audit.attention.photo_section import measure_photos
    from wormdrive.audit.page.photos import photos_verdict
    from wormdrive.audit.writing import PHOTO_PAGE, write_photos
    from wormdrive.cli.model_option import load_audited
    from wormdrive.cli.replacing import require_new_folder
    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.envs.common.printable import printable
    from wormdrive.perception.kernels.chunks import computing_with
    from wormdrive.scenarios.folder_lock import locked_folder

    require_new_folder(out, force=force, page=PHOTO_PAGE)
    (policy,) = load_audited([model], "photos", mount)
    with stoppable(lambda: NOTHING), locked_folder(out), computing_with(threads or os.cpu_count() or 1):
        found = measure_photos(policy, files, model=name, horizon=0.5 if horizon is None else horizon)
        written = write_photos(found, out, shlex.join(["wormdrive", *sys.argv[1:]]))
    if as_json:
        typer.echo(json.dumps(found.to_json(), indent=1, allow_nan=False))
        return
    for one in found.shown:
        typer.echo(f"{printable(one.name)}: {one.curvature:+.5f} /m, left is positive")
    typer.echo(f"{found.model} {photos_verdict(found)}.")
    typer.echo(f"page: {written}")
