"""``wormdrive convoy``: followers that keep lane and gap from pictures: train, drive, compare and film them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wormdrive.cli.watch_convoy import watch_convoy

if TYPE_CHECKING:
    from wormdrive.convoy.evaluation import MakeDriver
    from wormdrive.convoy.summary import ConvoySummary, ModelSummary

__all__ = ["app"]

app = typer.Typer(
    help="Cars behind one another: train followers that see, drive, compare, watch and film them.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

app.command("watch")(watch_convoy)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
Threads = Annotated[int | None, typer.Option(min=1, help="Threads.", show_default="all processors")]
Routes = Annotated[int, typer.Option(min=1, max=1000, help="Convoys under each condition.")]
Driver = Annotated[str, typer.Argument(metavar="FOLLOWER", help="A file that `convoy train` wrote, or expert.")]


@app.command()
def train(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File of the follower, such as runs/mine.safetensors.")],
    model: Annotated[str, typer.Option(help="ncp, lstm, feedforward or feedforward-4-frames.")] = "ncp",
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Same seed, same bits.")] = 0,
    convoys: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="That the expert drives.", show_default="96")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Of imitation.", show_default="12000")] = None,
    eyes_steps: Annotated[int | None, typer.Option(min=1, help="Of the eyes.", show_default="9600")] = None,
    rounds: Annotated[int | None, typer.Option(min=0, max=1000, help="Of DAgger.", show_default="5")] = None,
    threads: Threads = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Train one follower: the expert drives, eyes and follower learn, then it drives itself and is corrected.

    A quarter of an hour; two minutes and a worse follower by `--convoys 24 --eyes-steps 800 --steps 2000 --rounds 1`.

    Example: `wormdrive convoy train runs/mine.safetensors --model lstm --seed 1`
    """
    import json
    import time

    from wormdrive.cli.replacing import require_new_files
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.convoy.config import MODELS, ConvoyTrainConfig
    from wormdrive.convoy.follower import describe
    from wormdrive.convoy.storage import save_follower
    from wormdrive.convoy.training import Lesson, train_follower
    from wormdrive.envs.common.errors import ArgumentError, one_of
    from wormdrive.training.threads import processors

    require_new_files([out], force=force)
    if model not in MODELS:
        raise ArgumentError(one_of("--model", model, MODELS))
    changes = {"convoys": convoys, "steps": steps, "eyes_steps": eyes_steps, "rounds": rounds}
    config = ConvoyTrainConfig(seed=seed, **{name: value for name, value in changes.items() if value is not None})
    began = time.monotonic()
    with stoppable(lambda: "nothing was written"), Stages(_console()) as progress:
        lesson = Lesson(config, threads=threads or processors(), progress=progress)
        follower = train_follower(lesson, MODELS[model])
        save_follower(follower, out)
    told = {"follower": str(out), "model": model, "seed": seed, **describe(follower)}
    seconds = time.monotonic() - began
    if as_json:
        typer.echo(json.dumps(told | {"seconds": seconds}))
    else:
        typer.echo(f"{model}, {told['parameters']:,} parameters, {seconds:.0f} s: {out}")


@app.command()
def evaluate(
    follower: Driver,
    out: Annotated[Path | None, typer.Option(help="Write a row a drive to this CSV file.")] = None,
    routes: Routes = 8,
    threads: Threads = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Drive the course: held-out roads and profiles in summer, on summer's looks with winter's grip, and in winter.

    And behind a first car that stops as hard as it can, in summer, and in winter where its studded tyres grip alone.

    Example: `wormdrive convoy evaluate runs/mine.safetensors --routes 4`
    """
    from wormdrive.cli.replacing import require_new_files
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.convoy.drive_row import write_rows
    from wormdrive.convoy.evaluation import drive_course
    from wormdrive.convoy.summary import summarise
    from wormdrive.training.threads import processors

    require_new_files([] if out is None else [out], force=force)
    make_driver, looking = _driver(follower)
    with stoppable(lambda: "nothing was written"), Stages(_console()) as progress:
        rows = drive_course(
            make_driver,
            Path(follower).stem,
            0,
            routes=routes,
            looking=looking,
            threads=threads or processors(),
            progress=progress,
        )
    if out is not None:
        write_rows(out, rows)
    _tell(summarise(rows), as_json)


@app.command()
def benchmark(
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("runs/convoy"),
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Trainings of each model.")] = 3,
    model: Annotated[
        list[str] | None, typer.Option(help="One model alone; may be repeated.", show_default="all four")
    ] = None,
    routes: Routes = 8,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Train NCP, LSTM, and one and four frames without memory, drive the course, and say whether memory pays.

    Stopped and started again it goes on with the first training or course that is missing. What is there already is
    summed up in a second.

    Example: `wormdrive convoy benchmark --seeds 3`
    """
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.convoy.benchmark import run_benchmark
    from wormdrive.convoy.config import MODELS
    from wormdrive.convoy.summary import summarise
    from wormdrive.envs.common.errors import ArgumentError, one_of
    from wormdrive.training.threads import processors

    for name in model or ():
        if name not in MODELS:
            raise ArgumentError(one_of("--model", name, MODELS))
    with (
        stoppable(lambda: f"what is done is kept in {out}: the same command goes on"),
        Stages(_console()) as progress,
    ):
        rows = run_benchmark(
            out,
            seeds,
            models=tuple(model or MODELS),
            routes=routes,
            threads=threads or processors(),
            progress=progress,
        )
    _tell(summarise(rows), as_json)


@app.command()
def results(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="A CSV file that evaluate or benchmark wrote.")],
    as_json: Json = False,
) -> None:
    """Sum up a table of drives, without driving.

    Example: `wormdrive convoy results scenarios/results/convoy/drives.csv`
    """
    from wormdrive.convoy.drive_row import read_rows
    from wormdrive.convoy.summary import summarise

    _tell(summarise(read_rows(table)), as_json)


