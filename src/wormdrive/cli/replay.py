"""``wormdrive replay``: look at a recorded drive again, in any season, beside another one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["replay"]


def replay(
    episode: Annotated[
        Path, typer.Argument(metavar="EPISODE", help="An .episode file, or a folder for its first one.")
    ],
    beside: Annotated[Path | None, typer.Option(help="Another one to show beside it, frame by frame.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Show this policy's neurons, and where it looks, on the frames.")
    ] = None,
    season: Annotated[str | None, typer.Option(help="Season to show it in.", show_default="its own")] = None,
    weather: Annotated[str | None, typer.Option(help="Weather to show it in.", show_default="its own")] = None,
    films: Annotated[Path, typer.Option(help="Folder for films of the window.")] = Path("runs/films"),
) -> None:
    """Scrub through a drive that `record`, `drive --record` or training wrote: slider, arrows, Space; H shows all keys.

    Its pictures are drawn again, as they were or in another season.

    Example: `wormdrive replay runs/mine/episode-000000.episode --season winter --model ncp`
    """
    from wormdrive.envs.viewer.display import require_display

    require_display()  # before seconds of loading

    import torch

    from wormdrive.cli.model_option import load_named_policy
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.envs.episodes.episode import Episode, episode_files
    from wormdrive.envs.seasons.weather_controls import WeatherControls
    from wormdrive.envs.viewer.cockpit import Cockpit
    from wormdrive.envs.viewer.user_commands import REPLAY
    from wormdrive.scenarios.cockpit.episode_player import EpisodePlayer
    from wormdrive.scenarios.cockpit.network_monitor import OfflineMonitor
    from wormdrive.scenarios.cockpit.replay import Replay

    torch.set_num_threads(1)  # one small picture at a time: threads would only wait for each other
    files = [path if path.is_file() else episode_files(path)[0] for path in (episode, beside) if path is not None]
    alike = len({file.stem for file in files}) < len(files)
    players = [
        EpisodePlayer(Episode.load(file), f"{file.parent.name}/{file.stem}" if alike else file.stem) for file in files
    ]
    controls = None
    if season is not None or weather is not None:
        if not players[0].redrawable:
            raise ArgumentError(f"season={season!r}: {files[0]} was recorded from CARLA; allowed is its own season")
        controls = WeatherControls.preset(
            season or players[0].episode.scenario.conditions.season.name, weather or "day"
        )
    onlooker = None
    if model is not None:
        policy, taken = load_named_policy(model, "replay"), players[0].episode.camera
        if policy.camera not in (None, taken):
            typer.echo(f"wormdrive: {model} learnt to see through {policy.camera}, is shown {taken}", err=True)
        onlooker = OfflineMonitor(policy, players[0].episode.dt_s)
    cockpit = Cockpit(REPLAY, "Wormdrive: replay")
    try:
        shown = Replay(players, cockpit, controls=controls, offline_monitor=onlooker, films=films)
        shown.run()
    finally:
        cockpit.close()
        for player in players:
            player.close()
    for film in shown.filming.saved:
        typer.echo(f"Film: {film}", err=True)
