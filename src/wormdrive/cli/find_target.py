"""``wormdrive find-target``: learn to fly to an object in the woods, and see what that learning is worth elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wormdrive.cli.explain_flight import explain_flight
from wormdrive.cli.watch_flight import watch_flight

if TYPE_CHECKING:
    from collections.abc import Callable

    from wormdrive.find_target.evaluation import FlightRow
    from wormdrive.find_target.learning import FlightRecipe
    from wormdrive.find_target.report.views import FlightViews

__all__ = ["app"]

app = typer.Typer(
    help="Fly to an object in the woods: train, evaluate, benchmark, watch.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

app.command("watch")(watch_flight)
app.command("explain")(explain_flight)

Kind = Annotated[str, typer.Option(help="Kind of policy: ncp, cfc, lstm or cnn.")]
Config = Annotated[Path | None, typer.Option(help="YAML or JSON file with any of the recipe's settings.")]
Threads = Annotated[int, typer.Option(min=1, help="Threads.")]
Suite = Annotated[str, typer.Option(help="A suite's name (woods, disturbed), or the path of a YAML file.")]
Flights = Annotated[
    int | None, typer.Option(help="Flights in each condition, 1 to 1000.", show_default="the suite's, 24")
]
Condition = Annotated[
    list[str] | None, typer.Option(help="Only these conditions; may be repeated.", show_default="all")
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("record")
def record(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for the flights.")],
    flights: Annotated[
        int | None, typer.Option(help="How many, 1 to 100000.", show_default="the recipe's, 128")
    ] = None,
    config: Config = None,
    threads: Threads = 1,
    as_json: AsJson = False,
) -> None:
    """Let the expert fly, pushed about by gusts, and write down what training learns from: pictures, state, actions.

    `wormdrive episodes list` and `export` read them, and `train --episodes` learns from them.

    Example: `wormdrive find-target record runs/woods/flights --flights 128`
    """
    from rich.console import Console

    from wormdrive.cli.parsing import parse_config
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.find_target.learning import FlightRecipe, record_demonstrations
    from wormdrive.find_target.recording import require_no_flights, save_flights
    from wormdrive.scenarios.folder_lock import locked_folder

    recipe = _recipe(config)
    if flights is not None:
        recipe = parse_config(FlightRecipe, recipe.model_dump() | {"demonstrations": flights})
    with stoppable(lambda: NOTHING), locked_folder(out), Stages(Console(stderr=True)) as stages:
        require_no_flights(out)
        flown = record_demonstrations(recipe, threads=threads, progress=stages)
        save_flights(flown, out)
    frames, found = sum(map(len, flown)), sum(flight.ended == "found" for flight in flown)
    if as_json:
        typer.echo(json.dumps({"out": str(out), "flights": len(flown), "frames": frames, "found": found}))
    else:
        typer.echo(f"{len(flown)} flights, {frames} frames, {found} found: {out}")


@app.command("train")
def train(
    out: Annotated[Path, typer.Option(help="Folder that the policy is written to.")],
    kind: Kind = "ncp",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same policy.")] = 0,
    episodes: Annotated[
        Path | None,
        typer.Option(help="Learn from the flights that `record` wrote here.", show_default="the expert flies"),
    ] = None,
    config: Config = None,
    threads: Threads = 1,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Let the expert fly in summer, imitate it, then fly and be told (DAgger).

    Example: `wormdrive find-target train --kind ncp --out runs/woods/ncp`

    Example: `wormdrive find-target train --episodes runs/woods/flights --kind lstm --out runs/woods/lstm`
    """
    from rich.console import Console

    from wormdrive.cli.replacing import require_new_files
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.envs.common.errors import ArgumentError, one_of
    from wormdrive.find_target.cores import CORES
    from wormdrive.find_target.learning import record_demonstrations, train_flight_policy
    from wormdrive.find_target.policy import save_flight_policy
    from wormdrive.find_target.recording import load_flights
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
        if episodes is None:
            flights = record_demonstrations(recipe, threads=threads, progress=stages)
        else:
            flights = load_flights(episodes)
        policy = train_flight_policy(kind, seed, recipe, flights, threads=threads, progress=stages)
        save_flight_policy(policy, out)
    parameters = sum(parameter.numel() for parameter in policy.parameters())
    if as_json:
        typer.echo(json.dumps({"policy": str(out), "kind": kind, "seed": seed, "parameters": parameters}))
    else:
        typer.echo(f"{kind}, {parameters:,} parameters: {out}")


