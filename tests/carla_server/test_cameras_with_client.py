"""Normals, optical flow and events as the real client gets them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.carla_server.raw_client import RawClient, transform
from tests.support.carla_server import run_client
from wormdrive.carla_server.server import CarlaServer
from wormdrive.envs.rendering.scene import SceneCamera

pytest.importorskip("carla")

EYE = """
client.reload_world()
world = client.get_world()
points = world.get_map().get_spawn_points()
synchronous(0.05)
origin = carla.Transform(points[0].location, carla.Rotation(yaw=points[0].rotation.yaw))
ground = origin.location.z
size = dict(image_size_x=160, image_size_y=96, fov=90)
import math
import numpy as np
def eye(ahead, right=0.0, up=1.4, yaw=0.0, pitch=0.0):
    at = origin.transform(carla.Location(x=ahead, y=right))
    height = world.get_map().get_waypoint(at).transform.location.z
    return carla.Transform(carla.Location(at.x, at.y, height + up),
        carla.Rotation(yaw=origin.rotation.yaw + yaw, pitch=pitch))
def spawned(kind, where, **more):
    sensor = world.spawn_actor(blueprint("sensor.camera." + kind, **(size | more)), where)
    return sensor, listening(sensor)
"""


def test_normals_are_those_of_the_world(server: CarlaServer) -> None:
    """A road, a car that stands across the view, and the sky; the axes are CARLA's world's."""
    result = run_client(
        EYE
        + """
box = world.spawn_actor(blueprint("vehicle.mitsubishi.fusorosa"),
    carla.Transform(eye(14.0, up=0.3).location, carla.Rotation(yaw=origin.rotation.yaw + 90.0)))
sensor, got = spawned("normals", eye(0.0))
_, tags = spawned("semantic_segmentation", eye(0.0))
frame = world.tick()
image = of_frame(got, frame)
pixels = np.frombuffer(bytes(image.raw_data), np.uint8).reshape(96, 160, 4)
tag = np.frombuffer(bytes(of_frame(tags, frame).raw_data), np.uint8).reshape(96, 160, 4)[..., 2]
side, count = np.unique(pixels[tag == 16][:, :3], axis=0, return_counts=True)
import pathlib, tempfile
with tempfile.TemporaryDirectory() as folder:
    saved = pathlib.Path(image.save_to_disk(folder + "/normals.png")).read_bytes()[1:4].decode()
result = dict(road=pixels[90, 80].tolist(), sky=pixels[tag == 11][:, :3].max().item(), saved=saved,
    shape=[image.width, image.height, image.fov], bus=side[np.argmax(count)].tolist(),
    yaw=math.radians(origin.rotation.yaw), seen=int((tag == 16).sum()))
""",
        server.port,
    )
    assert result["shape"] == [160, 96, 90.0]
    assert result["road"] == [255, 128, 128, 255]
    assert result["sky"] == 0
    assert result["seen"] > 500
    assert result["saved"] == "PNG"
    # the side that we see looks back at us, against the heading of the road
    red, green, blue = (value / 127.5 - 1.0 for value in reversed(result["bus"]))
    assert (red, green, blue) == pytest.approx((-np.cos(result["yaw"]), -np.sin(result["yaw"]), 0.0), abs=0.012)


def test_flow_goes_from_minus_one_to_one_to_the_right_and_up(server: CarlaServer) -> None:
    """Straight on by 0.5 m over a level road, then a turn to the right by one degree."""
    result = run_client(
        EYE
        + """
sensor, got = spawned("optical_flow", eye(0.0))
def flow():
    image = of_frame(got, world.tick())
    return image, np.frombuffer(bytes(image.raw_data), np.float32).reshape(96, 160, 2)
first = flow()[1]
still = flow()[1]
sensor.set_transform(eye(0.5))
image, ahead = flow()
coded = image.get_color_coded_flow()
colours = np.frombuffer(bytes(coded.raw_data), np.uint8).reshape(96, 160, 4)
sensor.set_transform(eye(0.5, yaw=1.0))
turned = flow()[1]
spots = [(80, 90), (100, 70)]
result = dict(first=float(np.abs(first).max()), still=float(np.abs(still).max()),
    ahead=[ahead[v, u].tolist() for u, v in spots], turned=turned[47, 80].tolist(),
    pixel=[image[90 * 160 + 80].x, image[90 * 160 + 80].y], most=float(np.abs(turned).max()),
    colours=[coded.width, coded.height, int(colours.max()), int(colours[90, 80, :3].max())])
