"""Lights take turns, govern the lanes that lead to them, and do what they are told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.carla_server.world.crossing import crossing_text, signal
from tests.support.opendrive_text import opendrive, road, shared_map
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world import VEHICLE_MODELS, LightState, TrafficLights, World, spawn_points
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, read_map, read_map_text
from wormdrive.envs.roads.point_location import place_index
from wormdrive.envs.seasons.conditions import Conditions

RED, YELLOW, GREEN = LightState.RED, LightState.YELLOW, LightState.GREEN

CONTROLLERS = (
    '<controller id="along" sequence="0"><control signalId="w"/><control signalId="e"/></controller>'
    '<controller id="across" sequence="1"><control signalId="s"/><control signalId="n"/></controller>'
)
IN_JUNCTION = '<controller id="across"/><controller id="along"/>'


def crossing() -> RoadMap:
    """Lights west and east go together, then those south and north."""
    signals = {arm: signal(arm[0], 98.0, lanes=(-1, -1)) for arm in ("west", "east", "south", "north")}
    return read_map_text(crossing_text(signals, CONTROLLERS, IN_JUNCTION), "crossing")


def shown(lights: TrafficLights) -> str:
    """One letter a light, in the map's order: west, east, south, north."""
    return "".join(LightState(state).name[0] for state in lights.states())


def test_controllers_of_a_junction_take_turns() -> None:
    lights = TrafficLights(crossing())
    seen = []
    for _ in range(62):
        seen.append(shown(lights))
        lights.step(0.5)
    cycle = ["GGRR"] * 20 + ["YYRR"] * 6 + ["RRRR"] * 4 + ["RRGG"] * 20 + ["RRYY"] * 6 + ["RRRR"] * 4
    assert seen == cycle + ["GGRR"] * 2


@pytest.mark.parametrize("dt_s", [0.01, 1.0 / 30.0, 0.1, 17.0])
def test_the_cycle_does_not_depend_on_the_step(dt_s: float) -> None:
    lights = TrafficLights(crossing())
    steps = round(51.0 / dt_s)
    for _ in range(steps):
        lights.step(dt_s)
    assert shown(lights) == shown_at(steps * dt_s)


def shown_at(time_s: float) -> str:
    """What the cycle above shows, by arithmetic."""
    part = time_s % 30.0
    for end, state in ((10.0, "GGRR"), (13.0, "YYRR"), (15.0, "RRRR"), (25.0, "RRGG"), (28.0, "RRYY"), (30.0, "RRRR")):
        if part < end - 1e-6:
            return state
    raise AssertionError


def test_a_light_without_a_controller_has_its_own_cycle() -> None:
    text = road(100.0, road_id="r").replace("</road>", f"<signals>{signal('a', 80.0)}</signals></road>")
    lights = TrafficLights(read_map_text(opendrive(text), "one"))
    seen = ""
    for _ in range(32):
        seen += shown(lights)
        lights.step(0.5)
    assert seen == "G" * 20 + "Y" * 6 + "R" * 4 + "GG"
    assert lights.group(0) == (0,)


@pytest.mark.parametrize("name", [name for name in BUILTIN_MAPS if name != "town"])
def test_maps_without_signals_have_no_lights(name: str) -> None:
    world = World(read_map(name), Conditions())
    assert len(world.lights) == 0
    world.spawn_vehicle(VEHICLE_MODELS["car"], spawn_points(world.road_map)[0])
    world.step(0.05)
    light, distance = world.lights_ahead()
    assert light.tolist() == [-1]
    assert np.isinf(distance).all()


def test_signs_and_lights_for_others_are_no_lights() -> None:
    parts = [signal("a", 10.0, dynamic="no"), signal("b", 20.0, type="1000002"), signal("c", 30.0, type="274")]
    parts += [signal("d", 40.0, type=""), signal("e", 50.0, type="1000011")]
    text = road(100.0, road_id="r").replace("</road>", f"<signals>{''.join(parts)}</signals></road>")
    assert [light.signal.id for light in TrafficLights(read_map_text(opendrive(text), "x")).lights] == ["d", "e"]


