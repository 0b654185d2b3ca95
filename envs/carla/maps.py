"""Maps on a CARLA server: a town by its name, or one of our own as OpenDRIVE; and routes on what it then has."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from wormdrive.envs.carla.connection.client_library import client_library
from wormdrive.envs.carla.connection.server_client import ServerClient
from wormdrive.envs.common.errors import MapError, SimulatorError, one_of
from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, follow_route, read_map, read_map_text
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import LOOKAHEAD_M, START_M

__all__ = ["load_map", "map_text", "scenario_route"]


def map_text(name: str) -> str | None:
    """OpenDRIVE text of a map that is here: a built-in one or an ``.xodr`` file; ``None`` for a server's own town.

    Raises
    ------
    MapError
        If the file cannot be used. A server, and every client of it, would end on some such files.
    """
    if name in BUILTIN_MAPS or name.lower().endswith(".xodr"):
        return read_map(name).text
    return None


def load_map(server: ServerClient, name: str, text: str | None, before: Callable[[], None]) -> Any:
    """Have the server show a map, and return the ``carla.Map``.

    Where it must be loaded, ``before`` is called first, and ``server.world`` is a new one afterwards.

    Raises
    ------
    MapError
        If the server has no town of that name.
    SimulatorError
        If it does not load the map in time.
    """
    shown = _current_map(server)
    if _shows(shown, name, text):
        return shown
    with server.trying("listing its maps"):
        there = {PurePosixPath(one).name: one for one in server.client.get_available_maps()}
    short = PurePosixPath(name).name
    if text is None and short not in there:
        known = one_of("map", short, sorted({*there, *BUILTIN_MAPS}))
        raise MapError(name, "", f"{server.name} has no such town; {known}, or an .xodr file")
    before()
    with server.loading(f"loading map {name}"):
        if text is None or (name in BUILTIN_MAPS and short in there):
            server.world = server.client.load_world(there[short])
        else:
            server.world = server.client.generate_opendrive_world(text, _mesh())
    shown = _current_map(server)
    if text is not None and name in BUILTIN_MAPS and not _shows(shown, name, text):  # a namesake
        with server.loading(f"loading map {name}"):
            server.world = server.client.generate_opendrive_world(text, _mesh())
        shown = _current_map(server)
    if not _shows(shown, name, text):
        raise SimulatorError(f"{server.name}: loading map {name}: it shows {shown.name!r} instead")
    return shown


def scenario_route(text: str, scenario: Scenario) -> Route:
    """Route of a scenario on the OpenDRIVE text that a server shows: the embedded simulator's, where the maps are one.

    Raises
    ------
    MapError, RouteError
        If the map cannot be read, or holds no such route.
    """
    return _route(text, scenario.map, scenario.route_seed, scenario.route_length_m)


def _current_map(server: ServerClient) -> Any:
    with server.trying("reading its map"):
        return server.world.get_map()


def _shows(shown: Any, name: str, text: str | None) -> bool:
    if text is not None:
        return bool(shown.to_opendrive().strip() == text.strip())
    return PurePosixPath(shown.name).name == PurePosixPath(name).name


def _mesh() -> Any:
    """No walls beside the road, since our roads have none."""
    return client_library().OpendriveGenerationParameters(
        vertex_distance=2.0,
        max_road_length=500.0,
        wall_height=0.0,
        additional_width=0.6,
        smooth_junctions=True,
        enable_mesh_visibility=True,
    )


@lru_cache(maxsize=8)
def _map(text: str, name: str) -> RoadMap:
    return read_map_text(text, name)


@lru_cache(maxsize=256)
def _route(text: str, name: str, seed: int, length_m: float) -> Route:
    return follow_route(_map(text, name), seed=seed, length_m=START_M + length_m + LOOKAHEAD_M)
