"""``wormdrive find-target``: learn to fly to an object in the woods, and see what that learning is worth elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wormdrive.cli.watch_flight import watch_flight

if TYPE_CHECKING:
    from wormdrive.find_target.evaluation import FlightRow
    from wormdrive.find_target.learning import FlightRecipe

__all__ = ["app"]

app = typer.Typer(
    help="Fly to an object in the woods: train, evaluate, benchmark, watch.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

app.command("watch")(watch_flight)

Kind = Annotated[str, typer.Option(help="Kind of policy: ncp, cfc, lstm or cnn.")]
Config = Annotated[Path | None, typer.Option(help="YAML or JSON file with any of the recipe's settings.")]
Threads = Annotated[int, typer.Option(min=1, help="Threads.")]
Flights = Annotated[int, typer.Option(min=1, help="Test flights in each condition.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("train")
def train(
    out: Annotated[Path, typer.Option(help="Folder that the policy is written to.")],
    kind: Kind = "ncp",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same policy.")] = 0,
    config: Config = None,
    threads: Threads = 1,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Let the expert fly in summer, imitate it, then fly and be told (DAgger).

    Example: `wormdrive find-target train --kind ncp --out runs/woods/ncp`
    """
    from rich.console import Console

    from wormdrive.cli.replacing import require_new_files
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.envs.common.errors import ArgumentError, one_of
    from wormdrive.find_target.cores import CORES
    from wormdrive.find_target.learning import record_demonstrations, train_flight_policy
    from wormdrive.find_target.policy import save_flight_policy
    from wormdrive.perception.kernels.chunks import computing_with
    from wormdrive.scenarios.folder_lock import locked_folder

    recipe = _recipe(config)
    if kind not in CORES:
        raise ArgumentError(one_of("--kind", kind, CORES))
    require_new_files([out / "model.safetensors"], force=force)
    with (
        stoppable(lambda: "nothing is kept of a training that did not end"),
        locked_folder(out),
        Stages(Console(stderr=True)) as stages,
        computing_with(threads),
    ):
        flights = record_demonstrations(recipe, threads=threads, progress=stages)
        policy = train_flight_policy(kind, seed, recipe, flights, threads=threads, progress=stages)
        save_flight_policy(policy, out)
    parameters = sum(parameter.numel() for parameter in policy.parameters())
    if as_json:
        typer.echo(json.dumps({"policy": str(out), "kind": kind, "seed": seed, "parameters": parameters}))
    else:
        typer.echo(f"{kind}, {parameters:,} parameters: {out}")


@app.command("evaluate")
def evaluate(
    policy: Annotated[Path, typer.Argument(metavar="POLICY", help="Folder that `train` wrote.")],
    flights: Flights = 24,
    condition: Annotated[
        list[str] | None, typer.Option(help="Only these conditions; may be repeated.", show_default="all")
    ] = None,
    config: Config = None,
    threads: Threads = 1,
    as_json: AsJson = False,
) -> None:
    """Fly the same flights in every season, two weathers, other art, farther, to a moving and to a hidden object.

    Example: `wormdrive find-target evaluate runs/woods/ncp --condition winter --condition fog`
    """
    from rich.console import Console

    from wormdrive.cli.stages import Stages
    from wormdrive.find_target.conditions import TEST_CONDITIONS
    from wormdrive.find_target.evaluation import evaluate_pilot
    from wormdrive.find_target.flights import PolicyPilot
    from wormdrive.find_target.policy import load_flight_policy
    from wormdrive.perception.kernels.chunks import computing_with

    pilot = load_flight_policy(policy)
    with Stages(Console(stderr=True)) as stages, computing_with(threads):
        rows = evaluate_pilot(
            pilot.kind,
            0,
            PolicyPilot(pilot),
            _recipe(config),
            flights=flights,
            conditions=condition or tuple(TEST_CONDITIONS),
            threads=threads,
            progress=stages,
        )
    _print_rows(rows, as_json)


@app.command("benchmark")
def benchmark(
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("runs/find-target"),
    kind: Annotated[list[str] | None, typer.Option(help="Only these; may be repeated.", show_default="all")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each kind.")] = 3,
    flights: Flights = 24,
    shard: Annotated[str, typer.Option(help="Do part i of n alone: i/n, counted from 0.")] = "0/1",
    config: Config = None,
    threads: Threads = 1,
    as_json: AsJson = False,
) -> None:
    """Train every kind from several seeds, test each, and write `flights.csv`; what is done already is kept.

    Example: `wormdrive find-target benchmark --out runs/find-target --shard 0/2`
    """
    from rich.console import Console

    from wormdrive.benchmark.runner import Shard
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.find_target.benchmark import run_benchmark
    from wormdrive.find_target.cores import CORES
    from wormdrive.find_target.evaluation import write_flights
    from wormdrive.perception.kernels.chunks import computing_with

    with (
        stoppable(lambda: f"what is done is kept in {out}: the same command goes on"),
        Stages(Console(stderr=True)) as stages,
        computing_with(threads),
    ):
        rows = run_benchmark(
            out,
            kinds=kind or tuple(CORES),
            seeds=seeds,
            flights=flights,
            recipe=_recipe(config),
            shard=Shard.parse(shard),
            threads=threads,
            progress=stages,
        )
    write_flights(out / "flights.csv", rows)
    _print_rows(rows, as_json)


@app.command("results")
def results(
    table: Annotated[Path, typer.Argument(metavar="CSV", help="A table of flights that `benchmark` wrote.")],
    as_json: AsJson = False,
) -> None:
    """Sum up a table of flights.

    Example: `wormdrive find-target results scenarios/results/find-target/flights.csv`
    """
    from wormdrive.find_target.evaluation import read_flights

    _print_rows(read_flights(table), as_json)


def _recipe(file: Path | None) -> FlightRecipe:
    from wormdrive.cli.parsing import parse_config
    from wormdrive.envs.common.yaml_file import read_yaml_table
    from wormdrive.find_target.learning import FlightRecipe

    if file is None:
        return FlightRecipe()
    return parse_config(FlightRecipe, read_yaml_table("config", file, tuple(FlightRecipe.model_fields)), str(file))


def _print_rows(rows: list[FlightRow], as_json: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from wormdrive.find_target.summary import summarise

    rates = summarise(rows)
    if as_json:
        typer.echo(json.dumps({"rates": [_plain(rate) for rate in rates]}, allow_nan=False))
        return
    models = list(dict.fromkeys(rate.model for rate in rates))
    table = Table(title="Success [%], 95 % intervals over training seeds and flights")
    for name in ("", *models):
        table.add_column(name, justify="right" if name else "left")
    for condition in dict.fromkeys(rate.condition for rate in rates):
        by_model = {rate.model: rate for rate in rates if rate.condition == condition}
        table.add_row(condition, *(_cell(by_model.get(model)) for model in models))
    Console().print(table)


def _cell(rate: Any) -> str:
    if rate is None:
        return ""
    success = rate.success
    around = "" if success.low != success.low else f" ({100 * success.low:.0f}-{100 * success.high:.0f})"
    return f"{100 * success.estimate:.0f}{around}"


def _plain(rate: Any) -> dict[str, Any]:
    from dataclasses import asdict

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: bare(inner) for name, inner in value.items()}
        return None if isinstance(value, float) and value != value else value

    plain: dict[str, Any] = bare(asdict(rate))
    return plain
