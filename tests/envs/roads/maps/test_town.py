"""What the town promises: lights that take turns, signs where there are none, houses off all roads and pavements."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wormdrive.carla_server.world import LightState, TrafficLights
from wormdrive.envs.roads import RoadMap, read_map
from wormdrive.envs.roads.maps.alignment import PlanPose, Straight, lay_out
from wormdrive.envs.roads.maps.houses import with_houses
from wormdrive.envs.roads.maps.road_specs import LaneSpec, RoadSpec, SectionSpec
from wormdrive.envs.roads.opendrive.objects import RoadObject, read_objects
from wormdrive.envs.roads.opendrive.signals import read_signals
from wormdrive.envs.roads.point_location import place_index


@pytest.fixture(scope="module")
def town() -> RoadMap:
    return read_map("town")


def footprint(one: RoadObject) -> tuple[np.ndarray, np.ndarray]:
    """Points of a building's floor in the map's axes, half a metre apart or less."""
    u, v = np.meshgrid(
        np.linspace(-0.5, 0.5, 1 + 2 * math.ceil(one.length_m)) * one.length_m,
        np.linspace(-0.5, 0.5, 1 + 2 * math.ceil(one.width_m)) * one.width_m,
    )
    cosine, sine = math.cos(one.heading_rad), math.sin(one.heading_rad)
    return (one.x_m + cosine * u - sine * v).ravel(), (one.y_m + sine * u + cosine * v).ravel()


def test_streets_of_one_lane_and_an_avenue_of_two_each_way(town: RoadMap) -> None:
    streets = [road for road in town.roads.values() if road.junction_id is None]
    lanes = [[lane.kind for lane in road.sections[0].lanes].count("driving") for road in streets]
    assert sorted(set(lanes)) == [2, 4]
    for road in streets:
        kinds = [lane.kind for lane in road.sections[0].lanes]
        assert kinds.count("sidewalk") == kinds.count("curb") == 2
    assert {round(road.speeds[0].limit_mps * 3.6) for road in town.roads.values()} == {30, 50}
    assert sorted({len(junction.connections) for junction in town.junctions.values()}) == [6, 12]
    x = [road.line.at(np.array([0.0, road.length_m])) for road in streets]
    assert np.ptp([p.x for p in x]) < 1000.0
    assert np.ptp([p.y for p in x]) < 800.0


def test_all_arms_of_a_junction_have_lights_or_none_has(town: RoadMap) -> None:
    signals = read_signals(town)
    assert signals.problems == ()
    arms: dict[str, int] = {}
    for road in town.roads.values():
        for link in (road.predecessor, road.successor):
            if link is not None and link.kind == "junction":
                arms[link.id] = arms.get(link.id, 0) + 1
    lit: dict[str, int] = {}
    for controller in signals.controllers.values():
        lit[controller.junction] = lit.get(controller.junction, 0) + len(controller.signals)
    assert len(lit) == 6
    assert all(arms[junction] == count for junction, count in lit.items())
    kinds = [signal.kind for signal in signals.signals.values()]
    assert (kinds.count("1000001"), kinds.count("206"), kinds.count("205")) == (22, 4, 8)


def test_opposite_arms_have_green_together_and_crossing_ones_never(town: RoadMap) -> None:
    lights = TrafficLights(town)
    assert len(lights) == 22
    seen: set[int] = set()
    for _ in range(70):
        states = lights.states()
        for group in {light.group for light in lights.lights}:
            go = [
                light.pose.heading
                for number, light in enumerate(lights.lights)
                if light.group == group and states[number] != LightState.RED
            ]
            assert all(abs(math.sin(heading - go[0])) < 0.1 for heading in go)
            assert len(go) <= 2
        seen |= set(np.flatnonzero(states == LightState.GREEN).tolist())
        lights.step(0.5)
    assert seen == set(range(22))
    for number, light in enumerate(lights.lights):
        stops = lights.stops(number)
        assert len(stops) == (2 if "-2" in str(light.signal.place.lanes) or "2" in str(light.signal.place.lanes) else 1)
        for stop in stops:  # the light looks at who comes, and stands beside the line, to the right
            assert math.cos(stop.heading - light.pose.heading) < -0.99
            dx, dy = light.pose.x - stop.x, light.pose.y - stop.y
            assert abs(dx * math.cos(stop.heading) + dy * math.sin(stop.heading)) < 0.1
            assert 1.6 < dx * math.sin(stop.heading) - dy * math.cos(stop.heading) < 7.0


def test_houses_stand_off_roads_and_pavements_and_apart(town: RoadMap) -> None:
    houses = [one for one in read_objects(town) if one.kind == "building"]
    assert 200 < len(houses) < 500
    index = place_index(town)
    floors = [footprint(one) for one in houses]
    x, y = (np.concatenate(parts) for parts in zip(*floors, strict=True))
    places = index.locate(x, y)
    assert not places.on_lane.any()
    for k, (one_x, one_y) in enumerate(floors):
        for other_x, other_y in floors[:k]:
            if math.hypot(one_x[0] - other_x[0], one_y[0] - other_y[0]) < 60.0:
                apart = np.hypot(one_x[::3, None] - other_x[::3], one_y[::3, None] - other_y[::3]).min()
                assert apart > 1.5


def test_crosswalks_lead_over_all_driving_lanes(town: RoadMap) -> None:
    crosswalks = [one for one in read_objects(town) if one.kind == "crosswalk"]
    assert len(crosswalks) == 22
    index = place_index(town)
    for one in crosswalks:
        x, y = footprint(one)
        assert index.locate(x, y).on_driving_lane.mean() > 0.9


def test_where_houses_stand_depends_on_the_seed_alone() -> None:
    lanes = tuple(LaneSpec(side, "driving", 3.0) for side in (1, -1))
    road = RoadSpec("0", "x", "town", 50.0, tuple(lay_out([Straight(200.0)], PlanPose())), (SectionSpec(0.0, lanes),))
    one, same, other = (with_houses([road], lambda _: False, seed)[0].objects for seed in (1, 1, 2))
    assert len(one) > 10
    assert one == same != other
