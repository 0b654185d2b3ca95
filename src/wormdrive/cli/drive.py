"""``wormdrive drive``: one route with a policy, or with you; in the cockpit's window, or summed up in a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wormdrive.cli.device_option import Device
from wormdrive.cli.model_option import MODEL_HELP, Mount, load_candidates
from wormdrive.cli.own_code import named_or_imported
from wormdrive.cli.simulator_options import Host, Ports, SimulatorKind, Timeout, chosen_simulator

if TYPE_CHECKING:
    from wormdrive.envs.seasons.weather_controls import WeatherControls
    from wormdrive.envs.simulation.camera_config import CameraConfig
    from wormdrive.envs.simulation.scenario import Scenario
    from wormdrive.envs.simulation.simulator import Simulator
    from wormdrive.scenarios.candidate import Candidate
    from wormdrive.scenarios.cockpit.outcome import Outcome
    from wormdrive.scenarios.cockpit.session import Log

__all__ = ["drive"]

_ENDS = {
    "": "stopped",
    "lane_departure": "left the lane",
    "time_limit": "ran out of time",
    "collision": "hit another car",
}


def drive(
    models: Annotated[
        list[str] | None,
        typer.Argument(metavar="MODEL", help=MODEL_HELP),
    ] = None,
    map_: Annotated[str, typer.Option("--map", help="Built-in map or .xodr file.")] = "country_loop",
    season: Annotated[str, typer.Option(help="Season to begin in: summer, autumn, winter or spring.")] = "summer",
    weather: Annotated[str, typer.Option(help="Weather to begin in: day, dusk, night, fog, rain or snowfall.")] = "day",
    length: Annotated[float, typer.Option(help="Length of the route, 20 to 20000 [m].")] = 400.0,
    traffic: Annotated[int, typer.Option(help="Other cars, 0 to 8.")] = 0,
    seed: Annotated[int, typer.Option(help="Chooses route, scenery and start; 0 to 9999.")] = 0,
    view: Annotated[bool, typer.Option("--view/--no-view", help="Open the cockpit.")] = False,
    human: Annotated[bool, typer.Option("--human", help="You drive (with --view implied).")] = False,
    record: Annotated[Path | None, typer.Option(help="Write the drive as episodes into this folder.")] = None,
    films: Annotated[Path, typer.Option(help="Folder for films of the cockpit.")] = Path("runs/films"),
    suite: Annotated[
        str | None, typer.Option(help="Drive an episode of this suite: its map, route and seeds, to see it again.")
    ] = None,
    episode: Annotated[int, typer.Option(min=0, help="Which episode of the suite's condition, from 0.")] = 0,
    device: Device = "cpu",
    mount: Mount = None,
    simulator: SimulatorKind = "embedded",
    host: Host = "localhost",
    port: Ports = None,
    timeout: Timeout = 20.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print how it went as JSON.")] = False,
) -> None:
    """Drive one route with each MODEL and tell how it went; with --view in a window, where you can take over.

    Keys in the window: H shows them all. With --human you drive, from the moment you touch the wheel; with --record a
    person's drive, or where they took over from a policy, becomes episodes that `wormdrive train` learns from.

    Example: `wormdrive drive ncp --season winter --view`
    """
    import json
    from contextlib import closing
    from dataclasses import asdict

    from wormdrive.envs.common.errors import ArgumentError

    if human and models:
        raise ArgumentError(f"MODEL={models[0]!r} with --human: allowed is one of both (with --view arrows take over)")
    if not human and not models:
        raise ArgumentError(
            "MODEL: missing; allowed are a policy's folder, shipped weights, `expert`, module:factory, "
            "an .onnx file with --mount, or --human"
        )
    if view or human:
        from wormdrive.envs.viewer.display import require_display

        require_display()  # before seconds of loading

    import torch

    from wormdrive.cli.stopping import NOTHING, stoppable
    from wormdrive.envs.seasons.weather_controls import WeatherControls
    from wormdrive.training.drive_log import DriveLog

    torch.set_num_threads(1)  # one small picture at a time: threads would only wait for each other
    controls = WeatherControls.preset(season, weather)
    if suite is not None:
        scenario = _of_suite(suite, season, weather, episode)
    else:
        scenario = _scenario(map_, season, weather, length, traffic, seed, practice=record is not None)
    candidates = load_candidates(models or (), device, mount)
    camera = _one_camera(candidates)
    world = chosen_simulator(simulator, host, port, timeout).open(1, camera)
    log: DriveLog | None = None

    def kept() -> str:
        count = 0 if log is None else len(log.written)
        return f"episodes kept in {record}: {count}" if count else NOTHING

    with stoppable(kept), closing(world):
        log = None if record is None else DriveLog(world, record, human=human, camera=camera)
        if view or human:
            outcomes = [_watched(world, scenario, controls, candidates, camera, log, films)]
        else:
            outcomes = [_driven(world, scenario, controls, candidate, log) for candidate in candidates]
    recorded = None if log is None else {"folder": str(record), "episodes": len(log.written), "frames": log.frames,
                                         "interventions": log.interventions, "left_out": log.left_out}  # fmt: skip
    if as_json:
        typer.echo(json.dumps({"drives": [asdict(outcome) for outcome in outcomes], "recorded": recorded}, indent=1))
        return
    for outcome in outcomes:
        typer.echo(_summary(outcome))
    if log is not None:
        person = f", {log.interventions} of them yours" if log.interventions else ""
        short = f"; {log.left_out} left out, between seasons or too few in a row" if log.left_out else ""
        count = f"{len(log.written)} episode{'' if len(log.written) == 1 else 's'}"
        typer.echo(f"Recorded {count}, {log.frames} frames{person}{short}: {record}")


def _one_camera(candidates: list[Candidate]) -> CameraConfig:
    """Return what all candidates see through; the default where nobody has eyes."""
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.envs.simulation.camera_config import CameraConfig

    seeing = [(candidate.name, candidate.camera) for candidate in candidates if candidate.camera is not None]
    for name, camera in seeing:
        if camera != seeing[0][1]:
            raise ArgumentError(
                f"MODEL={name!r}: sees through {camera}; allowed beside {seeing[0][0]} is its {seeing[0][1]}: "
                "drive them one by one"
            )
    return seeing[0][1] if seeing else CameraConfig()


def _of_suite(name: str, season: str, weather: str, episode: int) -> Scenario:
    """Return an episode that `evaluate` drives, too."""
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.scenarios.suite import load_suite

    suite = load_suite(named_or_imported(name, "--suite"))
    if weather not in suite.conditions.get(season, ()):
        cells = ", ".join(f"{one} {other}" for one, other in suite.all_conditions)
        raise ArgumentError(f"suite {suite.name}: has no {season} {weather}; allowed are {cells}")
    if episode >= suite.episodes:
        raise ArgumentError(f"episode={episode}: suite {suite.name} allows 0 to {suite.episodes - 1}")
    return suite.scenarios((season, weather))[episode]


def _scenario(
    map_: str, season: str, weather: str, length: float, traffic: int, seed: int, *, practice: bool
) -> Scenario:
    """Return a scenario; what may be learnt from gets seeds of training, the rest those of test suites."""
    from wormdrive.cli.parsing import parse_config
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.envs.seasons.conditions import Conditions
    from wormdrive.envs.simulation.scenario import Scenario
    from wormdrive.scenarios.suite import FIRST_ROUTE_SEED, FIRST_SEED

    if not 0 <= seed < FIRST_ROUTE_SEED:
        raise ArgumentError(f"seed={seed}: allowed are 0 to {FIRST_ROUTE_SEED - 1}")
    values = {
        "map": map_,
        "conditions": Conditions.preset(season, weather),
        "route_seed": seed + (0 if practice else FIRST_ROUTE_SEED),
        "seed": seed + (0 if practice else FIRST_SEED),
        "route_length_m": length,
        "traffic": traffic,
    }
    return parse_config(Scenario, values, options={"route_length_m": "--length"})


def _driven(
    world: Simulator, scenario: Scenario, controls: WeatherControls, candidate: Candidate, log: Log | None
) -> Outcome:
    """Drive once with nobody watching."""
    from rich.console import Console

    from wormdrive.cli.stages import Stages
    from wormdrive.envs.viewer.user_commands import DriverCommand
    from wormdrive.scenarios.cockpit.outcome import outcome_of
    from wormdrive.scenarios.cockpit.session import Session

    session = Session(world, scenario, [candidate], controls=controls, log=log)
    try:
        with Stages(Console(stderr=True)) as stages:
            stages.begin(f"driving {candidate.name}"[:22], round(scenario.route_length_m), "m")
            while session.advance(DriverCommand()):
                if len(session.history) % 30 == 0:
                    stages.advance(float(session.history["station_m"][-1]))
        return outcome_of(session)
    finally:
        session.close()


def _watched(
    world: Simulator,
    scenario: Scenario,
    controls: WeatherControls,
    candidates: list[Candidate],
    camera: CameraConfig,
    log: Log | None,
    films: Path,
) -> Outcome:
    """Drive in the cockpit until its window is closed."""
    from wormdrive.envs.viewer.cockpit import Cockpit
    from wormdrive.scenarios.cockpit.live import Live
    from wormdrive.scenarios.cockpit.outcome import outcome_of
    from wormdrive.scenarios.cockpit.session import Session

    cockpit = Cockpit()
    try:
        session = Session(world, scenario, candidates, controls=controls, log=log)
        live = Live(session, cockpit, films, camera=camera)
        try:
            live.run()
        finally:
            session.close()
    finally:
        cockpit.close()
    for film in live.filming.saved:
        typer.echo(f"Film: {film}", err=True)
    return outcome_of(session)


def _how(outcome: Outcome) -> str:
    """Say how a drive ended, and whether its wheels were in the lane."""
    if outcome.success:
        return "drove the whole route with all wheels in the lane"
    over = f"a wheel was beyond the lane's border {100 * outcome.wheel_beyond_share:.1f} % of the time"
    if outcome.success_by_centre:
        return f"drove the whole route, but {over}, by {100 * outcome.max_wheel_beyond_m:.0f} cm at most"
    return f"{_ENDS[outcome.end_reason]}, {over}" if outcome.wheel_beyond_share else _ENDS[outcome.end_reason]


def _summary(outcome: Outcome) -> str:
    """Sum up a drive in a line."""
    how = _how(outcome)
    person = f", {100 * outcome.person_share:.0f} % of the time by hand" if outcome.person_share else ""
    return (
        f"{outcome.model} {how}: {outcome.distance_m:.0f} m in {outcome.seconds:.0f} s on {outcome.map}, "
        f"{outcome.season}, {outcome.weather}{person}; from the lane's centre {100 * outcome.mean_abs_offset_m:.0f} cm "
        f"on average, {100 * outcome.max_abs_offset_m:.0f} cm at most"
    )