@app.command("evaluate")
def evaluate(
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="Folder that `train` wrote, or `expert`.")],
    suite: Suite = "woods",
    flights: Flights = None,
    condition: Condition = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", "--out", help="Write report.html, evaluation.json and flights.csv into this folder."),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Write every flight down in this folder, those of a condition together.")
    ] = None,
    threads: Threads = 1,
    as_json: AsJson = False,
) -> None:
    """Fly a suite: the same flights in every season, two weathers, other art, farther, to a moving and a hidden object.

    Example: `wormdrive find-target evaluate runs/woods/ncp --report runs/woods/report`

    Example: `wormdrive find-target evaluate runs/woods/ncp --condition winter --condition fog`

    Example: `wormdrive find-target evaluate expert --suite disturbed --flights 4 --record runs/woods/disturbed`
    """
    import shlex
    import sys
    from collections.abc import Sequence
    from contextlib import ExitStack

    from rich.console import Console

    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.envs.find_target.flight_episode import FlightEpisode
    from wormdrive.find_target.benchmark import EXPERT
    from wormdrive.find_target.evaluation import evaluate_pilot
    from wormdrive.find_target.flights import ExpertPilot, PolicyPilot
    from wormdrive.find_target.policy import load_flight_policy
    from wormdrive.find_target.recording import condition_folder, require_no_flights, save_flights
    from wormdrive.find_target.suite import load_flight_suite
    from wormdrive.perception.kernels.chunks import computing_with
    from wormdrive.scenarios.folder_lock import locked_folder

    wanted = load_flight_suite(suite).narrowed(flights=flights, conditions=condition)
    learnt = None if policy == EXPERT else load_flight_policy(policy)
    pilot = ExpertPilot() if learnt is None else PolicyPilot(learnt)
    takers: list[Callable[[str, Sequence[FlightEpisode]], object]] = []
    views: list[FlightViews] = []
    if report is not None:
        from wormdrive.find_target.report.page import write_report
        from wormdrive.find_target.report.views import views_of

        takers.append(lambda name, flown: views.append(views_of(name, flown)))
    folders = {} if record is None else {name: condition_folder(record, wanted, name) for name in wanted.conditions}
    if record is not None:
        takers.append(lambda name, flown: save_flights(flown, folders[name]))

    def kept(name: str, flown: Sequence[FlightEpisode]) -> None:
        for take in takers:
            take(name, flown)

    with stoppable(lambda: NOTHING if record is None else f"what is whole is kept in {record}"), ExitStack() as claims:
        for folder in {folder for folder in (report, record) if folder is not None}:
            claims.enter_context(locked_folder(folder))
        for folder in folders.values():
            require_no_flights(folder)
        with Stages(Console(stderr=True)) as stages, computing_with(threads):
            rows = evaluate_pilot(
                EXPERT if learnt is None else learnt.kind,
                0,
                pilot,
                wanted,
                kept=kept if takers else None,
                threads=threads,
                progress=stages,
            )
        if report is not None:
            page = write_report(report, wanted, rows, views, shlex.join(["wormdrive", *sys.argv[1:]]))
    _print_rows(rows, as_json)
    if report is not None and not as_json:
        Console().print(f"Report: {page}", soft_wrap=True)


@app.command("benchmark")
def benchmark(
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("runs/find-target"),
    kind: Annotated[list[str] | None, typer.Option(help="Only these; may be repeated.", show_default="all")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each kind.")] = 3,
    suite: Suite = "woods",
    flights: Flights = None,
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
    from wormdrive.find_target.suite import load_flight_suite
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
            suite=load_flight_suite(suite).narrowed(flights=flights),
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
