"""What scripts written for CARLA rely on without saying so."""

from __future__ import annotations

import pytest

from tests.support.carla_server import run_client
from wormdrive.carla_server.server import CarlaServer
from wormdrive.envs.roads import BUILTIN_MAPS, read_map

pytest.importorskip("carla")

CLEAN = """
client.apply_batch_sync([carla.command.DestroyActor(a) for a in world.get_actors() if a.type_id != "spectator"], False)
settings = world.get_settings()
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
"""


def test_weather_comes_back_as_it_was_set(server: CarlaServer) -> None:
    result = run_client(
        """
presets = [carla.WeatherParameters.ClearNoon, carla.WeatherParameters.HardRainNight, carla.WeatherParameters.Default]
same = []
for preset in presets:  # their sun stands at -1 degrees
    world.set_weather(preset)
    same.append(world.get_weather() == preset)
world.set_weather(carla.WeatherParameters(cloudiness=250.0, sun_altitude_angle=900.0, fog_density=1e30))
odd = world.get_weather()
result = dict(same=same, azimuth=presets[0].sun_azimuth_angle,
    odd=[odd.cloudiness, odd.sun_altitude_angle, odd.fog_density])
"""
        + CLEAN,
        server.port,
    )
    assert result["azimuth"] < 0.0
    assert result["same"] == [True, True, True]
    assert result["odd"] == [250.0, 900.0, pytest.approx(1e30)]  # the picture stops at the end of each range


def test_the_gear_shown_is_the_gearbox_s(server: CarlaServer) -> None:
    result = run_client(
        """
synchronous()
car = world.spawn_actor(blueprint("vehicle.audi.tt"), world.get_map().get_spawn_points()[0])
forward = world.get_map().get_spawn_points()[0].get_forward_vector()
gears = []
for speed, control in ((0, dict()), (12, dict(throttle=0.3)), (2, dict(reverse=True)),
                       (0, dict(manual_gear_shift=True, gear=0))):
    car.set_target_velocity(forward * speed)
    car.apply_control(carla.VehicleControl(**control))
    world.tick()
    gears.append(car.get_control().gear)
result = gears
"""
        + CLEAN,
        server.port,
    )
    assert result == [1, 3, -1, 0]


def test_an_actor_that_has_just_gone_hurts_no_traffic_manager(server: CarlaServer) -> None:
    result = run_client(
        """
synchronous()
car = world.spawn_actor(blueprint("vehicle.audi.tt"), world.get_map().get_spawn_points()[0])
world.tick()
other = carla.Client("127.0.0.1", port)
other.set_timeout(10.0)
gone = other.get_world().get_actor(car.id).destroy()
car.set_simulate_physics(True)  # in a Traffic Manager's thread an error here ends the process
result = dict(gone=gone, box=car.bounding_box.extent.x)
"""
        + CLEAN,
        server.port,
    )
    assert result["gone"]
    assert result["box"] > 1.0


def test_vehicles_moved_in_one_batch_are_where_the_next_command_looks(server: CarlaServer) -> None:
    result = run_client(
        """
C = carla.command
synchronous()
points = world.get_map().get_spawn_points()
tt = blueprint("vehicle.audi.tt")
cars = [a.actor_id for a in client.apply_batch_sync([C.SpawnActor(tt, p) for p in points[:20]], True)]
forward = points[0].get_forward_vector()
world.get_actor(cars[0]).set_target_velocity(forward * 5.0)
answers = client.apply_batch_sync(
    [C.ApplyTransform(car, points[20 + k]) for k, car in enumerate(cars)]
    + [C.ApplyVehicleControl(cars[0], carla.VehicleControl(throttle=1.0)), C.ApplyTransform(999999, points[0]),
       C.SpawnActor(tt, points[3]), C.SpawnActor(tt, points[23])], False)
world.tick()
errors = [a.error for a in answers]
off = max(world.get_actor(car).get_location().distance(points[20 + k].location) for k, car in enumerate(cars[1:], 1))
result = dict(moved=[e for e in errors[:21] if e], unknown=errors[21], free=errors[22], taken=errors[23], off=off,
    velocity=world.get_actor(cars[0]).get_velocity().dot(forward))
"""
        + CLEAN,
        server.port,
    )
    assert result["moved"] == []
    assert "999999" in result["unknown"]
    assert result["free"] == ""
    assert "collision" in result["taken"]
    assert result["off"] < 0.5
    assert result["velocity"] > 3.0  # in the map's axes, whichever way the vehicle now stands


