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
            help="Kind of policy: ncp, cfc, feedforward, lstm, ctrnn, gru, gru_ode, cnn, ltc_full, ltc_random "
            "or transformer.",
            show_default="ncp",
        ),
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
    """
    from rich.console import Console

    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.training.imitation import CHECKPOINT, POLICY
    from wormdrive.training.imitation import train as run

    options = {"model": model, "steps": steps, "rounds": rounds, "seed": seed}
    chosen = {name: value for name, value in options.items() if value is not None}
    settings = _settings(recipe, config, chosen, out if resume else None)
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
            wandb=wandb,
        )
    parameters = sum(parameter.numel() for parameter in policy.parameters())
    seconds = time.monotonic() - began
    if as_json:
        summary = {"policy": str(out / POLICY), "model": settings.model, "parameters": parameters, "seconds": seconds}
        typer.echo(json.dumps(summary))
    else:
        typer.echo(f"{settings.model}, {parameters:,} parameters, {seconds:.0f} s: {out / POLICY}")


def _settings(recipe: str | None, file: Path | None, options: dict[str, Any], resumed: Path | None) -> TrainConfig:
    """Layer the settings: the recipe (or those of the run to resume), then the file, then the options."""
    from wormdrive.cli.parsing import parse_config
    from wormdrive.training.config import TrainConfig
    from wormdrive.training.config import recipe as find

    written = resumed / "config.json" if resumed is not None else None
    if recipe is None and written is not None and written.exists():
        values, source = _read(written), str(written)
    else:
        values, source = find(recipe or "demo").train.model_dump(mode="json"), ""
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
