"""``wormdrive convoy watch``: a convoy in the cockpit's window, seen from any of its cars."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wormdrive.cli.cockpit_window import FilmFile, Films, run_window, window_or_film

if TYPE_CHECKING:
    from wormdrive.convoy.follower import Follower

__all__ = ["watch_convoy"]


def watch_convoy(
    follower: Annotated[str, typer.Argument(metavar="FOLLOWER", help="A file that `convoy train` wrote, or expert.")],
    season: Annotated[str, typer.Option(help="Season to begin in: summer, autumn, winter or spring.")] = "summer",
    weather: Annotated[str, typer.Option(help="Weather to begin in: day, dusk, night, fog, rain or snowfall.")] = "day",
    profile: Annotated[str, typer.Option(help="constant, sinusoid, stop_and_go or braking.")] = "braking",
    cars: Annotated[int, typer.Option(min=2, max=8, help="Of the convoy.")] = 4,
    car: Annotated[int, typer.Option(min=0, max=7, help="Which one to follow first; 0 drives ahead.")] = 1,
    seconds: Annotated[float, typer.Option(min=1.0, max=600.0, help="How long the convoy drives.")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Of road, start and profile.")] = 1_000_000,
    map_: Annotated[str, typer.Option("--map", help="Built-in map or .xodr file.")] = "country_loop",
    films: Films = Path("runs/films"),
    film: FilmFile = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> None:
    """Watch a convoy in a window from any of its cars: what it sees, its neurons, gaps, and the speeds of all.

    Keys in the window: H shows them all. Tab, [ and ] follow another car; 1 to 4 change the season.

    Example: `wormdrive convoy watch runs/mine.safetensors --season winter`
    """
    with window_or_film(film, force=force):
        from itertools import count

        from wormdrive.cli.convoy_scenario import convoy_scenario
        from wormdrive.convoy.cockpit.convoy_view import CONVOY, convoy_view
        from wormdrive.convoy.cockpit.live import ConvoyLive
        from wormdrive.convoy.cockpit.session import ConvoySession
        from wormdrive.convoy.config import CAMERA
        from wormdrive.envs.common.errors import ArgumentError
        from wormdrive.envs.convoy.scenario import ConvoyScenario
        from wormdrive.envs.convoy.simulator import ConvoySimulator
        from wormdrive.envs.seasons.weather_controls import WeatherControls
        from wormdrive.envs.viewer.cockpit import Cockpit
        from wormdrive.perception.kernels.chunks import computing_with

        if car >= cars:
            raise ArgumentError(f"--car={car}: allowed are 0, the first, to {cars - 1}")
        seeds = count(seed)

        def draw_scenario() -> ConvoyScenario:
            return convoy_scenario(profile, season, weather, next(seeds), seconds, cars, map_)

        network, name = _follower(follower)
        with computing_with(1):
            cockpit = Cockpit(CONVOY, "Wormdrive: convoy", convoy_view(cars))
            simulator = ConvoySimulator(1, cars, camera=CAMERA)
            controls = WeatherControls.preset(season, weather)
            try:
                session = ConvoySession(simulator, draw_scenario, network, name, controls=controls)
                session.follow(car - session.followed)
                run_window(
                    ConvoyLive(session, cockpit, films, fixed=film is not None),
                    film,
                    lambda: bool(session.end_reason),
                    seconds,
                )
                session.close()
            finally:
                simulator.close()
                cockpit.close()


def _follower(follower: str) -> tuple[Follower | None, str]:
    """Return who drives, and what that is called; ``None`` for the expert."""
    from wormdrive.convoy.config import MODELS
    from wormdrive.convoy.storage import load_follower

    if follower == "expert":
        return None, follower
    loaded = load_follower(Path(follower))
    return loaded, next((name for name, config in MODELS.items() if config == loaded.config), Path(follower).stem)
