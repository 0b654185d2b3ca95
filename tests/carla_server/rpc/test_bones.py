"""Bones of walkers: CARLA's names, on the ground, striding while the walker walks."""

from __future__ import annotations

import pytest

from tests.support.carla_server import run_client
from wormdrive.carla_server.server import CarlaServer

pytest.importorskip("carla")

SPAWN = """
synchronous()
at = world.get_map().get_spawn_points()[0]
at.location.z += 1.0
walker = world.spawn_actor(blueprint("walker.pedestrian.0001"), at)
world.tick()
def places():
    return {b.name: (b.world.location, b.component.location, b.relative.location)
            for b in walker.get_bones().bone_transforms}
"""
CLEAN = """
walker.destroy()
settings = world.get_settings()
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
"""


def test_bones_stand_as_the_walker_stands(server: CarlaServer) -> None:
    result = run_client(
        SPAWN
        + """
bones = places()
origin = walker.get_location()
relative = bones["crl_hips__C"][2].z + bones["crl_spine__C"][2].z + bones["crl_spine01__C"][2].z
right = walker.get_transform().get_right_vector()
hands = [(bones["crl_hand__" + side][0] - origin).dot(right) for side in "LR"]
result = dict(names=walker.get_bone_names(), count=len(bones), head=bones["crl_Head__C"][0].z,
    waist=origin.z, hips=bones["crl_hips__C"][0].z, toes=[bones["crl_toeEnd__" + s][0].z for s in "LR"], hands=hands,
    sum=relative - bones["crl_spine01__C"][1].z, world=len(walker.get_bone_world_transforms()),
    root=bones["crl_root"][0].distance(carla.Location(origin.x, origin.y, 0.0)))
"""
        + CLEAN,
        server.port,
    )
    assert result["count"] == len(set(result["names"])) == result["world"] == 66
    assert result["root"] == pytest.approx(0.0, abs=0.01)
    assert 1.5 < result["head"] < 1.8
    assert result["hips"] == pytest.approx(result["waist"], abs=0.1)
    assert result["toes"] == pytest.approx([0.02, 0.02], abs=0.03)
    assert result["hands"][0] < -0.15
    assert result["hands"][1] > 0.15
    assert result["sum"] == pytest.approx(0.0, abs=1e-5)


def test_legs_stride_while_the_walker_walks(server: CarlaServer) -> None:
    result = run_client(
        SPAWN
        + """
def apart():
    bones = places()
    forward = walker.get_transform().get_forward_vector()
    return (bones["crl_foot__L"][0] - bones["crl_foot__R"][0]).dot(forward)
still = apart()
walker.apply_control(carla.WalkerControl(at.get_forward_vector(), 1.4))
strides = []
for _ in range(40):
    world.tick()
    strides.append(apart())
result = dict(still=still, ahead=max(strides), behind=min(strides))
"""
        + CLEAN,
        server.port,
    )
    assert result["still"] == pytest.approx(0.0, abs=1e-4)
    assert result["ahead"] > 0.4
    assert result["behind"] < -0.4


def test_vehicles_have_one_component_and_no_bones(server: CarlaServer) -> None:
    result = run_client(
        SPAWN
        + """
car = world.spawn_actor(blueprint("vehicle.audi.tt"), world.get_map().get_spawn_points()[3])
world.tick()
(name,) = car.get_component_names()
try:
    car.get_component_world_transform("front-blinker-r-1")
    refused = ""
except RuntimeError as error:
    refused = str(error)
result = dict(bones=car.get_bone_names(), sockets=car.get_socket_names(), refused=refused, name=name,
    off=car.get_component_world_transform(name).location.distance(car.get_location()),
    within=car.get_component_relative_transform(name).location.length(),
    pitch=car.get_wheel_pitch_angle(carla.VehicleWheelLocation.FL_Wheel))
car.destroy()
"""
        + CLEAN,
        server.port,
    )
    assert result["bones"] == result["sockets"] == []
    assert "front-blinker-r-1" in result["refused"]
    assert result["name"] in result["refused"]
    assert result["off"] == pytest.approx(0.0, abs=0.01)
    assert result["within"] == result["pitch"] == 0.0
