"""``wormdrive find-target watch``: flights in the cockpit's window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wormdrive.cli.cockpit_window import FilmFile, Films, run_window, window_or_film

if TYPE_CHECKING:
    from wormdrive.find_target.flights import Pilot
    from wormdrive.scenarios.cockpit.network_monitor import Monitor

__all__ = ["watch_flight"]


def watch_flight(
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="Folder that `train` wrote, or expert.")],
    season: Annotated[str, typer.Option(help="Season to begin in: summer, autumn, winter or spring.")] = "summer",
    weather: Annotated[str, typer.Option(help="Weather to begin in: day, dusk, night, fog, rain or snowfall.")] = "day",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same flights.")] = 0,
    distance: Annotated[float, typer.Option(help="From the start to the target, 6 to 50 [m].")] = 20.0,
    target: Annotated[str | None, typer.Option(help="chair, box or car.", show_default="any")] = None,
    colour: Annotated[str | None, typer.Option(help="red, blue, yellow or white.", show_default="any")] = None,
    target_speed: Annotated[float, typer.Option(help="Of a target that moves, 0 to 2 [m/s].")] = 0.0,
    occluders: Annotated[int, typer.Option(help="Trees and bushes put into the line, 0 to 8.")] = 0,
    map_: Annotated[str, typer.Option("--map", help="Built-in map or .xodr file.")] = "country_loop",
    time_limit: Annotated[float, typer.Option(help="After which a flight ends, 0.1 to 600 [s].")] = 30.0,
    films: Films = Path("runs/films"),
    film: FilmFile = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> None:
    """Watch flights in a window: what the pilot sees, its neurons, the way so far; change the season on the way.

    Keys in the window: H shows them all. Arrows fly by hand.

    Example: `wormdrive find-target watch runs/woods/ncp --season winter`
    """
    with window_or_film(film, force=force):
        import numpy as np

        from wormdrive.envs.find_target.options import FindTargetOptions
        from wormdrive.envs.find_target.scenario import FlightScenario, draw_scenario
        from wormdrive.envs.find_target.wood_camera import WoodCamera
        from wormdrive.envs.find_target.worlds import FlightWorlds
        from wormdrive.envs.seasons.weather_controls import WeatherControls
        from wormdrive.envs.viewer.cockpit import Cockpit
        from wormdrive.find_target.cockpit.flight_view import FLIGHT, FLIGHT_VIEW
        from wormdrive.find_target.cockpit.live import FlightLive
        from wormdrive.find_target.cockpit.session import FlightSession
        from wormdrive.perception.kernels.chunks import computing_with

        given = ("target", target), ("colour", colour)
        chosen: dict[str, Any] = {name: value for name, value in given if value is not None}
        options = FindTargetOptions(
            map=map_, season=season, weather=weather, distance=(distance, distance), target_speed=target_speed,
            occluders=occluders, time_limit=time_limit, **chosen,
        )  # fmt: skip
        random = np.random.default_rng(seed)

        def draw_flight() -> FlightScenario:
            return draw_scenario(options.ranges, random)

        pilot, name, size, monitor = _pilot(policy)
        with computing_with(1):
            cockpit = Cockpit(FLIGHT, "Wormdrive: find the target", FLIGHT_VIEW)
            worlds = FlightWorlds(1, WoodCamera(*size))
            controls = WeatherControls.preset(season, weather)
            session = FlightSession(worlds, draw_flight, pilot, name, controls=controls, monitor=monitor)
            try:
                loop = FlightLive(session, cockpit, films, fixed=film is not None)
                run_window(loop, film, lambda: bool(session.end_reason), time_limit)
            finally:
                session.close()
                worlds.close()
                cockpit.close()


def _pilot(policy: str) -> tuple[Pilot, str, tuple[int, int], Monitor | None]:
    """Return who flies, its name, the size of the pictures it sees, and what reads along in its network."""
    from wormdrive.find_target.cockpit.monitor import flight_monitor
    from wormdrive.find_target.flights import ExpertPilot, PolicyPilot
    from wormdrive.find_target.policy import load_flight_policy

    if policy == "expert":
        return ExpertPilot(), "expert", (144, 96), None
    loaded = load_flight_policy(policy)
    pilot = PolicyPilot(loaded)
    return pilot, loaded.kind, (loaded.width, loaded.height), flight_monitor(loaded, lambda: pilot.state)
