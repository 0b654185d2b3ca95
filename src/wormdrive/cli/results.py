"""``wormdrive results``: what the drives of a benchmark say, as text and as a page; needs their table alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["results"]


def results(
    tables: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="TABLE",
            help="drives.csv that `wormdrive benchmark` wrote, or several parts of one.",
            show_default="those that come with the package",
        ),
    ] = None,
    name: Annotated[str, typer.Option("--benchmark", help="The benchmark of which they are.")] = "settled-question",
    films: Annotated[
        str | None,
        typer.Option(help="Film a drive in summer and winter: a folder of `wormdrive benchmark`, or a policy."),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads to film with.")] = os.cpu_count() or 1,
    out: Annotated[Path, typer.Option(help="Folder for results.md and results.html.")] = Path("runs/results"),
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Say what the drives of a benchmark say: `results.md`, whose first paragraph is the answer, and `results.html`.

    Nothing is trained, and nothing driven but for films; the same table gives the same bytes.

    Example: `wormdrive results runs/settled-question/drives.csv --out runs/results`
    """
    from rich.console import Console

    from wormdrive.benchmark.committed_tables import committed_tables
    from wormdrive.benchmark.definition import load_benchmark
    from wormdrive.benchmark.drive_table import concatenate, read_drives
    from wormdrive.benchmark.report.chapters import chapters
    from wormdrive.benchmark.report.evidence import Evidence
    from wormdrive.benchmark.report.films import films_of_benchmark, films_of_policy
    from wormdrive.benchmark.report.markdown import markdown
    from wormdrive.benchmark.report.page import page
    from wormdrive.benchmark.report.sealed_evidence import sealed_evidence
    from wormdrive.cli.replacing import require_new_files
    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.perception.kernels.chunks import computing_with
    from wormdrive.scenarios.writing import write_text

    benchmark = load_benchmark(name)
    files = tables or committed_tables(benchmark.name)
    text_file, page_file = out / "results.md", out / "results.html"
    require_new_files((text_file, page_file), force=force)
    with stoppable(lambda: NOTHING), Stages(Console(stderr=True)) as stages:
        stages.begin("reading drives", len(files), "tables")
        table = concatenate(read_drives(file) for file in files)
        if not table.rows:
            named = ", ".join(map(str, files))
            raise ArgumentError(f"{named}: no drives; allowed are tables that `wormdrive benchmark` filled")
        evidence = Evidence(table, benchmark)
        sealed = sealed_evidence(evidence, files)
        made = []
        if films is not None:  # first, for here a user may have erred
            stages.begin("filming", 1)
            with computing_with(threads):
                if any(Path(films).glob("policy-*")):
                    made = films_of_benchmark(evidence, Path(films), threads=threads)
                else:
                    made = films_of_policy(evidence, films, threads=threads)
        stages.begin("summing up", 1)
        shown = chapters(evidence, name, [str(file) for file in tables or ()], sealed)
        write_text(text_file, markdown(shown))
        stages.begin("drawing", 1)
        write_text(page_file, page(evidence, shown, made, sealed))
    console = Console()
    for line in (shown["answer"].paragraph, *(f"- {sentence}" for sentence in shown["answer"].sentences)):
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    console.print(f"All of it: {text_file}, {page_file}", soft_wrap=True)