""",
        server.port,
    )
    assert result["first"] == 0.0
    assert result["still"] == 0.0
    for (u, v), got in zip(((80, 90), (100, 70)), result["ahead"], strict=True):
        a, b = (u + 0.5 - 80.0) / 80.0, (v + 0.5 - 48.0) / 80.0
        far = 1.4 / b
        part = 1.0 - far / (far + 0.5)
        # a picture is 2 wide and 2 high, whatever its pixels: what comes nearer goes outwards, below the middle down
        assert got == pytest.approx((a * part, -b * part * 80.0 / 48.0), rel=0.03, abs=1e-3)
    assert result["pixel"] == result["ahead"][0]
    assert result["turned"][0] == pytest.approx(-np.tan(np.radians(1.0)), rel=0.01)
    assert result["most"] <= 2.0
    assert result["colours"][:2] == [160, 96]
    assert result["colours"][3] > 0


def test_vehicles_flow_by_their_own_motion(server: CarlaServer) -> None:
    result = run_client(
        EYE
        + """
sensor, got = spawned("optical_flow", eye(0.0))
_, ids = spawned("instance_segmentation", eye(0.0))
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), eye(12.0, up=0.1))
car.set_simulate_physics(False)
world.tick()
there = car.get_transform()
car.set_transform(carla.Transform(there.location + 0.5 * there.get_right_vector(), there.rotation))
frame = world.tick()
flow = np.frombuffer(bytes(of_frame(got, frame).raw_data), np.float32).reshape(96, 160, 2)
shown = np.frombuffer(bytes(of_frame(ids, frame).raw_data), np.uint8).reshape(96, 160, 4)[..., 2] == 14
result = dict(seen=int(shown.sum()), car=np.median(flow[shown], axis=0).tolist(),
    rest=float(np.abs(flow[~shown]).max()))
""",
        server.port,
    )
    assert result["seen"] > 60
    assert result["rest"] == 0.0
    assert result["car"][0] == pytest.approx(0.5 / 9.7, rel=0.05)
    assert abs(result["car"][1]) < 0.01


def test_flow_reaches_back_to_the_sensors_own_last_picture(server: CarlaServer) -> None:
    """A sensor of every second tick sees the way of two ticks; a vehicle stands still to a camera that it carries."""
    result = run_client(
        EYE
        + """
every, each = spawned("optical_flow", eye(0.0))
second, rare = spawned("optical_flow", eye(0.0), sensor_tick=0.1)
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), points[8])
behind = carla.Transform(carla.Location(x=-6.0, z=3.0), carla.Rotation(pitch=-20.0))
chase, ids = [listening(world.spawn_actor(blueprint("sensor.camera." + kind, **size), behind, attach_to=car))
    for kind in ("optical_flow", "instance_segmentation")]
car.set_target_velocity(points[8].get_forward_vector() * 8.0)
car.apply_control(carla.VehicleControl(throttle=0.5, steer=0.2))
for k in range(9):
    for sensor in (every, second):
        sensor.set_transform(eye(0.2 * k))
    frame = world.tick()
def flow(image):
    return np.frombuffer(bytes(image.raw_data), np.float32).reshape(96, 160, 2)
one, two = flow(of_frame(each, frame))[90, 80], None
while True:
    image = rare.get(timeout=10.0)
    two = flow(image)[90, 80]
    if image.frame >= frame - 1:
        break
carried = flow(of_frame(chase, frame))
own = np.frombuffer(bytes(of_frame(ids, frame).raw_data), np.uint8).reshape(96, 160, 4).astype(int)
own = own[..., 1] + 256 * own[..., 0] == car.id
result = dict(one=one.tolist(), two=two.tolist(), own=float(np.abs(carried[own]).max()), seen=int(own.sum()),
    road=float(np.abs(carried[90]).max()))
""",
        server.port,
    )
    b = (90.5 - 48.0) / 80.0
    far = 1.4 / b
    for got, way in ((result["one"], 0.2), (result["two"], 0.4)):
        assert got[1] == pytest.approx(-b * (1.0 - far / (far + way)) * 80.0 / 48.0, rel=0.03)
    assert result["seen"] > 300
    assert result["own"] < 1e-4
    assert result["road"] > 0.05


def test_events_come_when_something_changes_and_are_in_order(server: CarlaServer) -> None:
    result = run_client(
        EYE
        + """
