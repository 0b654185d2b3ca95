"""``wormdrive train``: imitation on recorded episodes, then DAgger rounds."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wormdrive.cli.device_option import Device
from wormdrive.cli.simulator_options import Host, Ports, SimulatorKind, Timeout, chosen_simulator

if TYPE_CHECKING:
    from wormdrive.training.config import TrainConfig

__all__ = ["train"]


def train(
    episodes: Annotated[list[Path], typer.Argument(metavar="EPISODES", help="Folders that `wormdrive record` wrote.")],
    out: Annotated[Path, typer.Option(help="Folder of the run; the policy will be in its sub-folder 'policy'.")],
    recipe: Annotated[
        str | None, typer.Option(help="A recipe by name, such as demo, full or informed.", show_default="demo")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="YAML or JSON file with any of the recipe's settings.")] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Kind of policy: ncp, cfc, feedforward, lstm, ctrnn, gru, gru_ode, cnn, ltc_full, ltc_random, "
            "transformer, or one of yours: its name, or `module:Class`.",
            show_default="ncp",
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="POLICY", help="Fine-tune: begin with this policy's weights, and be of its kind."
        ),
    ] = None,
    validation: Annotated[
        float | None, typer.Option(help="Hold out this share of the episodes, and log the loss on it; 0 to 0.5.")
    ] = None,
    drive_every: Annotated[
        int | None,
        typer.Option(help="Drive every so many steps, and keep the best policy in the sub-folder 'best'; 0: never."),
    ] = None,
    expert: Annotated[
        str | None,
        typer.Option(metavar="MODULE:FACTORY", help="Let an expert of yours label DAgger rounds."),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Steps of imitation, 0 to 10000000.", show_default="the recipe's")
    ] = None,
    rounds: Annotated[int | None, typer.Option(help="DAgger rounds, 0 to 1000.", show_default="the recipe's")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Same seed, same bits; 0 to 2147483647.", show_default="the recipe's")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Threads.", show_default="all processors")] = None,
    device: Device = "cpu",
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run that was stopped had come to.")] = False,
    tensorboard: Annotated[bool, typer.Option("--tensorboard", help="Write TensorBoard's files, too.")] = False,
    wandb: Annotated[bool, typer.Option("--wandb", help="Log to Weights & Biases, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
    simulator: SimulatorKind = "embedded",
    host: Host = "localhost",
    port: Ports = None,
    timeout: Timeout = 20.0,
) -> None:
    """Train a policy. With --resume, a run killed at any moment ends in the same weights, bit for bit.

    `--simulator` says where DAgger rounds are driven; episodes to learn from may come from either.

    A file for --config is YAML or JSON with any of the recipe's settings: `steps: 2000`, on the next line
    `round_weathers: [day, snowfall]`, and so on; `config.json` in the folder of a run holds all of them.

    Frames are drawn once: the next training on the same episodes reads them from the cache folder (WORMDRIVE_CACHE),
    which holds up to 4 GiB of them, or WORMDRIVE_FRAMES_GIB.

    Example: `wormdrive train runs/summer --out runs/mine --recipe demo --seed 0`

    Example: `wormdrive train runs/suburb --out runs/tuned --from ncp --validation 0.1 --drive-every 100`
    """
    from rich.console import Console

    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.training.best_policy import BEST
    from wormdrive.training.imitation import CHECKPOINT, POLICY
    from wormdrive.training.imitation import train as run

    options = {
        "model": None if model is None else _kind_of(model),
        "steps": steps,
        "rounds": rounds,
        "seed": seed,
        "validation": validation,
        "drive_every": drive_every,
    }
    chosen = {name: value for name, value in options.items() if value is not None}
    settings = _settings(recipe, config, chosen, out if resume else None, start)
    choice = chosen_simulator(simulator, host, port, timeout)
    began = time.monotonic()

    def kept() -> str:
        if not (out / CHECKPOINT).exists():
            return "no step was made yet: the same command begins anew"
        again = "the same command" if resume else "the same command with --resume"
        return f"what was learnt is kept in {out / CHECKPOINT}: {again} goes on"

    with stoppable(kept), Stages(Console(stderr=True)) as progress:
        policy = run(
            settings,
            episodes,
            out,
            resume=resume,
            threads=threads,
            device=device,
            simulator=choice,
            progress=progress,
            tensorboard=tensorboard,
            start_from=start,
            expert=expert,
            wandb=wandb,
        )
    parameters = sum(parameter.numel() for parameter in policy.parameters())
    seconds = time.monotonic() - began
    if as_json:
        summary = {"policy": str(out / POLICY), "model": settings.model, "parameters": parameters, "seconds": seconds}
        best = {"best": str(out / BEST)} if settings.drive_every and settings.steps else {}
        typer.echo(json.dumps(summary | best))
    else:
        typer.echo(f"{settings.model}, {parameters:,} parameters, {seconds:.0f} s: {out / POLICY}")
        if settings.drive_every and settings.steps:
            typer.echo(f"the best of what drove on the way: {out / BEST}")


def _kind_of(model: str) -> str:
    """Return a kind's name, of a user's own also by ``module:Class``."""
    from wormdrive.agents.policies.own_kinds import import_kind
    from wormdrive.envs.common.import_path import is_import_path

    return import_kind(model, "--model") if is_import_path(model) else model


def _settings(
    recipe: str | None, file: Path | None, options: dict[str, Any], resumed: Path | None, start: str | None
) -> TrainConfig:
    """Layer the settings: the recipe (or those of the run to resume), then the file, then the options.

    What a recipe says of the policy gives way to the policy to start from.
    """
    from wormdrive.agents.policies.serialization import load_policy
    from wormdrive.cli.parsing import parse_config
    from wormdrive.training.config import TrainConfig
    from wormdrive.training.config import recipe as find

    written = resumed / "config.json" if resumed is not None else None
    if recipe is None and written is not None and written.exists():
        values, source = _read(written), str(written)
    else:
        values, source = find(recipe or "demo").train.model_dump(mode="json"), ""
        if start is not None:
            values |= {"model": load_policy(start).config.kind, "policy": {}}
    if file is not None:
        values |= _read(file)
        source = str(file)
    return parse_config(TrainConfig, values | options, source)


def _read(file: Path) -> dict[str, Any]:
    import yaml

    from wormdrive.envs.common.errors import ArgumentError

    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArgumentError(f"{file}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        problem = "no text in UTF-8" if isinstance(error, UnicodeDecodeError) else " ".join(str(error).split())
        raise ArgumentError(f"{file}: {problem}; allowed is a YAML or JSON file") from error
    if not isinstance(values, dict):
        raise ArgumentError(f"{file}: a {type(values).__name__}; allowed is a table of settings")
    return values
