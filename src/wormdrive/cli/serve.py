"""``wormdrive serve``: a CARLA 0.9.16 server over the embedded simulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from wormdrive.cli.stopping import hear_sigint

__all__ = ["serve"]


def serve(
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="[NAME=]MAP",
            help="Built-in map or .xodr file to begin with; more of them can be loaded by clients. "
            "Town03=suburb serves a map by a name that scripts ask for.",
            show_default="suburb",
        ),
    ] = None,
    season: Annotated[str, typer.Option(help="summer, autumn, winter or spring.")] = "summer",
    weather: Annotated[
        str, typer.Option(help="day, dusk, night, fog, rain or snowfall; clients can change it.")
    ] = "day",
    host: Annotated[
        str, typer.Option(help="Address to listen on. 0.0.0.0 lets other machines connect: no password protects it.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65534, help="Port of the calls; streams are on the next one. 0 takes free ones.")
    ] = 2000,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Decides scenery and noise.")] = 0,
    recordings: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="Folder of the recorder's files: clients read and write there alone. "
            "By default wormdrive/recordings where the user's programs keep their data.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say as JSON where it listens.")] = False,
) -> None:
    """Serve the embedded simulator to the unmodified `carla` 0.9.16 client, until Ctrl-C or SIGTERM.

    The client's script changes maps, weather and ticks as it is used to; a season is changed by spawning the blueprint
    `wormdrive.world.season` with its attribute `season`.

    Example: `wormdrive serve --map suburb --season winter --port 2000`
    """
    import logging

    from wormdrive.carla_server.server import CarlaServer
    from wormdrive.envs.seasons.conditions import Conditions

    hear_sigint()
    logging.basicConfig(level=logging.WARNING, format="wormdrive: %(message)s")
    map_, *more = maps or ["suburb"]
    conditions = Conditions.preset(season, weather)
    server = CarlaServer(map_, conditions, host, port, seed, warm=True, recordings=recordings, more_maps=more)
    with server:
        where = {"host": host, "port": server.port, "streams": server.port + 1}
        try:
            if as_json:
                typer.echo(json.dumps({**where, "map": map_, "season": season, "weather": weather}))
            else:
                typer.echo(f"{map_}, {season}, {weather}: carla.Client({host!r}, {server.port}). Ctrl-C ends it.")
            server.wait()
        except KeyboardInterrupt:  # SIGTERM, too: the ways to end it, and no failure
            typer.echo("wormdrive: the server has ended", err=True)
