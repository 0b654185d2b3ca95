"""Cockpit window: open it for a person, or film it where nobody looks; the same in every command that has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from wormdrive.scenarios.cockpit.loop import Loop

__all__ = ["FilmFile", "Films", "run_window", "window_or_film"]

Films = Annotated[Path, typer.Option(help="Folder for films that are begun in the window.")]
FilmFile = Annotated[
    Path | None,
    typer.Option(
        "--film", metavar="FILE", help="No window: an .mp4 file of it, or a .png of its end, without a screen."
    ),
]


@contextmanager
def window_or_film(film: Path | None, *, force: bool) -> Iterator[None]:
    """Refuse at once what cannot be shown or written; with a film, windows open where nobody sees them.

    Raises
    ------
    DisplayError
        If there is no display, and no film is asked for.
    ArgumentError
        If the film's name is not allowed, or it exists and ``force`` is not set.
    """
    from wormdrive.cli.replacing import require_new_files
    from wormdrive.envs.viewer.display import require_display, simulated_display
    from wormdrive.scenarios.cockpit.window_film import require_film_name

    if film is None:
        require_display()  # before seconds of loading
        yield
        return
    require_film_name(film)
    require_new_files([film], force=force)
    with simulated_display():
        yield


def run_window(loop: Loop, film: Path | None, over: Callable[[], bool], longest_s: float) -> None:
    """Show a loop until its window is closed, or film it until it is over, after ``longest_s`` [s] at most."""
    from rich.console import Console

    from wormdrive.cli.stages import Stages
    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.scenarios.cockpit.window_film import film_window

    if film is None:
        loop.run()
        for path in loop.filming.saved:
            typer.echo(f"Film: {path}", err=True)
        return
    with stoppable(lambda: NOTHING), Stages(Console(stderr=True)) as stages:
        stages.begin("filming", round(longest_s * loop.pictures_per_second), "pictures")
        film_window(loop, film, over, stages.advance)
    typer.echo(f"Film: {film}")
