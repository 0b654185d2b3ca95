"""What the real client finds: connecting, driving, ticking, settings, batches, other clients."""

from __future__ import annotations

import pytest

from tests.support.carla_server import run_client
from wormdrive.carla_server.server import CarlaServer

pytest.importorskip("carla")

CLEAN = """
settings = world.get_settings()
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
for actor in world.get_actors():
    if actor.type_id.partition(".")[0] in ("vehicle", "sensor", "walker", "static"):
        actor.destroy()
"""


def test_a_script_drives_and_sees_every_frame(server: CarlaServer) -> None:
    result = run_client(
        """
assert client.get_server_version() == client.get_client_version() == "0.9.16"
points = world.get_map().get_spawn_points()
synchronous()
car = world.spawn_actor(blueprint("vehicle.tesla.model3", role_name="ego"), points[0])
camera = world.spawn_actor(
    blueprint("sensor.camera.rgb", image_size_x=64, image_size_y=32, fov=100.0),
    carla.Transform(carla.Location(x=0.5, z=1.4)), attach_to=car)
pictures = listening(camera)
frames, brightness = [], []
for _ in range(40):
    car.apply_control(carla.VehicleControl(throttle=0.7))
    frames.append(world.tick())
    picture = of_frame(pictures, frames[-1])
    brightness.append(sum(bytes(picture.raw_data)) / len(bytes(picture.raw_data)))
moved = car.get_location().distance(points[0].location)
forward = points[0].get_forward_vector()
along = car.get_velocity().dot(forward) / car.get_velocity().length()
result = dict(steps=[b - a for a, b in zip(frames, frames[1:])], moved=moved, along=along,
    size=[picture.width, picture.height, round(picture.fov, 3)], alpha=bytes(picture.raw_data)[3],
    brightness=brightness[-1], throttle=car.get_control().throttle, role=car.attributes["role_name"],
    box=car.bounding_box.extent.x, again=[car.id == a.id for a in world.get_actors().filter("vehicle.*")],
    parent=camera.parent.id == car.id, waypoint=world.get_map().get_waypoint(car.get_location()).lane_id,
    at=camera.get_transform().location.z)
"""
        + CLEAN,
        server.port,
    )
    assert set(result["steps"]) == {1}
    assert 1.0 < result["moved"] < 5.0
    assert result["along"] > 0.999
    assert result["size"] == [64, 32, 100.0]
    assert result["alpha"] == 255
    assert 30.0 < result["brightness"] < 220.0
    assert result["throttle"] == pytest.approx(0.7)
    assert result["role"] == "ego"
    assert result["box"] == pytest.approx(2.396)
    assert result["again"] == [True]
    assert result["parent"]
    assert result["waypoint"] < 0
    assert result["at"] == pytest.approx(1.4, abs=0.2)


def test_asynchronous_mode_ticks_by_itself(server: CarlaServer) -> None:
    result = run_client(
        """
car = world.spawn_actor(blueprint("vehicle.audi.tt"), world.get_map().get_spawn_points()[1])
first = world.wait_for_tick()
car.apply_control(carla.VehicleControl(throttle=1.0))
for _ in range(30):
    last = world.wait_for_tick()
result = dict(frames=last.frame - first.frame, moves=car.get_velocity().length(),
    known=last.find(car.id) is not None)
"""
        + CLEAN,
        server.port,
    )
    assert result["frames"] >= 30
    assert result["moves"] > 0.5
    assert result["known"]


