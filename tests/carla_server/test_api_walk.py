"""A walk through the client's classes: everything that only asks is answered, or refused by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.carla_server import run_client, serving
from wormdrive.carla_server.server import CarlaServer

pytest.importorskip("carla")


@pytest.fixture(scope="module")
def town() -> Iterator[CarlaServer]:
    with serving("town") as running:
        yield running


def test_whatever_only_asks_is_answered(town: CarlaServer) -> None:
    result = run_client(
        """
synchronous()
points = world.get_map().get_spawn_points()
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), points[0])
at = points[4]
at.location.z += 1.0
walker = world.spawn_actor(blueprint("walker.pedestrian.0001"), at)
camera = world.spawn_actor(blueprint("sensor.camera.rgb"), carla.Transform(), attach_to=car)
world.tick()
of_kind = {each.type_id: each for each in world.get_actors().filter("traffic.*")}
asked = dict(vehicle=car, walker=walker, sensor=camera, light=of_kind["traffic.traffic_light"],
    sign=of_kind["traffic.stop"], world=world, client=client, map=world.get_map(), snapshot=world.get_snapshot(),
    settings=world.get_settings(), weather=world.get_weather(), lights=world.get_lightmanager(),
    physics=car.get_physics_control(), telemetry=car.get_telemetry_data())
wheel = (carla.VehicleWheelLocation.FR_Wheel,)
lane = world.get_map().get_waypoint(points[0].location)
junction = next(lane for lane in world.get_map().generate_waypoints(5.0) if lane.is_junction).junction_id
arguments = dict(get_wheel_steer_angle=wheel, get_wheel_pitch_angle=wheel, get_required_files=("", False),
    get_actor=(car.id,), get_actors=([car.id],), get_traffic_lights_from_waypoint=(lane, 50.0),
    get_traffic_lights_in_junction=(junction,), get_traffic_light_from_opendrive_id=("0",),
    get_environment_objects=(carla.CityObjectLabel.Any,), get_level_bbs=(carla.CityObjectLabel.Any,),
    get_waypoint=(points[0].location,), get_waypoint_xodr=(lane.road_id, lane.lane_id, lane.s))
not_asked = {"client.get_trafficmanager", "world.get_traffic_sign", "world.get_traffic_light", "map.get_landmark_group",
    "map.get_all_landmarks_from_id", "map.get_all_landmarks_of_type", "map.get_all_road_marks_of_type",
    "map.get_road_marks_from_id", "sensor.get_ignored_vehicles",  # the client cannot give the last
    *("lights." + each for each in ("get_color", "get_intensity", "get_light_group", "get_light_state",
        "get_turned_off_lights", "get_turned_on_lights", "is_active"))}
failed, count = {}, 0
for name, one in asked.items():
    for attribute in dir(type(one)):
        method = callable(getattr(type(one), attribute))
        if attribute.startswith("_") or attribute[:1].isupper() or name + "." + attribute in not_asked:
            continue
        if method and not attribute.startswith(("get_", "is_")):
            continue
        given = arguments.get(attribute, ())
        if "component_" in attribute and attribute.endswith("transform"):
            given = tuple(one.get_component_names()[:1])
        if attribute == "is_listening_gbuffer":
            given = (carla.GBufferTextureID.SceneDepth,)
        count += 1
        try:
            value = getattr(one, attribute)
            str(value(*given) if method else value)
        except Exception as error:
            failed[name + "." + attribute] = str(error)[:200]
result = dict(failed=failed, count=count)
""",
        town.port,
    )
    assert result["failed"] == {}
    assert result["count"] > 150
