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

__all__ = ["load_map", "map_text", "town_route"]


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


def load_map(link: ServerClient, name: str, text: str | None, before: Callable[[], None]) -> Any:
    """Have the server show a map, and return the ``carla.Map``.

    Where it must be loaded, ``before`` is called first, and ``link.world`` is a new one afterwards.

    Raises
    ------
    MapError
        If the server has no town of that name.
    SimulatorError
        If it does not load the map in time.
    """
    shown = _shown(link)
    if _is(shown, name, text):
        return shown
    with link.trying("listing its maps"):
        there = {PurePosixPath(one).name: one for one in link.client.get_available_maps()}
    short = PurePosixPath(name).name
    if text is None and short not in there:
        known = one_of("map", short, sorted({*there, *BUILTIN_MAPS}))
        raise MapError(name, "", f"{link.name} has no such town; {known}, or an .xodr file")
    before()
    with link.loading(f"loading map {name}"):
        if text is None or (name in BUILTIN_MAPS and short in there):
            link.world = link.client.load_world(there[short])
        else:
            link.world = link.client.generate_opendrive_world(text, _mesh())
    shown = _shown(link)
    if text is not None and name in BUILTIN_MAPS and not _is(shown, name, text):  # a namesake
        with link.loading(f"loading map {name}"):
            link.world = link.client.generate_opendrive_world(text, _mesh())
        shown = _shown(link)
    if not _is(shown, name, text):
        raise SimulatorError(f"{link.name}: loading map {name}: it shows {shown.name!r} instead")
    return shown


def town_route(text: str, scenario: Scenario) -> Route:
    """Route of a scenario on the OpenDRIVE text that a server shows: the embedded simulator's, where the maps are one.

    Raises
    ------
    MapError, RouteError
        If the map cannot be read, or holds no such route.
    """
    return _route(text, scenario.map, scenario.route_seed, scenario.route_length_m)


def _shown(link: ServerClient) -> Any:
    with link.trying("reading its map"):
        return link.world.get_map()


def _is(shown: Any, name: str, text: str | None) -> bool:
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