def test_commands_in_a_batch(server: CarlaServer) -> None:
    result = run_client(
        """
C = carla.command
points = world.get_map().get_spawn_points()
synchronous()
tt = blueprint("vehicle.audi.tt")
answers = client.apply_batch_sync([
    C.SpawnActor(tt, points[2]).then(C.ApplyVehicleControl(C.FutureActor, carla.VehicleControl(throttle=1.0))),
    C.SpawnActor(tt, points[2]),
    C.DestroyActor(987654),
    C.SpawnActor(blueprint("sensor.other.imu"), carla.Transform(), 987654),
], True)
spawned = answers[0].actor_id
car = world.get_actor(spawned)
for _ in range(20):
    world.tick()
speed = car.get_velocity().length()
control = carla.VehicleControl(brake=1.0)
done = client.apply_batch_sync([
    C.ApplyVehicleControl(spawned, control), C.ApplyVehicleAckermannControl(spawned, carla.VehicleAckermannControl()),
    C.ApplyVehiclePhysicsControl(spawned, car.get_physics_control()), C.ApplyTransform(spawned, points[5]),
    C.ApplyTargetVelocity(spawned, carla.Vector3D(0, 0, 0)), C.ApplyTargetAngularVelocity(spawned, carla.Vector3D()),
    C.ApplyImpulse(spawned, carla.Vector3D()), C.ApplyForce(spawned, carla.Vector3D()),
    C.ApplyAngularImpulse(spawned, carla.Vector3D()), C.ApplyTorque(spawned, carla.Vector3D()),
    C.SetSimulatePhysics(spawned, True), C.SetEnableGravity(spawned, True),
    C.SetVehicleLightState(spawned, carla.VehicleLightState.Brake),
    C.ApplyWalkerControl(spawned, carla.WalkerControl()),
], True)
result = dict(errors=[a.error for a in answers], speed=speed, done=[a.error for a in done],
    lights=int(car.get_light_state()), at=car.get_location().distance(points[5].location))
"""
        + CLEAN,
        server.port,
    )
    assert result["errors"][0] == ""
    assert result["errors"][1] == "Spawn failed because of collision at spawn position"
    assert "987654" in result["errors"][2]
    assert "987654" in result["errors"][3]
    assert result["speed"] > 0.5
    assert result["done"][:-1] == [""] * 13
    assert "walker" in result["done"][-1]
    assert result["lights"] == 8
    assert result["at"] < 0.5


def test_weather_and_season_change_the_picture(server: CarlaServer) -> None:
    result = run_client(
        """
synchronous()
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), world.get_map().get_spawn_points()[0])
camera = world.spawn_actor(blueprint("sensor.camera.rgb", image_size_x=96, image_size_y=64),
    carla.Transform(carla.Location(x=0.5, z=1.4)), attach_to=car)
pictures = listening(camera)
def mean():
    data = bytes(of_frame(pictures, world.tick()).raw_data)
    return [sum(data[k::4]) / (len(data) // 4) for k in range(3)]
day = mean()
weather = world.get_weather()
weather.sun_altitude_angle = -40.0
world.set_weather(weather)
back = world.get_weather().sun_altitude_angle
night = mean()
weather.sun_altitude_angle = 40.0
world.set_weather(weather)
again = mean()
world.spawn_actor(blueprint("wormdrive.world.season", season="winter"), carla.Transform())
winter = mean()
result = dict(day=day, night=night, winter=winter, back=back)
"""
        + CLEAN,
        server.port,
    )
    assert result["back"] == -40.0
    assert sum(result["night"]) < 0.7 * sum(result["day"])
    assert sum(abs(a - b) for a, b in zip(result["winter"], result["day"], strict=True)) > 20.0


def test_several_clients_share_one_world_and_come_again(server: CarlaServer) -> None:
    result = run_client(
        """
synchronous()
other = carla.Client("127.0.0.1", port)
other.set_timeout(10.0)
theirs = other.get_world()
car = world.spawn_actor(blueprint("vehicle.audi.tt"), world.get_map().get_spawn_points()[3])
frame = theirs.tick()
seen = [actor.id for actor in theirs.get_actors().filter("vehicle.*")]
theirs.get_actor(car.id).apply_control(carla.VehicleControl(throttle=1.0))
for _ in range(15):
    theirs.tick()
world.wait_for_tick() if False else None
moved = world.get_snapshot().frame - frame
del theirs, other
for _ in range(5):
    again = carla.Client("127.0.0.1", port)
    again.set_timeout(10.0)
    assert again.get_world().id == world.id
result = dict(seen=seen == [car.id], ticks=moved, speed=car.get_velocity().length())
"""
        + CLEAN,
        server.port,
    )
    assert result["seen"]
    assert result["ticks"] >= 14
    assert result["speed"] > 0.3


