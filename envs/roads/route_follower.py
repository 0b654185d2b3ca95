"""Follow lanes through a map: the start and the turns are chosen by a seed."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.common.errors import ArgumentError, RouteError
from wormdrive.envs.roads.cross_section import cross_sections
from wormdrive.envs.roads.lane_graph import LaneGraph, LaneKey, lane_graph
from wormdrive.envs.roads.lane_path import MIN_LENGTH_M, Visit, lay_path
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.road_surface_mesh import sheet_index
from wormdrive.envs.roads.route import Route

__all__ = ["follow_route", "follow_route_from"]

MAX_LANES_A_METRE = 2
"""Loops of lanes that have next to no length are not followed for ever."""
_SPARE_M = 1.0  # lengths of nodes are approximate
_MOST_LEADERS = 100


def follow_route(road_map: RoadMap, seed: int, length_m: float, spacing_m: float = 0.5) -> Route:
    """Follow a lane through lane links and junctions.

    The route starts somewhere on a driving lane, such that it can go on for the wanted length if the map has such a
    place, and is shorter otherwise. Loops are followed again and again. The same arguments give the same bits.

    Parameters
    ----------
    seed:
        Chooses the start and the turn at each fork; 0 or greater.
    length_m:
        Wanted length [m], at least 20.
    spacing_m:
        Distance between samples [m].

    Raises
    ------
    RouteError
        The map has no driving lane, or none that can be followed for 20 m.
    """
    _check(seed, length_m, spacing_m)
    graph = _graph_of(road_map)
    rng = np.random.default_rng(seed)
    wanted = length_m + _SPARE_M
    key, offset = _start(graph, rng, wanted)
    return _route(road_map, seed, _walk(graph, rng, [key], offset, wanted), length_m, spacing_m)


def follow_route_from(
    road_map: RoadMap,
    lane: LaneKey,
    station_m: float,
    length_m: float,
    *,
    before_m: float = 0.0,
    seed: int = 0,
    spacing_m: float = 0.5,
) -> Route:
    """Follow lanes from a place on a lane, in its direction of travel; otherwise as ``follow_route``.

    Parameters
    ----------
    lane:
        The lane to begin on.
    station_m:
        Station of its road there [m]; held within the lane's section.
    length_m:
        Wanted length, ``before_m`` included [m]; the route is shorter where lanes end.
    before_m:
        Begin this far before the place, as far as some lane leads there [m].
    seed:
        Chooses the turn at each fork.

    Raises
    ------
    RouteError
        The map has no such driving lane, or it cannot be followed for 20 m.
    """
    _check(seed, length_m, spacing_m)
    graph = _graph_of(road_map)
    node = graph.nodes.get(lane)
    if node is None:
        raise RouteError(f"{road_map.name}: road {lane.road}, section {lane.section}: no driving lane {lane.lane}")
    begin, end = node.section.start_s, node.section.end_s
    part = (min(max(station_m, begin), end) - begin) / max(end - begin, 1e-9)
    offset = (part if node.forward else 1.0 - part) * node.length_m - before_m
    chain = [lane]
    while offset < 0.0:
        leader = next((key for key, followers in graph.followers.items() if chain[0] in followers), None)
        if leader is None or len(chain) > _MOST_LEADERS:
            offset = 0.0
            break
        chain.insert(0, leader)
        offset += graph.nodes[leader].length_m
    visits = _walk(graph, np.random.default_rng(seed), chain, offset, length_m + _SPARE_M)
    return _route(road_map, seed, visits, length_m, spacing_m)


def _check(seed: int, length_m: float, spacing_m: float) -> None:
    if seed < 0:
        raise ArgumentError(f"seed={seed}: allowed are integers from 0")
    if not MIN_LENGTH_M <= length_m <= 1e6:
        raise ArgumentError(f"length_m={length_m}: allowed are {MIN_LENGTH_M:g} to 1e6 m")
    if not 0.01 <= spacing_m <= 10.0:
        raise ArgumentError(f"spacing_m={spacing_m}: allowed are 0.01 to 10 m")


def _graph_of(road_map: RoadMap) -> LaneGraph:
    graph = lane_graph(road_map)
    if not graph.nodes:
        raise RouteError(f"{road_map.name}: no driving lane")
    return graph


def _route(road_map: RoadMap, seed: int, visits: list[Visit], length_m: float, spacing_m: float) -> Route:
    try:
        path = lay_path(visits, length_m, spacing_m)
    except RouteError as error:
        raise RouteError(f"{road_map.name}: {error}") from None
    section, distinct = cross_sections(sheet_index(road_map), visits, path)
    return Route(
        map_name=road_map.name,
        seed=seed,
        spacing_m=spacing_m,
        x=path.x,
        y=path.y,
        z=path.z,
        heading_rad=path.heading_rad,
        curvature=path.curvature,
        bank_rad=path.bank_rad,
        left_m=np.maximum(path.half_width_m - path.aside_m, 0.0),
        right_m=np.maximum(path.half_width_m + path.aside_m, 0.0),
        section=section,
        cross_sections=distinct,
        speed_limit_mps=path.speed_limit_mps,
    )


def _walk(
    graph: LaneGraph, rng: np.random.Generator, chain: list[LaneKey], offset: float, wanted: float
) -> list[Visit]:
    """Visit the lanes of ``chain``, the first from ``offset`` [m] on, then what follows them."""
    key, given = chain[0], chain[1:]
    visits: list[Visit] = []
    driven = -offset
    while True:
        node = graph.nodes[key]
        begin, end = node.section.start_s, node.section.end_s
        part = offset / node.length_m if not visits and node.length_m > 0.0 else 0.0
        enter = begin + part * (end - begin) if node.forward else end - part * (end - begin)
        if len(visits) > 100 + MAX_LANES_A_METRE * wanted:
            raise RouteError(
                f"{graph.map_name}: lanes around road {key.road} are too short: more than {MAX_LANES_A_METRE} a metre"
            )
        visits.append(Visit(node, enter, end if node.forward else begin))
        driven += node.length_m
        if given:
            key = given.pop(0)
            continue
        ahead = [follower for follower in graph.followers[key] if follower in graph.reach_m]
        if driven >= wanted or not ahead:
            return visits
        enough = [follower for follower in ahead if graph.reach_m[follower] >= wanted - driven]
        if not enough:
            enough = [max(ahead, key=lambda follower: graph.reach_m[follower])]
        key = enough[int(rng.integers(len(enough)))]


def _start(graph: LaneGraph, rng: np.random.Generator, wanted: float) -> tuple[LaneKey, float]:
    """Draw a place, evenly over all lanes, from which the wanted length can be driven; else the longest way's start."""
    keys = list(graph.reach_m)
    lengths = np.array([graph.nodes[key].length_m for key in keys])
    room = np.clip(np.array([graph.reach_m[key] for key in keys]) - wanted, 0.0, lengths)
    total = np.cumsum(room)
    if total[-1] <= 0.0:
        return max(keys, key=lambda key: graph.reach_m[key]), 0.0
    place = float(rng.uniform(0.0, total[-1]))
    index = min(int(np.searchsorted(total, place, side="right")), len(keys) - 1)
    return keys[index], float(place - (total[index - 1] if index else 0.0))