def test_freezing_setting_and_resetting() -> None:
    lights = TrafficLights(crossing())
    lights.step(4.0)
    lights.freeze(True)
    for _ in range(30):
        lights.step(1.0)
    assert shown(lights) == "GGRR"
    assert lights.elapsed_s(0) == 4.0
    assert lights.frozen(3)
    lights.set_state(2, GREEN)
    assert shown(lights) == "GGGR"
    lights.freeze(False, 0)  # all four share one cycle
    lights.step(6.0)
    assert shown(lights) == "YYRR"  # the next change takes the cycle's states up again
    lights.set_times(2, green_s=1.0, yellow_s=0.0)
    assert lights.times(3) == (1.0, 0.1, 2.0)
    assert lights.times(0) == (10.0, 3.0, 2.0)
    lights.step(5.0)
    assert shown(lights) == "RRGG"
    lights.step(1.0)
    assert shown(lights) == "RRYY"
    lights.restart(0)
    assert (shown(lights), lights.times(3)[0]) == ("GGRR", 1.0)
    lights.reset()
    assert lights.times(3) == (10.0, 3.0, 2.0)


def test_bad_arguments_are_named() -> None:
    lights = TrafficLights(crossing())
    with pytest.raises(ArgumentError, match="light=4: allowed are 0 to 3"):
        lights.state(4)
    with pytest.raises(ArgumentError, match="state=9: allowed are 0, 1, 2, 3"):
        lights.set_state(0, 9)
    with pytest.raises(ArgumentError, match="green_s=nan"):
        lights.set_times(0, green_s=math.nan)


def test_which_light_governs_a_vehicle_and_how_far_it_is_to_the_stop() -> None:
    road_map = crossing()
    lights = TrafficLights(road_map)
    index = place_index(road_map)
    # lane -1 of the western arm runs east along y = -1.75 from x = -110; its signal is at s = 98
    x = np.array([-100.0, -60.0, -13.0, -11.0, -60.0, 60.0])
    y = np.array([-1.75, -1.75, -1.75, -1.75, 1.75, 1.75])
    light, distance = lights.ahead(index, index.locate(x, y, None, np.array([0.0] * 4 + [math.pi] * 2)))
    assert light.tolist() == [-1, 0, 0, -1, -1, 1]
    np.testing.assert_allclose(distance[[1, 2, 5]], [48.0, 1.0, 48.0], atol=1e-6)
    assert np.isinf(distance[[0, 3, 4]]).all()
    (stop,) = lights.stops(0)
    np.testing.assert_allclose([stop.x, stop.y, stop.heading], [-12.0, -1.75, 0.0], atol=1e-9)
    pose = lights.lights[0].pose
    np.testing.assert_allclose([pose.x, pose.y, pose.z, abs(pose.heading)], [-12.0, -5.0, 3.0, math.pi], atol=1e-9)


def test_lights_that_stand_across_govern_by_reference() -> None:
    """As editors write it: the signal stands beyond and holds for no lane there; connecting roads refer to it."""
    signals = {
        "east": signal("far", 99.0, "-", lanes=(0, 0)),
        "we": '<signalReference id="far" s="3" t="0" orientation="+"/>',
    }
    road_map = read_map_text(crossing_text(signals), "far")
    lights = TrafficLights(road_map)
    index = place_index(road_map)
    (stop,) = lights.stops(0)
    np.testing.assert_allclose([stop.x, stop.y], [-10.0, -1.75], atol=1e-9)  # before the junction
    places = index.locate([-30.0, 20.0, -9.0], [-1.75, 1.75, -1.75], None, [0.0, math.pi, 0.0])
    light, distance = lights.ahead(index, places)
    assert light.tolist() == [0, -1, -1]
    assert distance[0] == pytest.approx(20.0)


def test_the_world_lets_its_lights_run_and_a_vehicle_comes_up_to_one() -> None:
    world = World(crossing(), Conditions())
    car = world.spawn_vehicle(VEHICLE_MODELS["car"], Pose(-80.0, -1.75))
    world.hold_velocity(car, (10.0, 0.0, 0.0))
    for _ in range(40):
        world.step(0.1)
    light, distance = world.lights_ahead()
    assert light[0] == 0
    assert distance[0] == pytest.approx(28.0, abs=1e-6)
    for _ in range(65):
        world.step(0.1)
    assert world.lights.state(0) is YELLOW
    assert world.lights_ahead()[0].tolist() == [-1]


def test_a_shared_map_has_stops_for_its_lights() -> None:
    road_map = read_map(shared_map("maliput_maliput_malidrive/CrossingComplex8Course.xodr"))
    lights = TrafficLights(road_map)
    assert len(lights) == 10
    assert all(lights.stops(light) for light in range(10))
    assert lights.group(0) == tuple(range(10))
