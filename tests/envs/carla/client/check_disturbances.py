"""Disturbances on a server: forces, grip, snow and a knocked camera there, late and spoilt frames here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest

from tests.envs.carla.client.witness import Witness
from tests.support.carla_server import ServerProcess
from wormdrive.agents.expert import Expert
from wormdrive.envs.carla.ego_actors.ego_vehicle import OUR_CAR
from wormdrive.envs.carla.simulator import CarlaSimulator
from wormdrive.envs.disturbances.disturbed_simulator import DisturbedSimulator
from wormdrive.envs.disturbances.picture_plan import picture_plan
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.scenario import Scenario

AHEAD = np.array([[0.0, np.nan]])
SMALL = CameraConfig(width=64, height=24)


def disturbed(**kinds: dict[str, float]) -> Scenario:
    return Scenario(map="country_loop", route_length_m=150.0, seed=4, disturbances=kinds)  # type: ignore[arg-type]


@pytest.fixture
def simulator(server: ServerProcess) -> Iterator[CarlaSimulator]:
    made = CarlaSimulator(1, ports=[server.port], camera=SMALL, segmentation=True)
    yield made
    made.close()


@pytest.fixture
def saloon(server: ServerProcess) -> Iterator[CarlaSimulator]:
    """Of the embedded car itself; others have engines and gearboxes of their own."""
    made = CarlaSimulator(1, ports=[server.port], camera=SMALL, vehicle=OUR_CAR)
    yield made
    made.close()


def drive(simulator: Any, scenario: Scenario, steps: int) -> Observation:
    expert = Expert(simulator, simulator.parameters)
    seen = simulator.reset([scenario])
    for _ in range(steps):
        seen = simulator.step(expert.act(seen))
    return seen


def test_frames_come_late_spoilt_or_not_at_all(simulator: CarlaSimulator) -> None:
    wrapped = DisturbedSimulator(simulator)
    scenario = disturbed(
        latency={"delay_s": 0.1}, frame_rate={"hz": 12.0}, blackout={"duration_s": 0.3, "period_s": 0.8},
        noise={"deviation": 0.1}, occlusion={"cover": 0.2}, exposure={"stops": 1.0}, dirt={"cover": 0.1},
    )  # fmt: skip
    plan = picture_plan(scenario)
    assert plan is not None
    seen, taken = wrapped.reset([scenario]), []
    for step in range(40):
        taken.append(simulator.last_observation)
        schedule = plan.schedule(step)
        source = int(schedule.source[step])
        camera, segmentation = taken[source].camera, taken[source].segmentation
        assert camera is not None
        assert segmentation is not None
        assert seen.camera is not None
        assert seen.segmentation is not None
        expected = plan.spoil(camera[0], source) * (not schedule.black[step])
        np.testing.assert_array_equal(seen.camera[0], expected)
        np.testing.assert_array_equal(seen.segmentation[0], segmentation[0])
        assert (seen.new_frame[0], seen.frame_interval_s[0]) == (schedule.new[step], schedule.interval_s[step])
        seen = wrapped.step(AHEAD)
    assert not schedule.new[:40].all()


def test_wind_and_ruts_push_as_they_push_the_embedded_car(saloon: CarlaSimulator) -> None:
    simulator = saloon
    embedded = EmbeddedSimulator(1, camera=None, parameters=simulator.parameters)
    scenario = disturbed(wind={"steady": 2500.0, "gust": 1500.0}, ruts={"depth_m": 0.03})
    over, inside = simulator.reset([scenario]), embedded.reset([scenario])
    for k in range(60):
        for name in ("x_m", "y_m", "station_m", "lateral_offset_m"):
            np.testing.assert_allclose(getattr(over.state, name), getattr(inside.state, name), atol=0.1, err_msg=name)
        command = np.array([[0.02 * np.sin(k / 8.0), np.nan]])
        over, inside = simulator.step(command), embedded.step(command)
    blown = over.state.lateral_offset_m[0]
    calm = simulator.reset([disturbed()])
    for k in range(60):
        calm = simulator.step(np.array([[0.02 * np.sin(k / 8.0), np.nan]]))
    assert blown > calm.state.lateral_offset_m[0] + 0.15


def test_ice_takes_the_grip_for_one_episode(saloon: CarlaSimulator) -> None:
    simulator = saloon

    def braked(scenario: Scenario) -> float:
        before = after = simulator.reset([scenario])
        for _ in range(20):
            after = simulator.step(np.array([[0.0, -1.0]]))
        return float(before.state.speed_mps[0] - after.state.speed_mps[0])

    dry = braked(disturbed())
    assert braked(disturbed(grip={"factor": 0.2})) == pytest.approx(0.2 * 0.95 * 9.81 * 20 / 30, rel=0.25)
    assert braked(disturbed()) == pytest.approx(dry, rel=0.02)
    assert dry > 3.0


def test_the_cruise_control_and_the_steering(simulator: CarlaSimulator) -> None:
    assert drive(simulator, disturbed(speed={"cruising_mps": 6.0}), 30).state.speed_mps[0] == pytest.approx(
        6.0, abs=0.6
    )
    wrapped = DisturbedSimulator(simulator)
    wrapped.reset([disturbed(steering={"offset": 0.1})])
    for _ in range(25):
        seen = wrapped.step(AHEAD)
    full = simulator.parameters.max_steer_rad
    assert seen.state.steer_angle_rad[0] == pytest.approx(-0.1 * full, abs=0.01)


def test_a_camera_is_knocked_and_put_back_for_the_next_episode(simulator: CarlaSimulator) -> None:
    scenario = disturbed(mount={"pitch_deg": 5.0, "yaw_deg": 15.0, "roll_deg": 4.0, "height_m": 0.5, "at_s": 0.2})
    embedded = EmbeddedSimulator(1, camera=SMALL, segmentation=True)
    over, inside, calm = [], [], []
    for shown, made, one in (
        (over, simulator, scenario), (inside, embedded, scenario), (calm, simulator, disturbed()),
    ):  # fmt: skip
        seen = made.reset([one])  # type: ignore[attr-defined]
        for _ in range(9):
            assert seen.segmentation is not None
            shown.append(seen.segmentation[0])
            seen = made.step(AHEAD)  # type: ignore[attr-defined]
    for step in range(9):
        assert (over[step] == inside[step]).mean() > 0.8, step  # trees stand elsewhere
        assert ((over[step] == calm[step]).mean() > 0.98) == (step < 6), step


def test_snow_arrives_on_the_way(simulator: CarlaSimulator) -> None:
    scenario = disturbed(arriving_snow={"begin": 0.0, "end": 0.2})
    first = simulator.reset([scenario])
    last = drive(simulator, scenario, 130)
    now = simulator.scenarios[0]
    assert now is not None
    assert now.conditions.season.snow_cover == 1.0
    assert first.camera is not None
    assert last.camera is not None
    assert last.camera.mean() > first.camera.mean() + 10.0


def test_the_environment_takes_disturbances(server: ServerProcess) -> None:
    env = gymnasium.make(
        "wormdrive/LaneKeeping-v0", simulator="carla", host="127.0.0.1", port=server.port, observation="camera",
        disturbances={"blackout": {"duration_s": 0.5, "period_s": 0.5}, "grip": {"factor": 0.5}},
    )  # fmt: skip
    _, info = env.reset(seed=0)
    assert info["scenario"].disturbances.kinds == ("blackout", "grip")
    shown = [env.step(np.zeros(1, np.float32))[0] for _ in range(16)]
    assert not shown[-1].any()
    env.close()
    Witness(server.port).assert_clean()
