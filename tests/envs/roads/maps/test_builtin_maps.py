"""Our own maps: what they promise, that the script makes them, and that CARLA reads them."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from importlib import resources

import numpy as np
import pytest

from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, read_map
from wormdrive.envs.roads.lane_graph import lane_graph
from wormdrive.envs.roads.lane_listing import lane_centres
from wormdrive.envs.roads.maps.alignment import Bend, PlanPose, Straight, close_loop, lay_out
from wormdrive.envs.roads.maps.generate import MAKERS
from wormdrive.envs.roads.maps.profiles import cut, hills

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


@pytest.fixture(scope="module")
def maps() -> dict[str, RoadMap]:
    return {name: read_map(name) for name in BUILTIN_MAPS}


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_the_packaged_file_is_what_the_script_makes(name: str) -> None:
    packaged = (resources.files("wormdrive.envs.roads.maps") / f"{name}.xodr").read_text("utf-8")
    made = MAKERS[name]()
    assert _NUMBER.split(packaged) == _NUMBER.split(made)
    np.testing.assert_allclose(  # processors differ in the last digit of one map: 3e-10 m was seen
        [float(number) for number in _NUMBER.findall(packaged)],
        [float(number) for number in _NUMBER.findall(made)],
        rtol=0.0,
        atol=1e-9,
    )


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_no_dead_end_and_no_lane_that_does_not_meet(name: str, maps: dict[str, RoadMap]) -> None:
    graph = lane_graph(maps[name])
    assert graph.problems == ()
    assert all(graph.followers.values())
    for key, followers in graph.followers.items():
        for follower in followers:
            out, into = graph.nodes[key].ends, graph.nodes[follower].ends
            gap = np.hypot(out.x[1] - into.x[0], out.y[1] - into.y[0])
            assert gap < 1e-4
            assert abs(out.z[1] - into.z[0]) < 1e-4
            assert abs(np.sin(out.heading_rad[1] - into.heading_rad[0])) < 1e-5
            assert abs(out.width_m[1] - into.width_m[0]) < 1e-9


def lane_curvatures(road_map: RoadMap) -> np.ndarray:
    """Curvature of every driving lane's centre: d heading / d s."""
    found = []
    for listed in lane_centres(road_map, 0.25):
        p = listed.points
        way = np.hypot(np.diff(p.x), np.diff(p.y))
        keep = way > 0.05
        found.append((np.diff(np.unwrap(p.heading_rad)) / np.maximum(way, 1e-9))[keep])
    return np.abs(np.concatenate(found))


@pytest.mark.parametrize(
    ("name", "length_km", "least_radius_m", "jump"),
    [("country_loop", (3.0, 4.0), 45.0, 0.001), ("mountain_pass", (2.0, 4.0), 15.0, 0.005),
     ("suburb", (2.0, 5.0), 9.0, 0.02), ("highway", (8.0, 15.0), 350.0, 1e-4),
     ("town", (6.0, 9.0), 9.0, 0.02)],
)  # fmt: skip
def test_lengths_and_radii(
    name: str, length_km: tuple[float, float], least_radius_m: float, jump: float, maps: dict[str, RoadMap]
) -> None:
    assert length_km[0] < maps[name].length_m / 1000.0 < length_km[1]
    assert 1.0 / lane_curvatures(maps[name]).max() >= least_radius_m
    for road in maps[name].roads.values():  # clothoids: the reference line's curvature does not jump
        s = np.arange(0.0, road.length_m, 0.25)
        assert np.abs(np.diff(road.line.at(s).curvature)).max(initial=0.0) < jump


@pytest.mark.parametrize(("name", "grade"), [("country_loop", (0.02, 0.06)), ("mountain_pass", (0.07, 0.0805)),
                                             ("suburb", (0.0, 0.001)), ("highway", (0.01, 0.04)),
                                             ("town", (0.0, 0.001))])  # fmt: skip
def test_grades(name: str, grade: tuple[float, float], maps: dict[str, RoadMap]) -> None:
    steepest = max(
        float(np.abs(road.elevation.slope(np.linspace(0.0, road.length_m, 500))).max())
        for road in maps[name].roads.values()
    )
    assert grade[0] <= steepest <= grade[1]


