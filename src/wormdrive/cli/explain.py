"""``wormdrive explain``: look inside a policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from wormdrive.cli.model_option import MODEL_HELP, Mount

__all__ = ["explain"]


class _Drives(NamedTuple):
    """Of an audit: recorded ones in ``files``, or else so many held-out routes a season of so many frames, by seed."""

    files: list[Path]
    routes: int
    frames: int
    seed: int


def explain(
    model: Annotated[str, typer.Argument(metavar="MODEL", help=MODEL_HELP)] = "ncp",
    photos: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="More photos, as shells write them for --image *.jpg."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the audit; with --wiring file of the picture, .png or .svg.",
            show_default="no audit; wiring.png",
        ),
    ] = None,
    wiring: Annotated[bool, typer.Option("--wiring", help="Draw who is connected to whom; name each neuron.")] = False,
    compare: Annotated[
        list[str] | None,
        typer.Option(metavar="MODEL", help="Audit this one, too, and put them side by side; may be repeated."),
    ] = None,
    episode: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Audit on this recorded drive instead; may be repeated: trees want two."),
    ] = None,
    image: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Show it photos instead (JPEG, PNG, WebP) and write attention.html."),
    ] = None,
    horizon: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Where photos have the horizon: 0 top, 1 bottom.", show_default="0.5"),
    ] = None,
    section: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this: trees, wheel, counterfactuals, attention, dynamics or certificate; may be repeated.",
            show_default="all",
        ),
    ] = None,
    certify: Annotated[bool, typer.Option("--certify", help="The same as --section certificate.")] = False,
    routes: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Held-out routes in each of four seasons.", show_default="3")
    ] = None,
    frames: Annotated[
        int | None,
        typer.Option(min=16, max=20_000, help="Frames a drive, at 30 a second.", show_default="300"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=1000, help="Another seed drives other routes.", show_default="0")
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(help="A benchmark's results: each MODEL is a kind, audited with all its training seeds."),
    ] = None,
    recipe: Annotated[
        list[str] | None,
        typer.Option(help="With --results: of which recipe; may be repeated.", show_default="paper"),
    ] = None,
    benchmark: Annotated[
        str | None, typer.Option(help="With --results: whose they are.", show_default="settled-question")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, help="With --results: the first so many of each.", show_default="all")
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="CSV", help="Sum up a table of audits that --results wrote, and measure nothing."
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads to simulate and compute with.", show_default="all processors")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what exists.")] = False,
    mount: Mount = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it all as JSON.")] = False,
) -> None:
    """Say what MODEL is made of; with --out audit it: let it drive, and look what its neurons do.

    The audit drives roads that no training has seen, in four seasons. It writes explain.html, a page with a drive to
    scrub through, and explain.json, all figures: decision trees, also behind the wheel, road or scenery, attention,
    dynamics, what is certified. With --compare each model has a folder of its own below, and comparison.html a row a
    model. With --image it shows photos instead, and says where it looks and what it would steer. With --results models
    are kinds: all their trainings are audited, each once, and comparison.html has a row a kind and recipe, with
    intervals over training seeds; started again, or several times at once, it goes on where it stopped.

    Example: `wormdrive explain ncp --out runs/explain`

    Example: `wormdrive explain ncp --compare lstm-blind --compare cfc-blind --out runs/compared`

    Example: `wormdrive explain ncp --compare feedforward --results runs/settled-question --out runs/audited`

    Example: `wormdrive explain ncp --image photos/*.jpg --out runs/photos`

    Example: `wormdrive explain ncp --wiring --out wiring.svg`
    """
    from wormdrive.envs.common.errors import ArgumentError

    if certify:
        section = [*(section or []), "certificate"]
    held_out = {"--routes": routes, "--frames": frames, "--seed": seed}
    asked = {"--compare": compare, "--episode": episode, "--section": section, "--threads": threads, **held_out}
    given = [name for name, value in asked.items() if value is not None]
    if mount is not None and wiring:
        raise ArgumentError("--mount: allowed without --wiring only, which wants a policy")
    if photos and not image:
        raise ArgumentError(f"{photos[0]}: allowed are MODEL alone, or photos after --image")
    if horizon is not None and not image:
        raise ArgumentError("--horizon: allowed with --image only")
    of_trainings = {"--recipe": recipe, "--benchmark": benchmark, "--seeds": seeds}
    if results is None and (alone := [name for name, value in of_trainings.items() if value is not None]):
        raise ArgumentError(f"{alone[0]}: allowed with --results only, the folder of a benchmark's trainings")
    if results is not None or from_ is not None:
        excluded: dict[str, object] = {"--image": image, "--wiring": wiring, "--episode": episode, "--mount": mount}
        if from_ is not None:
            excluded |= {"--results": results, **asked}
        if found := [name for name, value in excluded.items() if value is not None and value is not False]:
            raise ArgumentError(f"{found[0]}: allowed without {'--from' if from_ else '--results'} only")
        from wormdrive.cli.explain_trainings import explain_table, explain_trainings

        if results is None:
            assert from_ is not None  # noqa: S101  (asked before)
            explain_table(from_, out, force=force, as_json=as_json)
            return
        if out is None or force:
            fault = "--results: allowed with --out FOLDER only" if out is None else "--force: allowed without --results"
            raise ArgumentError(fault)
        from wormdrive.audit.sections import sections_named
        from wormdrive.audited_trainings.audit_cell import AuditSettings

        explain_trainings(
            [model, *(compare or [])],
            results,
            recipe or [],
            benchmark or "settled-question",
            out,
            AuditSettings(routes or 3, frames or 300, seed or 0, sections_named(section or [], frames=frames or 300)),
            seeds=seeds,
            threads=threads,
            as_json=as_json,
        )
        return
    if image:
        drives = [name for name in given if name != "--threads"] + ["--wiring"] * wiring
        if out is None or drives:
            fault = drives[0] if drives else "--image"
            raise ArgumentError(f"{fault}: allowed is --image with --out FOLDER, and without drives or --wiring")
        from wormdrive.cli.explain_photos import explain_photos

        shown = [*image, *(photos or [])]
        explain_photos(model, _name_of(model), out, shown, horizon, threads, mount, force=force, as_json=as_json)
        return
    if out is not None and not wiring:
        if episode and (wrong := [name for name in given if name in held_out]):
            raise ArgumentError(f"{wrong[0]}: allowed without --episode only, which says what is driven")
        _require_different(episode or [])
        models = [model, *(compare or [])]
        driven = _Drives(episode or [], routes or 3, frames or 300, seed or 0)
        _audit(models, out, driven, threads, mount, sections=section or [], force=force, as_json=as_json)
        return
    if given:
        raise ArgumentError(f"{given[0]}: allowed with an audit only: --out FOLDER, and no --wiring")
    from wormdrive.cli.explain_anatomy import explain_anatomy

    explain_anatomy(model, out, mount, wiring=wiring, force=force, as_json=as_json)


def _audit(
    models: list[str],
    out: Path,
    drives: _Drives,
    threads: int | None,
    mount: Path | None,
    *,
    sections: list[str],
    force: bool,
    as_json: bool,
) -> None:
    import os
    import shlex
    import sys

    from rich.console import Console

    from wormdrive.audit.audit import Audit, audit
    from wormdrive.audit.comparison import compare_audits
    from wormdrive.audit.held_out import held_out_episodes
    from wormdrive.audit.page.page import verdict
    from wormdrive.audit.sections import require_measurable, sections_named
    from wormdrive.audit.told_policy import TOLD, told_policy
    from wormdrive.audit.writing import PAGE, write_audit, write_comparison
    from wormdrive.cli.model_option import load_audited
    from wormdrive.cli.replacing import require_new_folder
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.envs.episodes.episode import Episode
    from wormdrive.perception.kernels.chunks import computing_with
    from wormdrive.scenarios.folder_lock import locked_folder

    require_new_folder(out, force=force, page=PAGE)
    measured = sections_named(sections, frames=None if drives.files else drives.frames)
    policies = dict(zip(map(_name_of, models), load_audited(models, "an audit", mount), strict=True))
    if len(policies) < len(models):
        named = ", ".join(map(_name_of, models))
        raise ArgumentError(
            f"--compare: models called {named}: allowed are different names, which folders are called by"
        )
    for name, policy in policies.items():
        require_measurable(policy, measured, name)
    if alone := len(models) == 1:
        folders = dict.fromkeys(policies, out)
    else:
        folders = {name: out / name for name in policies}
        policies[TOLD] = told_policy()
    recorded = [Episode.load(file) for file in drives.files]
    command, threads = shlex.join(["wormdrive", *sys.argv[1:]]), threads or os.cpu_count() or 1
    audits: list[Audit] = []
    with (
        stoppable(lambda: NOTHING),
        locked_folder(out),
        computing_with(threads),
        Stages(Console(stderr=True)) as stages,
    ):
        for name, policy in policies.items():
            if not alone:
                stages.heading(name)
            episodes = recorded or held_out_episodes(
                policy, routes=drives.routes, frames=drives.frames, seed=drives.seed, threads=threads, progress=stages
            )
            audits.append(audit(policy, episodes, model=name, threads=threads, sections=measured, progress=stages))
            if name in folders:
                stages.begin("writing the page", 1)
                written = write_audit(audits[-1], folders[name], command, threads=threads)
        if not alone:
            written = write_comparison(compare_audits(audits), out, command, tuple(folders))
    if as_json:
        told = audits[0] if alone else compare_audits(audits)
        typer.echo(json.dumps(told.to_json(), indent=1, allow_nan=False))
        return
    for found in audits:
        typer.echo(f"{found.model}: {verdict(found)}.")
        for name, reason in found.missing.items():
            typer.echo(f"{name}: not measured: {reason}")
    typer.echo(f"page: {written}")


def _require_different(files: list[Path]) -> None:
    """Refuse a drive that is given twice: intervals count drives, and trees are tried on others than they grew on."""
    from wormdrive.envs.common.errors import ArgumentError

    places = [file.resolve() for file in files]
    for k, place in enumerate(places):
        if place in places[:k]:
            raise ArgumentError(f"--episode {files[k]}: allowed are different files, each once")


def _name_of(model: str) -> str:
    """Return what a model is called: the last part of its path; folders are called by it, too."""
    return Path(model).name.replace(":", ".")
