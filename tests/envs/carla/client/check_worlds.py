"""What is asked of a server: maps, conditions, traffic, cameras, settings; and the environments over it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import carla
import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from tests.envs.carla.client.witness import Witness
from tests.support.carla_server import ServerProcess
from wormdrive.agents.expert import Expert
from wormdrive.envs.carla.ego_actors.ego_vehicle import OUR_CAR
from wormdrive.envs.carla.simulator import CarlaSimulator
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads import read_map
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import END_REASONS
from wormdrive.envs.simulation.scenario import Scenario

SCENARIO = Scenario(map="country_loop", route_length_m=100.0, seed=4)
AHEAD = np.array([[0.0, np.nan]])
SMALL = CameraConfig(width=64, height=24)


@pytest.fixture
def simulator(server: ServerProcess) -> Iterator[CarlaSimulator]:
    made = CarlaSimulator(1, ports=[server.port], camera=SMALL)
    yield made
    made.close()


@pytest.fixture
def saloon(server: ServerProcess) -> Iterator[CarlaSimulator]:
    """Of the embedded car itself; others have engines and gearboxes of their own."""
    made = CarlaSimulator(1, ports=[server.port], camera=SMALL, vehicle=OUR_CAR)
    yield made
    made.close()


def test_the_same_route_start_and_motion_as_embedded(saloon: CarlaSimulator) -> None:
    simulator = saloon
    embedded = EmbeddedSimulator(1, camera=None, parameters=simulator.parameters)
    scenario = SCENARIO.model_copy(update={"conditions": Conditions.preset("winter"), "route_seed": 5})
    over, inside = simulator.reset([scenario]), embedded.reset([scenario])
    for name in ("x", "y", "z", "heading_rad", "curvature", "left_m", "right_m"):
        np.testing.assert_array_equal(getattr(simulator.routes[0], name), getattr(embedded.routes[0], name))
    for k in range(60):
        for name in ("x_m", "y_m", "z_m", "station_m", "lateral_offset_m"):
            np.testing.assert_allclose(getattr(over.state, name), getattr(inside.state, name), atol=0.2, err_msg=name)
        for name in ("heading_rad", "heading_error_rad", "steer_angle_rad", "yaw_rate_radps", "speed_mps"):
            np.testing.assert_allclose(getattr(over.state, name), getattr(inside.state, name), atol=0.02, err_msg=name)
        command = np.array([[0.2 * np.sin(k / 8.0), np.nan]])
        over, inside = simulator.step(command), embedded.step(command)


def test_cameras_see_what_the_embedded_ones_see(server: ServerProcess) -> None:
    scenario = SCENARIO.model_copy(update={"conditions": Conditions.preset("winter")})
    camera = CameraConfig(y_m=0.3, yaw_rad=0.1)  # to the left, so that a wrong sign shows
    over = CarlaSimulator(1, ports=[server.port], camera=camera, segmentation=True, depth=True)
    inside = EmbeddedSimulator(1, camera=camera, segmentation=True, depth=True)
    one, other = over.reset([scenario]), inside.reset([scenario])
    over.close()
    assert one.segmentation is not None
    assert one.depth is not None
    assert one.camera is not None
    assert other.camera is not None
    assert (one.segmentation == other.segmentation).mean() > 0.85  # trees stand elsewhere
    assert np.median(np.abs(one.depth / other.depth - 1.0)) < 0.01
    road = (one.segmentation == 1) & (other.segmentation == 1)
    colours = one.camera[road].mean(axis=0), other.camera[road].mean(axis=0)
    np.testing.assert_allclose(*colours, atol=25.0)


def test_the_expert_drives_a_route_to_its_end(simulator: CarlaSimulator) -> None:
    expert = Expert(simulator, simulator.parameters)
    seen = simulator.reset([SCENARIO])
    offsets = []
    while not seen.end_reason[0]:
        seen = simulator.step(expert.act(seen))
        offsets.append(abs(seen.state.lateral_offset_m[0]))
    assert END_REASONS[seen.end_reason[0]] == "route_done"
    assert np.mean(offsets) < 0.15
    assert simulator.lane_invasions[0] == 0


def test_marks_that_are_crossed_are_counted(simulator: CarlaSimulator) -> None:
    simulator.reset([SCENARIO])
    for _ in range(60):
        seen = simulator.step(np.array([[0.3, np.nan]]))
        if seen.end_reason[0]:
            break
    assert END_REASONS[seen.end_reason[0]] == "lane_departure"
    assert simulator.lane_invasions[0] > 0


def test_settings_come_back_as_they_were(server: ServerProcess, simulator: CarlaSimulator) -> None:
    witness = Witness(server.port)
    mine = witness.world.get_settings()
    mine.synchronous_mode, mine.fixed_delta_seconds, mine.max_culling_distance = False, 0.1, 321.0
    witness.world.apply_settings(mine)
    simulator.reset([SCENARIO])
    assert witness.world.get_settings().synchronous_mode
    assert witness.world.get_settings().fixed_delta_seconds == pytest.approx(simulator.dt_s)
    simulator.close()
    after = witness.world.get_settings()
    assert (after.synchronous_mode, after.max_culling_distance) == (False, 321.0)
    assert after.fixed_delta_seconds == pytest.approx(0.1)
    mine.fixed_delta_seconds = None
    witness.world.apply_settings(mine)
    witness.assert_clean()


def test_thirty_episodes_leave_one_car(server: ServerProcess, simulator: CarlaSimulator) -> None:
    for k in range(30):
        simulator.reset([SCENARIO.model_copy(update={"route_seed": k % 7})])
        simulator.step(AHEAD)
    found = [actor.type_id for actor in Witness(server.port).actors()]
    assert sorted(found) == [
        "sensor.camera.rgb",
        "sensor.other.collision",
        "sensor.other.lane_invasion",
        "vehicle.tesla.model3",
    ]


@pytest.mark.parametrize("kind", ["built in", "file"])
def test_maps_are_brought_to_the_server(
    server: ServerProcess, simulator: CarlaSimulator, kind: str, tmp_path: Path
) -> None:
    name = "mountain_pass"
    if kind == "file":
        name = str(tmp_path / "of my own.xodr")
        text = read_map("highway").text.replace("<header", "<!-- mine --><header")
        Path(name).write_text(text, encoding="utf-8")
    scenario = SCENARIO.model_copy(update={"map": name})
    simulator.reset([scenario])
    embedded = EmbeddedSimulator(1, camera=None)
    embedded.reset([scenario])
    np.testing.assert_array_equal(simulator.routes[0].x, embedded.routes[0].x)
    assert simulator.step(AHEAD).end_reason[0] == 0
    shown = Witness(server.port).world.get_map()
    assert shown.to_opendrive().strip() == read_map(name).text.strip()
    simulator.close()
    Witness(server.port).assert_clean()


def test_conditions_reach_the_server(server: ServerProcess, simulator: CarlaSimulator) -> None:
    conditions = Conditions.preset("winter", "fog").replace(weather={"sun_azimuth_angle": 123.0, "cloudiness": 77.0})
    simulator.reset([SCENARIO.model_copy(update={"conditions": conditions})])
    there = Witness(server.port).world.get_weather()
    for name, value in conditions.weather.model_dump().items():
        assert getattr(there, name) == pytest.approx(value, rel=1e-5), name

    def stopping_distance(of: Conditions) -> float:
        before = simulator.reset([SCENARIO.model_copy(update={"conditions": of})])
        after = before
        while after.state.speed_mps[0] > 0.1:
            after = simulator.step(np.array([[0.0, -1.0]]))
        return float(after.state.station_m[0] - before.state.station_m[0])

    assert stopping_distance(conditions) > 1.5 * stopping_distance(Conditions.preset("summer"))
    simulator.change_conditions(0, Conditions.preset("autumn", "rain"))
    assert simulator.scenarios[0] is not None
    assert simulator.scenarios[0].conditions.season.name == "autumn"
    assert Witness(server.port).world.get_weather().precipitation > 10.0


def test_traffic_is_there_and_goes(server: ServerProcess, simulator: CarlaSimulator) -> None:
    places = []
    for _ in range(2):
        seen = simulator.reset([SCENARIO.model_copy(update={"traffic": 3})])
        assert seen.end_reason[0] == 0
        witness = Witness(server.port)
        cars = [actor for actor in witness.actors() if actor.type_id.startswith("vehicle.")]
        assert len(cars) == 4
        start = {car.id: car.get_location() for car in cars}
        places.append(sorted((round(at.x), round(at.y)) for at in start.values()))
        for _ in range(60):
            simulator.step(AHEAD)
        moved = [car.get_location().distance(start[car.id]) for car in cars]
        assert sum(distance > 1.0 for distance in moved) >= 3
    assert places[0] == places[1]
    simulator.reset([SCENARIO])
    assert sum(actor.type_id.startswith("vehicle.") for actor in Witness(server.port).actors()) == 1
    simulator.close()
    Witness(server.port).assert_clean()


def test_hitting_a_car_ends_the_episode(server: ServerProcess, simulator: CarlaSimulator) -> None:
    simulator.reset([SCENARIO])
    ahead = simulator.step(AHEAD)
    route, witness = simulator.routes[0], Witness(server.port)
    i = round((ahead.state.station_m[0] + 15.0) / route.spacing_m)
    place = carla.Transform(
        carla.Location(route.x[i], -route.y[i], route.z[i] + 0.3), carla.Rotation(yaw=-np.degrees(route.heading_rad[i]))
    )
    library = witness.world.get_blueprint_library()
    obstacle = witness.world.spawn_actor(library.find("vehicle.audi.tt"), place)
    expert = Expert(simulator, simulator.parameters)
    seen = simulator.last_observation
    for _ in range(90):
        seen = simulator.step(expert.act(seen))
        if seen.end_reason[0]:
            break
    assert END_REASONS[seen.end_reason[0]] == "collision"
    obstacle.destroy()


def test_another_camera_shows_the_present_frame(simulator: CarlaSimulator) -> None:
    wide = CameraConfig(width=128, height=96, x_m=-6.0, z_m=3.0)
    simulator.reset([SCENARIO])
    first = simulator.render(wide)  # enlarged: the camera is too new to have seen anything
    assert first.shape == (1, 96, 128, 3)
    for _ in range(3):
        simulator.step(AHEAD)
        assert simulator.render(wide).shape == (1, 96, 128, 3)
    np.testing.assert_array_equal(simulator.render(wide), simulator.render(wide))


def test_the_environment(server: ServerProcess) -> None:
    env = gymnasium.make(
        "wormdrive/LaneKeeping-v0",
        simulator="carla",
        host="127.0.0.1",
        port=server.port,
        map="country_loop",
        season="autumn",
        camera={"width": 64, "height": 24},
        observation=("camera", "segmentation", "depth", "speed", "state"),
        render_mode="rgb_array",
        time_limit=2.0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # check_env's own opinions, the same as of the embedded simulator
        assert env.unwrapped.spec is not None
        env.unwrapped.spec.nondeterministic = True  # bits are more than a server promises
        check_env(env.unwrapped, skip_render_check=True)
    _, info = env.reset(seed=3)
    inside = gymnasium.make("wormdrive/LaneKeeping-v0", season="autumn", time_limit=2.0)
    _, same = inside.reset(seed=3)
    assert info["scenario"] == same["scenario"].model_copy(update={"time_limit_s": 2.0})
    assert set(info) == set(same)
    done = False
    while not done:
        _, _, terminated, truncated, info = env.step(np.zeros(1, np.float32))
        done = terminated or truncated
    assert info["end_reason"] in ("time_limit", "lane_departure")
    assert env.render().shape == (240, 640, 3)
    env.close()
    Witness(server.port).assert_clean()


def test_an_environment_that_ends_by_the_wheel(server: ServerProcess) -> None:
    """The tyres are those of the server's car."""
    env = gymnasium.make(
        "wormdrive/LaneKeeping-v0",
        simulator="carla",
        host="127.0.0.1",
        port=server.port,
        map="country_loop",
        observation="state",
        departure="wheel",
    )
    env.reset(seed=3)
    done = False
    while not done:
        _, _, terminated, truncated, info = env.step(np.full(1, 0.15, np.float32))
        done = terminated or truncated
    half_width_m = env.unwrapped.simulator.parameters.width_m / 2.0
    assert info["end_reason"] == "lane_departure"
    assert abs(info["lateral_offset"]) < 1.75 - half_width_m + 0.2  # a step's way beyond the border at most
    assert abs(info["lateral_offset"]) > 1.75 - half_width_m - 0.4  # its nose is turned outwards
    env.close()


def test_environments_side_by_side(server: ServerProcess, second: ServerProcess) -> None:
    envs = gymnasium.make_vec(
        "wormdrive/LaneKeeping-v0",
        num_envs=2,
        simulator="carla",
        port=[server.port, second.port],
        camera={"width": 64, "height": 24},
        time_limit=0.2,
    )
    observation, _ = envs.reset(seed=1)
    assert observation.shape == (2, 24, 64, 3)
    ended = 0
    for _ in range(20):
        _, _, _, truncated, _ = envs.step(np.zeros((2, 1), np.float32))
        ended += int(truncated.sum())
    assert ended == 6
    envs.close()
    for port in (server.port, second.port):
        Witness(port).assert_clean()
    with pytest.raises(ValueError, match=r"ports=.*allowed are 2, one a world"):
        gymnasium.make_vec("wormdrive/LaneKeeping-v0", num_envs=2, simulator="carla", port=server.port)
