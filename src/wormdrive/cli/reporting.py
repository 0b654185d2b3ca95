"""What ``evaluate`` and ``demo`` share: drive a suite, write the report, print it on the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from wormdrive.cli.stages import Stages
from wormdrive.envs.simulator_factory import SimulatorChoice
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.scenarios.candidate import Candidate
from wormdrive.scenarios.evaluate import WORLDS, evaluate, maker
from wormdrive.scenarios.record_videos import record_season_videos
from wormdrive.scenarios.report import summary
from wormdrive.scenarios.report.chapter import Chapter
from wormdrive.scenarios.results import Evaluation, Row
from wormdrive.scenarios.suite import Suite
from wormdrive.scenarios.writing import write_text

__all__ = ["drive_suite", "print_summary", "require_report", "save"]


def require_report() -> None:
    """Say at once, before minutes of driving, that what the report is drawn with is missing.

    Raises
    ------
    MissingPackageError
        The extra ``report`` is not installed.
    """
    import_module("wormdrive.scenarios.report.page")


def drive_suite(
    candidate: Candidate,
    suite: Suite,
    stages: Stages,
    threads: int,
    *,
    film: bool,
    note: str = "",
    simulator: SimulatorChoice = SimulatorChoice(),  # noqa: B008  (frozen)
) -> Chapter:
    """Evaluate an entrant and, if wanted, film it: its chapter of the report."""
    crews, worlds = simulator.max_crews(threads), simulator.max_worlds(WORLDS)
    count = len(suite.all_conditions) * suite.episodes
    stages.begin(f"driving {candidate.name}"[:22], count, "drives")
    with computing_with(1):  # a thread each
        evaluation, drives = evaluate(
            candidate, suite, maker(simulator), worlds=worlds, crews=crews, progress=stages.drives
        )
    films = []
    if film:
        stages.begin(f"filming {candidate.name}"[:22], 1)
        films = record_season_videos(candidate, suite, maker(simulator, threads), worlds=worlds)
    return Chapter(suite, evaluation, drives, films, candidate.wiring, candidate.effect, note)


def save(folder: Path, chapters: Sequence[Chapter], command_line: str, stages: Stages) -> Path:
    """Write ``report.html`` and, beside it, ``evaluation.json``: the path of the former."""
    from wormdrive.scenarios.report.page import write_report

    stages.begin("writing the report", 1)
    values = [chapter.evaluation.model_dump(mode="json") for chapter in chapters]
    write_text(folder / "evaluation.json", json.dumps(values, indent=1, allow_nan=False) + "\n")
    return write_report(folder / "report.html", chapters, command_line)


def print_summary(console: Console, evaluation: Evaluation) -> None:
    """Print success by season and weather, then each season and the failures in words."""
    seasons = list(dict.fromkeys(row.season for row in evaluation.rows))
    counted = "drives with all wheels in the lane (where it differs: by the car's centre), mean offset"
    table = Table(title=f"{evaluation.model} on {evaluation.suite}: {counted}")
    table.add_column("")
    for season in seasons:
        table.add_column(season, justify="right")
    for weather in dict.fromkeys(row.weather for row in evaluation.rows):
        cells = [_cell(evaluation.row(season, weather)) for season in seasons]
        table.add_row(weather, *cells)
    console.print(table)
    for season in seasons:
        console.print(f"{season.capitalize()}: {summary.season_line(evaluation, season)}.", soft_wrap=True)
    account = summary.account(evaluation)
    for line in (account.lead, *account.findings):
        console.print(line, soft_wrap=True)


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    by_centre = f" ({row.successes_by_centre})" if row.successes_by_centre != row.successes else ""
    return f"{row.successes}/{row.episodes}{by_centre}  {100 * row.mean_abs_offset_m:.0f} cm"