def test_calls_that_are_not_served_name_themselves(server: CarlaServer) -> None:
    result = run_client(
        """
car = world.spawn_actor(blueprint("vehicle.audi.tt"), world.get_map().get_spawn_points()[4])
world.wait_for_tick()
messages, paint = [], carla.MaterialParameter.Diffuse
for call in (lambda: client.start_recorder("../x"), lambda: client.replay_file("x", 0.0, 0.0, 0, False),
             lambda: client.load_world("Town99"),
             lambda: world.apply_color_texture_to_object("x", paint, carla.TextureColor(1, 1))):
    try:
        call()
        messages.append("")
    except RuntimeError as error:
        messages.append(str(error))
client.stop_recorder()
world.debug.draw_string(carla.Location(), "hello")
world.debug.draw_box(carla.BoundingBox(carla.Location(), carla.Vector3D(1, 1, 1)), carla.Rotation())
free = world.get_map().get_spawn_points()[5].location
ground = world.ground_projection(carla.Location(free.x, free.y, 5.0), 20.0)
result = dict(messages=messages, ground=ground.location.z, label=str(ground.label), boxes=len(world.get_level_bbs()),
    lights=len(world.get_lightmanager().get_all_lights()), names=world.get_names_of_all_objects(),
    destroyed=[car.destroy(), car.is_alive])
"""
        + CLEAN,
        server.port,
    )
    for name, message in zip(
        ("start_recorder", "replay_file", "Town99", "apply_color_texture"), result["messages"], strict=True
    ):
        assert name in message
    assert result["ground"] == pytest.approx(0.0, abs=0.3)
    assert result["label"] == "Roads"
    assert result["boxes"] > result["lights"] == 0
    assert len(set(result["names"])) == len(result["names"]) > 0
    assert result["destroyed"] == [True, False]


def test_vehicles_answer_for_themselves(server: CarlaServer) -> None:
    result = run_client(
        """
points = world.get_map().get_spawn_points()
synchronous()
car = world.spawn_actor(blueprint("vehicle.wormdrive.saloon"), points[0])
world.tick()
physics = car.get_physics_control()
physics.mass = 2000.0
for wheel in (wheels := physics.wheels):
    wheel.tire_friction = 1.75
physics.wheels = wheels
car.apply_physics_control(physics)
car.apply_ackermann_control(carla.VehicleAckermannControl(speed=5.0, acceleration=3.0))
for _ in range(120):
    world.tick()
read = car.get_physics_control()
followed = car.get_velocity().length()
car.enable_constant_velocity(carla.Vector3D(8.0, 0.0, 0.0))
for _ in range(3):
    world.tick()
held = car.get_velocity().length()
car.disable_constant_velocity()
car.set_simulate_physics(False)
world.tick()
before = car.get_location()
for _ in range(5):
    world.tick()
still = before.distance(car.get_location())
car.set_simulate_physics(True)
car.apply_control(carla.VehicleControl(steer=0.5, reverse=True, throttle=0.5))
for _ in range(60):
    world.tick()
backwards = car.get_velocity().dot(car.get_transform().get_forward_vector())
walker = world.spawn_actor(blueprint("walker.pedestrian.0001"), points[9])
walker.apply_control(carla.WalkerControl(carla.Vector3D(1, 0, 0), 1.5))
start = points[9].location
for _ in range(30):
    world.tick()
result = dict(mass=read.mass, friction=read.wheels[0].tire_friction, followed=followed, held=held, still=still,
    backwards=backwards, angle=car.get_wheel_steer_angle(carla.VehicleWheelLocation.FL_Wheel),
    telemetry=car.get_telemetry_data().gear, limit=car.get_speed_limit(), walked=walker.get_location().x - start.x,
    steer=physics.wheels[0].max_steer_angle)
"""
        + CLEAN,
        server.port,
    )
    assert result["mass"] == 2000.0
    assert result["friction"] == 1.75
    assert result["followed"] == pytest.approx(5.0, abs=0.5)
    assert result["held"] == pytest.approx(8.0, abs=0.1)
    assert result["still"] == 0.0
    assert result["backwards"] < -0.3
    assert result["angle"] == pytest.approx(0.5 * result["steer"], abs=1.0)
    assert result["telemetry"] == -1
    assert result["limit"] == pytest.approx(50.0, abs=30.0)
    assert result["walked"] == pytest.approx(1.5, abs=0.1)