@app.command()
def film(
    follower: Driver,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="An .mp4 file, or a .png of the end.")],
    season: Annotated[str, typer.Option(help="spring, summer, autumn or winter.")] = "summer",
    weather: Annotated[str, typer.Option(help="day, dusk, night, fog, rain, snowfall, ...")] = "day",
    profile: Annotated[str, typer.Option(help="constant, sinusoid, stop_and_go, braking or emergency.")] = "braking",
    cars: Annotated[int, typer.Option(min=2, max=8, help="Of the convoy.")] = 4,
    car: Annotated[
        list[int] | None, typer.Option(help="Whose view is shown; may be repeated.", show_default="all followers")
    ] = None,
    seconds: Annotated[float, typer.Option(min=1.0, max=600.0, help="How long the convoy drives.")] = 20.0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Of road, start and profile.")] = 1_000_000,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Film a convoy: what its followers see, and the convoy from above.

    Example: `wormdrive convoy film expert runs/convoy.mp4 --season winter --car 1 --car 3`
    """
    import json
    from dataclasses import asdict

    from wormdrive.cli.convoy_scenario import convoy_scenario
    from wormdrive.cli.replacing import require_new_files
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import stoppable
    from wormdrive.convoy.film import film_convoy

    require_new_files([out], force=force)
    scenario = convoy_scenario(profile, season, weather, seed, seconds, cars)
    make_driver, _ = _driver(follower)
    title = f"{Path(follower).stem}  {season} {weather}  {profile}"
    with stoppable(lambda: "nothing was written"), Stages(_console()) as progress:
        filmed = film_convoy(
            make_driver,
            scenario,
            out,
            cars=cars,
            followed=car,
            title=title,
            progress=progress,
        )
    if as_json:
        typer.echo(json.dumps(asdict(filmed) | {"path": str(filmed.path)}))
    else:
        typer.echo(f"{filmed.driven_s:.1f} s, {filmed.end_reason.replace('_', ' ')}: {filmed.path}")


def _driver(follower: str) -> tuple[MakeDriver, bool]:
    """Return what puts a follower at the wheel, and whether it needs pictures."""
    from wormdrive.convoy.evaluation import expert_driver, follower_driver
    from wormdrive.convoy.storage import load_follower

    if follower == "expert":
        return expert_driver, False
    return follower_driver(load_follower(Path(follower))), True


def _tell(summary: ConvoySummary, as_json: bool) -> None:
    import json
    from dataclasses import asdict

    if as_json:
        typer.echo(json.dumps(asdict(summary), allow_nan=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Convoys of four: drives in which every follower kept lane and gap")
    for name in ("condition", "follower", "success", "driven", "collisions", "departures", "gap error", "string gain"):
        table.add_column(name, justify="left" if name in ("condition", "follower") else "right")
    for one in summary.models:
        cell = partial(_measure, one)
        shares = [cell(name, _percent) for name in ("collision", "lane_departure")]
        table.add_row(
            one.condition,
            f"{one.model} x{one.trainings}",
            cell("success", _percent),
            cell("driven_s", _seconds),
            *shares,
            cell("gap_error_m", _metres),
            cell("string_gain", _plain),
        )
    console = Console()
    console.print(table)
    for difference in summary.comparisons:
        show = {"success": _percent, "driven_s": _seconds}[difference.measure]
        change = _cell(difference.difference.estimate, difference.difference, show)
        console.print(
            f"{difference.condition}, {difference.measure}: {difference.model} less feedforward {change}, "
            f"p {difference.p_value:.2f} ({difference.p_corrected:.2f} after Holm)",
            highlight=False,
        )


def _measure(one: ModelSummary, name: str, show: Callable[[float], str]) -> str:
    return _cell(one.measures[name], one.intervals[name], show)


def _cell(value: float | None, interval: Any, show: Callable[[float], str]) -> str:
    if value is None:
        return "-"
    return show(value) if interval is None else f"{show(value)} ({show(interval.low)} to {show(interval.high)})"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _seconds(value: float) -> str:
    return f"{value:.1f} s"


def _metres(value: float) -> str:
    return f"{value:.1f} m"


def _plain(value: float) -> str:
    return f"{value:.2f}"


def _console() -> Any:
    from rich.console import Console

    return Console(stderr=True)