def test_what_manual_control_and_generate_traffic_look_up_is_there(server: CarlaServer) -> None:
    result = run_client(
        """
library = world.get_blueprint_library()
found = [library.find("sensor.camera." + kind).id for kind in (
    "rgb", "depth", "semantic_segmentation", "instance_segmentation", "cosmos_visualization", "dvs", "optical_flow",
    "normals")]
walker = library.find("walker.pedestrian.0001")
if walker.has_attribute("can_use_wheelchair"):
    walker.set_attribute("use_wheelchair", "true")
wide = blueprint("sensor.camera.rgb", fov=180, image_size_x=64, image_size_y=64)
camera = world.spawn_actor(wide, carla.Transform(carla.Location(z=5.0)))
mesh = library.find("static.prop.mesh")
mesh.set_attribute("mesh_path", "/Game/Carla/Static/Car/SM_Car")
mesh.set_attribute("scale", "1.5")
result = dict(found=len(found), wheelchair=walker.get_attribute("use_wheelchair").as_bool(), wide=camera.is_alive)
"""
        + CLEAN,
        server.port,
    )
    assert result == {"found": 8, "wheelchair": True, "wide": True}


def test_steering_means_what_it_means_on_carla(server: CarlaServer) -> None:
    result = run_client(
        """
synchronous()
points = world.get_map().get_spawn_points()
lock, after = {}, {}
for k, name in enumerate(("vehicle.tesla.model3", "vehicle.carlamotors.firetruck", "vehicle.wormdrive.saloon")):
    car = world.spawn_actor(blueprint(name), points[2 * k])
    world.tick()
    lock[name] = car.get_physics_control().wheels[0].max_steer_angle
    car.apply_control(carla.VehicleControl(steer=0.5))
    for _ in range(10):
        world.tick()
    after[name] = car.get_wheel_steer_angle(carla.VehicleWheelLocation.FR_Wheel)
result = dict(lock=list(lock.values()), after=list(after.values()))
"""
        + CLEAN,
        server.port,
    )
    assert result["lock"] == pytest.approx([70.0, 70.0, 28.65], abs=0.01)
    assert result["after"][:2] == pytest.approx([35.0, 35.0], abs=1.0)  # the inner wheel, within half a second


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_routes_do_not_lead_into_the_oncoming_traffic(name: str) -> None:
    carla = pytest.importorskip("carla")
    lanes = carla.Map(name, read_map(name).text).generate_waypoints(20.0)
    beside = [(lane, lane.get_left_lane()) for lane in lanes if not lane.is_junction]
    oncoming = [lane for lane, left in beside if left is not None and left.lane_id * lane.lane_id < 0]
    assert not any(lane.lane_change & carla.LaneChange.Left for lane in oncoming)
    if name != "highway":
        assert oncoming


def test_the_cosmos_camera_shows_classes_in_the_client_s_own_colours(server: CarlaServer) -> None:
    result = run_client(
        """
synchronous()
car = world.spawn_actor(blueprint("vehicle.audi.tt"), world.get_map().get_spawn_points()[0])
size = dict(image_size_x=96, image_size_y=64)
at = carla.Transform(carla.Location(x=-6.0, z=2.5), carla.Rotation(pitch=-10.0))
cosmos, tags = (listening(world.spawn_actor(blueprint("sensor.camera." + kind, **size), at, attach_to=car))
                for kind in ("cosmos_visualization", "semantic_segmentation"))
frame = world.tick()
shown, classes = of_frame(cosmos, frame), of_frame(tags, frame)
seen = len(set(bytes(classes.raw_data)[2::4]))
classes.convert(carla.ColorConverter.CityScapesPalette)
result = dict(same=bytes(shown.raw_data) == bytes(classes.raw_data), seen=seen)
"""
        + CLEAN,
        server.port,
    )
    assert result["seen"] > 4
    assert result["same"]