sensor, got = spawned("dvs", eye(0.0))
for _ in range(4):
    world.tick()
time.sleep(0.3)
still = got.qsize()
car = world.spawn_actor(blueprint("vehicle.tesla.model3", color="255,255,255"), eye(12.0, up=0.1))
frame = world.tick()
now = world.get_snapshot().timestamp.elapsed_seconds
events = of_frame(got, frame)
packed = np.frombuffer(bytes(events.raw_data),
    np.dtype([("x", "<u2"), ("y", "<u2"), ("t", "<i8"), ("pol", "?")]))
picture = np.array([(c.r, c.g, c.b) for c in events.to_image()]).reshape(96, 160, 3)
slow, rare = spawned("dvs", eye(0.0), sensor_tick=0.2)
for k in range(12):
    car.set_transform(eye(12.0 + 0.3 * k, right=0.2 * k, up=0.1))
    world.tick()
time.sleep(0.3)
spans = []
while not rare.empty():
    one = rare.get()
    spans.append([one.timestamp, min(one.to_array_t()) / 1e9, max(one.to_array_t()) / 1e9])
result = dict(still=still, count=len(events), shape=[events.width, events.height, events.fov], now=now,
    x=events.to_array_x() == packed["x"].tolist(), y=events.to_array_y() == packed["y"].tolist(),
    t=events.to_array_t(), pol=sorted(set(events.to_array_pol())), first=[events[0].x, events[0].y, events[0].t],
    within=[int(packed["x"].min()), int(packed["x"].max()), int(packed["y"].min()), int(packed["y"].max())],
    blue=int((picture[..., 2] == 255).sum()), red=int((picture[..., 0] == 255).sum()), spans=spans)
""",
        server.port,
    )
    assert result["still"] == 0
    assert result["count"] > 60
    assert result["shape"] == [160, 96, 90.0]
    assert result["x"]
    assert result["y"]
    assert result["t"] == sorted(result["t"])
    assert result["first"][2] == result["t"][0]
    assert (result["now"] - 0.05) * 1e9 - 2 <= result["t"][0]
    assert result["t"][-1] <= result["now"] * 1e9 + 2
    assert result["pol"] == [-1, 1]
    assert result["blue"] > 10
    assert result["red"] > 10
    west, east, top, bottom = result["within"]  # where the car and its shadow are, and nowhere else
    assert west > 40
    assert east < 120
    assert top > 30
    assert bottom < 80
    assert len(result["spans"]) == 2  # a picture every fourth tick, of which the first only serves to compare
    for taken, first, last in result["spans"]:
        assert taken - 0.2 - 1e-6 <= first < last <= taken + 1e-6
        assert last - first > 0.1


def test_thresholds_that_make_no_end_are_refused(server: CarlaServer) -> None:
    result = run_client(
        EYE
        + """
try:
    spawned("dvs", eye(0.0), positive_threshold=0.0)
    result = ""
except RuntimeError as error:
    result = str(error)
""",
        server.port,
    )
    assert "positive_threshold" in result


def test_cameras_in_one_place_are_drawn_once(server: CarlaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[SceneCamera] = []
    begin = SceneCamera.begin

    def counted(self: SceneCamera, *arguments: object, **more: object) -> object:
        drawn.append(self)
        return begin(self, *arguments, **more)  # type: ignore[arg-type]

    with RawClient(server.port) as client:
        client.synchronous()
        car = client.spawn("vehicle.tesla.model3", client.get("get_map_info")[1][40])
        sensors = [
            client.spawn(f"sensor.camera.{kind}", transform(0.5, 0.0, 1.4), car[0], image_size_x=64, image_size_y=48)
            for kind in ("rgb", "depth", "normals", "optical_flow", "instance_segmentation")
        ]
        monkeypatch.setattr(SceneCamera, "begin", counted)
        client.get("tick_cue")
        assert drawn == []  # nobody listens
        streams = [client.listen(sensor) for sensor in sensors]
        frame = client.get("tick_cue")
        for stream in streams:
            stream.of_frame(frame)
            stream.socket.close()
        assert len(drawn) == 1
        for actor in (*sensors, car):
            client.get("destroy_actor", actor[0])
