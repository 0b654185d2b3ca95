"""The blueprint library has what scripts look for."""

from __future__ import annotations

import re
from fnmatch import fnmatch

import pytest

from wormdrive.carla_server.actors.blueprint_models import SALOON, vehicle_model
from wormdrive.carla_server.actors.blueprints import library
from wormdrive.carla_server.actors.sensor_settings import check_sensor
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.protocol.enums import AttributeKind
from wormdrive.carla_server.world import VEHICLE_MODELS
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

CAMERAS = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals", "optical_flow", "dvs")
OTHERS = ("collision", "lane_invasion", "gnss", "imu", "radar")
MANUAL_CONTROL = [
    "sensor.lidar.ray_cast",
    *(f"sensor.camera.{name}" for name in CAMERAS),
    *(f"sensor.other.{name}" for name in OTHERS),
]


@pytest.mark.parametrize("name", MANUAL_CONTROL)
def test_manual_control_finds_its_sensors(name: str) -> None:
    assert name in library()


def test_ids_have_three_parts_and_uids_count() -> None:
    found = library()
    assert all(re.fullmatch(r"\S+\.\S+\.\S+", name) for name in found)
    assert [each.uid for each in found.values()] == list(range(1, len(found) + 1))


def test_sensors_recommend_their_defaults() -> None:
    for blueprint in library().values():
        if blueprint.family == "sensor":
            assert all(each.default in each.recommended for each in blueprint.attributes)


def test_vehicles_have_the_attributes_that_scripts_filter_for() -> None:
    vehicles = [each for name, each in library().items() if fnmatch(name, "vehicle.*")]
    assert len(vehicles) > 30
    for vehicle in vehicles:
        attributes = {each.name: each for each in vehicle.attributes}
        assert {"number_of_wheels", "base_type", "special_type", "generation", "role_name"} <= set(attributes)
        assert attributes["number_of_wheels"].default in ("2", "4")
        assert attributes["number_of_wheels"].fixed
        if "color" in attributes:
            assert attributes["color"].kind is AttributeKind.COLOUR
            assert all(re.fullmatch(r"\d+,\d+,\d+", colour) for colour in attributes["color"].recommended)
        assert vehicle.tag in (
            SemanticLabel.CAR,
            SemanticLabel.TRUCK,
            SemanticLabel.BUS,
            SemanticLabel.MOTORCYCLE,
            SemanticLabel.BICYCLE,
        )
        model = vehicle_model(vehicle)
        assert (model.parameters.length_m, model.parameters.width_m, model.height_m) == vehicle.size_m
        assert model.wheels == int(attributes["number_of_wheels"].default)


def test_one_vehicle_is_the_embedded_simulator_s_own() -> None:
    assert vehicle_model(library()[SALOON]) is VEHICLE_MODELS["car"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("image_size_x", "0"), ("image_size_x", "abc"), ("image_size_x", "99999"), ("fov", "nan"), ("fov", "400")],
)
def test_sensors_that_cannot_be_are_refused(name: str, value: str) -> None:
    camera = library()["sensor.camera.rgb"]
    with pytest.raises(RequestError, match=name):
        check_sensor(camera, camera.described({name: value}))
    with pytest.raises(RequestError, match="pixels"):
        check_sensor(camera, camera.described({"image_size_x": "8000", "image_size_y": "8000"}))
    check_sensor(camera, camera.described({"image_size_x": "800.0"}))