def test_what_stands_on_the_maps(maps: dict[str, RoadMap]) -> None:
    highway = maps["highway"].roads["0"].sections[0]
    assert [lane.kind for lane in highway.lanes].count("driving") == 6
    assert {"median", "stop", "shoulder"} <= {lane.kind for lane in highway.lanes}
    suburb = maps["suburb"]
    assert {lane.kind for road in suburb.roads.values() for lane in road.sections[0].lanes} == {
        "driving", "curb", "sidewalk",
    }  # fmt: skip
    ways = {id_: len(junction.connections) for id_, junction in suburb.junctions.items()}
    assert sorted(set(ways.values())) == [6, 12]  # T and X junctions
    limits = {round(road.speeds[0].limit_mps * 3.6) for road in suburb.roads.values()}
    assert limits == {30, 50}
    centre = maps["country_loop"].roads["0"].sections[0].centre
    assert centre is not None
    assert (centre.marks[0].lines[0].dash_m, centre.marks[0].lines[0].period_m) == (3.0, 9.0)


CARLA = """
import sys, carla
from wormdrive.envs.roads import read_map
import numpy as np
road_map = read_map(sys.argv[1])
world = carla.Map(sys.argv[1], road_map.text)
waypoints = world.generate_waypoints(4.0)
worst = 0.0
on_lane = {}
for waypoint in waypoints:
    on_lane.setdefault((waypoint.road_id, waypoint.section_id, waypoint.lane_id), []).append(waypoint)
for (road_id, section_id, lane_id), those in on_lane.items():
    road = road_map.roads[str(road_id)]
    section = road.sections[section_id]
    points = road.lane_centre(section, section.lane(lane_id), np.array([waypoint.s for waypoint in those]))
    places = [waypoint.transform.location for waypoint in those]
    x, y = np.array([place.x for place in places]), np.array([place.y for place in places])
    worst = max(worst, float(np.hypot(points.x - x, points.y + y).max()))
stuck = sum(not waypoint.next(2.0) for waypoint in waypoints)
print(len(waypoints), worst, stuck)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILTIN_MAPS)
@pytest.mark.skipif(importlib.util.find_spec("carla") is None, reason="carla is not installed")
def test_carla_reads_our_maps(name: str) -> None:
    """In a process of its own: malformed maps can end carla's."""
    done = subprocess.run([sys.executable, "-c", CARLA, name], capture_output=True, text=True, timeout=120, check=True)
    count, worst, stuck = done.stdout.split()[-3:]
    assert int(count) > 500
    assert float(worst) < 0.02  # the banks shift lanes by 7 mm at most
    assert int(stuck) == 0  # lanes lead on everywhere


def test_loops_close() -> None:
    elements = close_loop(
        [Straight(9), Bend(130, 40, 20), Straight(9), Bend(120, 60, 20), Straight(90), Bend(110, 30, 9)], 0, 2
    )
    end = lay_out(elements, PlanPose())[-1].end()
    np.testing.assert_allclose([end.x, end.y], 0.0, atol=1e-9)
    assert end.heading_rad == pytest.approx(2.0 * np.pi)
    with pytest.raises(ValueError, match="360"):
        close_loop([Straight(50), Bend(90, 40, 20), Straight(10)], 0, 2)


@pytest.mark.parametrize("closed", [True, False])
def test_hills_are_smooth(closed: bool) -> None:
    heights = [0.0, 3.0, 1.0, 5.0, 2.0]
    records = hills(500.0, heights, closed)
    step = 500.0 / (5 if closed else 4)
    assert [record[1] for record in records] == pytest.approx(heights if closed else heights[:-1])
    for (_, a, b, c, d), after in zip(records, records[1:] + (records[:1] if closed else []), strict=False):
        assert a + step * (b + step * (c + step * d)) == pytest.approx(after[1])
        assert b + step * (2 * c + 3 * d * step) == pytest.approx(after[2])
        assert 2 * c + 6 * d * step == pytest.approx(2 * after[3])


def test_cut_moves_the_origin() -> None:
    records = hills(500.0, [0.0, 3.0, 1.0, 5.0, 2.0], True)
    part = cut(records, 130.0, 320.0)
    assert part[0][0] == 0.0
    s = 40.0  # station 170 of the whole
    (_, a, b, c, d), whole = part[0], records[1]
    u = 170.0 - whole[0]
    assert a + s * (b + s * (c + s * d)) == pytest.approx(whole[1] + u * (whole[2] + u * (whole[3] + u * whole[4])))
    assert part[-1][0] == pytest.approx(300.0 - 130.0)
