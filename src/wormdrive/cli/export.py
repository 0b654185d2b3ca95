"""``wormdrive export``: a policy as an ONNX file or as C, for computers without Python."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from wormdrive.agents.policies.policy import Policy
    from wormdrive.training.export.exporting import Exported

__all__ = ["export"]


class Target(str, Enum):
    """What to export to."""

    onnx = "onnx"
    c = "c"


def export(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A policy's folder, the name of shipped weights, or `module:factory` that returns a Policy.",
        ),
    ],
    to: Annotated[Target, typer.Option(help="An ONNX file, or C99 without dependencies.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="ONNX: the file. C: a folder, or FILE.c.", show_default="wormdrive.onnx, or wormdrive.c here"
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="C: name of both files and prefix of all they declare.", show_default="wormdrive, or FILE"),
    ] = None,
    int8: Annotated[bool, typer.Option("--int8", help="C: weights of the convolutions in 8 bits.")] = False,
    drive: Annotated[bool, typer.Option("--drive", help="Then drive it beside torch, in every season.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print sizes, timing and drives as JSON.")] = False,
) -> None:
    """Write MODEL for other computers, run what was written, and say how large, quick and exact it is.

    One step: camera frame, state and elapsed time -> curvature [1/m] to steer by, and the next state. Preprocessing is
    inside. Ends with status 1 when what was written computes something else than torch.

    Example: `wormdrive export ncp --to c --out firmware --drive`
    """
    import torch

    from wormdrive.cli.model_option import load_named_policy
    from wormdrive.cli.replacing import require_new_files
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.training.export.c_source import DEFAULT_NAME
    from wormdrive.training.export.exporting import TOLERANCE_PER_M, export_c, export_onnx

    if to is Target.onnx and (int8 or name is not None):
        raise ArgumentError(f"{'--int8' if int8 else '--name'}: allowed with --to c only")
    folder, stem = _place(out, name)
    file = out or Path(f"{DEFAULT_NAME}.onnx")
    pair = [folder / f"{stem or DEFAULT_NAME}{end}" for end in (".h", ".c")]
    require_new_files([file] if to is Target.onnx else pair, force=force)
    torch.set_num_threads(1)  # a step is too small to share
    policy = load_named_policy(model, "export")
    if to is Target.onnx:
        done = export_onnx(policy, file, overwrite=force)
    else:
        done = export_c(policy, folder, name=stem or DEFAULT_NAME, int8=int8, overwrite=force)
    drives = _drive(policy, done) if drive else []
    if as_json:
        typer.echo(json.dumps(_values(to, done, drives)))
    else:
        _print_text(done, drives)
    if not int8 and done.difference_per_m is not None and not done.difference_per_m <= TOLERANCE_PER_M:
        typer.echo(f"wormdrive: farther from torch than {TOLERANCE_PER_M:g} 1/m: do not drive with it", err=True)
        raise typer.Exit(1)


def _place(out: Path | None, name: str | None) -> tuple[Path, str | None]:
    """Folder and name of the C files."""
    from wormdrive.envs.common.errors import ArgumentError

    if out is None or out.suffix != ".c":
        return out or Path(), name
    if name is not None and name != out.stem:
        raise ArgumentError(f"--name {name}: allowed with --out {out} is {out.stem}, or nothing")
    return out.parent, out.stem


def _drive(policy: Policy, done: Exported) -> list[dict[str, Any]]:
    """Drive 300 m in every season by day, by torch and by the export."""
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.envs.embedded.simulator import EmbeddedSimulator
    from wormdrive.envs.seasons.conditions import Conditions
    from wormdrive.envs.simulation.scenario import Scenario
    from wormdrive.training.export.closed_loop_comparison import compare_closed_loop

    if done.stepper is None:
        raise ArgumentError("--drive: allowed where there is a C compiler (cc, gcc, clang, or the variable CC)")
    seasons = ("summer", "autumn", "winter", "spring")
    scenarios = [
        Scenario(conditions=Conditions.preset(season, "day"), route_seed=k, seed=k, route_length_m=300.0)
        for k, season in enumerate(seasons)
    ]
    simulator = EmbeddedSimulator(2 * len(scenarios), camera=policy.camera)
    try:
        found = compare_closed_loop(policy, done.stepper, simulator, scenarios)
    finally:
        simulator.close()
    return [
        {
            "season": season,
            "steps": dict(zip(("torch", "export"), drive.steps, strict=True)),
            "end_reason": dict(zip(("torch", "export"), drive.end_reason, strict=True)),
            "mean_offset_m": dict(zip(("torch", "export"), drive.mean_offset_m, strict=True)),
            "distance_m": dict(zip(("torch", "export"), drive.distance_m, strict=True)),
            "difference_per_m": drive.difference_per_m,
            "end_gap_m": drive.end_gap_m,
        }
        for season, drive in zip(seasons, found, strict=True)
    ]


def _values(to: Target, done: Exported, drives: list[dict[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "to": to.value,
        "files": {str(file): file.stat().st_size for file in done.files},
        "weight_bytes": done.weight_bytes,
        "multiplications": done.multiplications,
        "step_us": done.step_us,
        "difference_per_m": done.difference_per_m,
    }
    if to is Target.c:
        values |= {
            "flash_bytes": done.flash_bytes,
            "ram_bytes": done.ram_bytes,
            "stack_bytes": done.stack_bytes,
        }
    return values | ({"drives": drives} if drives else {})


def _print_text(done: Exported, drives: list[dict[str, Any]]) -> None:
    for file in done.files:
        typer.echo(f"{file}: {file.stat().st_size:,} bytes")
    for label, number in (
        ("flash (code and weights, as compiled here)", done.flash_bytes),
        ("RAM (the caller's struct)", done.ram_bytes),
        ("stack, at most", done.stack_bytes),
    ):
        if number is not None:
            typer.echo(f"{label}: {number:,} bytes")
    typer.echo(f"multiplications a step: {done.multiplications:,}")
    if done.step_us is None or done.difference_per_m is None:
        typer.echo("not tried: no C compiler was found (cc, gcc, clang, or the variable CC)")
    else:
        typer.echo(f"one step on one thread: {done.step_us:,.0f} us")
        typer.echo(f"farthest from torch over frames of noise: {done.difference_per_m:.1e} 1/m")
    for drive in drives:
        reasons, offsets, distance = drive["end_reason"], drive["mean_offset_m"], drive["distance_m"]["export"]
        typer.echo(
            f"{drive['season']}: {distance:.0f} m, {reasons['export']} (torch {reasons['torch']}), "
            f"mean offset {100 * offsets['export']:.2f} cm (torch {100 * offsets['torch']:.2f}), "
            f"{100 * drive['end_gap_m']:.3f} cm apart at the end"
        )
