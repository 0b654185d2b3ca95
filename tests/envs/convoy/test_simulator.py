from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from wormdrive.agents.convoy_expert import ConvoyExpert
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.convoy.scenario import ConvoyScenario, route_length_m
from wormdrive.envs.convoy.simulator import CONVOY_CAMERA, CONVOY_END_REASONS, ConvoyObservation, ConvoySimulator
from wormdrive.envs.convoy.speed_profile import EVERYDAY_PROFILES, leader_speed
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

SMALL = CameraConfig(width=64, height=24, fov_deg=60.0)


def convoy(seed: int, profile: str = "constant", season: str = "summer", duration_s: float = 10.0) -> ConvoyScenario:
    road = Scenario(
        route_seed=seed,
        seed=seed,
        conditions=Conditions.preset(season),
        route_length_m=route_length_m(duration_s, 4),
        time_limit_s=duration_s,
    )
    return ConvoyScenario(road=road, profile=profile)


def drive(simulator: ConvoySimulator, scenarios: list[ConvoyScenario], steps: int) -> list[ConvoyObservation]:
    expert = ConvoyExpert(simulator)
    shown = [simulator.reset(scenarios)]
    for _ in range(steps):
        shown.append(simulator.step(expert.act(shown[-1])))
    return shown


def test_cars_begin_behind_one_another_at_the_profiles_speed() -> None:
    simulator = ConvoySimulator(8, camera=None)
    scenarios = [convoy(seed, profile) for seed in range(2) for profile in EVERYDAY_PROFILES]
    shown = simulator.reset(scenarios)
    assert shown.gap_m.shape == (8, 3)
    assert (np.abs(shown.gap_error_m) < 0.25 * (shown.gap_m + 2.0)).all()
    wanted = [leader_speed(one.profile, one.road.seed, 1, 0.1)[0] for one in scenarios]
    np.testing.assert_allclose(shown.state.speed_mps[:, 0], wanted, atol=1.1)
    assert (np.abs(shown.state.lateral_offset_m) <= 0.3).all()
    assert all(len(np.unique(offsets)) == 4 for offsets in shown.state.lateral_offset_m)


def test_the_first_car_drives_its_profile() -> None:
    simulator = ConvoySimulator(1, camera=None)
    speeds = [one.state.speed_mps[0, 0] for one in drive(simulator, [convoy(0, "stop_and_go")], 100)]
    wanted = leader_speed("stop_and_go", 0, 100, 0.1)
    assert np.abs(np.array(speeds) - wanted)[20:].max() < 0.6


def test_the_first_car_can_find_grip_that_its_followers_do_not() -> None:
    simulator = ConvoySimulator(1, camera=None)
    alike = convoy(2, "emergency", "winter", 12.0)
    studded = alike.model_copy(update={"leader_friction": 1.0})
    hardest = [
        -10.0 * np.diff([one.state.speed_mps[0] for one in drive(simulator, [scenario], 110)], axis=0).min(axis=0)
        for scenario in (alike, studded, alike)
    ]
    assert (hardest[0] < 4.5).all()
    assert hardest[1][0] > 6.0
    assert (hardest[1][1:] < 4.5).all()
    np.testing.assert_array_equal(hardest[2], hardest[0])  # a drive leaves nothing to the next


def test_a_convoy_has_the_same_bits_in_any_company_and_with_any_number_of_threads() -> None:
    scenarios = [convoy(seed, profile) for seed, profile in enumerate(EVERYDAY_PROFILES)]
    alone = [drive(ConvoySimulator(1, camera=SMALL), [one], 5)[-1] for one in scenarios]
    together = drive(ConvoySimulator(4, camera=SMALL, threads=3), scenarios, 5)[-1]
    assert together.camera is not None
    for k, one in enumerate(alone):
        assert one.camera is not None
        np.testing.assert_array_equal(together.camera[k], one.camera[0])
        for field in fields(one.state):
            np.testing.assert_array_equal(getattr(together.state, field.name)[k], getattr(one.state, field.name)[0])


def test_each_car_sees_the_one_ahead_where_it_is() -> None:
    """Its width in the picture is 1.85 m by geometry; the nearer it is, the wider."""
    simulator = ConvoySimulator(1, segmentation=True)
    shown = simulator.reset([convoy(3)])
    assert shown.segmentation is not None
    focal = 100.0 / np.tan(np.radians(20.0))
    for car in range(3):
        columns = np.nonzero((shown.segmentation[0, car] == SemanticLabel.CAR).any(axis=0))[0]
        ahead_m = shown.gap_m[0, car] + 4.5 - 0.5
        assert np.ptp(columns) + 1 == pytest.approx(1.75 * focal / ahead_m, abs=3.0)


def test_brake_lights_can_be_seen() -> None:
    simulator = ConvoySimulator(1, cars=2)
    simulator.reset([convoy(2)])
    pictures = []
    for braking in (False, True):
        simulator.embedded.batch.braking[0] = braking
        pictures.append(simulator.embedded.render(CONVOY_CAMERA, [1])[0].astype(int))
    gained = (pictures[1] - pictures[0]).clip(min=0).sum(axis=(0, 1))
    assert gained[0] > 500
    assert gained[0] > 2 * gained[1]


def test_whoever_brakes_shows_it() -> None:
    simulator = ConvoySimulator(1, camera=None)
    shown = simulator.reset([convoy(2, "braking", duration_s=20.0)])
    expert, harder = ConvoyExpert(simulator), []
    for _ in range(200):
        before = shown.state.speed_mps
        shown = simulator.step(expert.act(shown))
        braking = simulator.embedded.batch.braking
        harder.append((((before - shown.state.speed_mps) / 0.1)[0], braking.copy()))
    gentle = np.array([light for change, lights in harder for c, light in zip(change, lights, strict=True) if c < 0.3])
    hard = np.array([light for change, lights in harder for c, light in zip(change, lights, strict=True) if c > 1.2])
    assert hard.all()
    assert gentle.mean() < 0.05


def test_the_expert_keeps_gap_and_lane_and_does_not_amplify_along_the_string() -> None:
    simulator = ConvoySimulator(4, camera=None)
    shown = drive(simulator, [convoy(1, profile, "winter", 20.0) for profile in EVERYDAY_PROFILES], 200)
    assert [CONVOY_END_REASONS[k] for k in shown[-1].end_reason] == ["time_limit"] * 4
    error = np.abs([one.gap_error_m for one in shown[50:]])
    assert error.max() < 4.0
    variation = np.std([one.state.speed_mps for one in shown], axis=0)
    assert (variation[1:, -1] < variation[1:, 0]).all()


def test_whoever_falls_back_is_lost() -> None:
    simulator = ConvoySimulator(1, camera=None)
    scenario = convoy(0, duration_s=30.0)
    expert = ConvoyExpert(simulator)
    shown = simulator.reset([scenario])
    while not shown.end_reason.all():
        command = expert.act(shown)
        command[0, 2, 1] = -0.2
        shown = simulator.step(command)
    assert CONVOY_END_REASONS[shown.end_reason[0]] == "lost"
    assert shown.failed.tolist() == [[False, False, True]]


def test_a_convoy_is_reset_alone_and_the_others_go_on() -> None:
    simulator = ConvoySimulator(2, camera=None)
    scenarios = [convoy(0), convoy(1)]
    shown = drive(simulator, scenarios, 20)[-1]
    again = simulator.reset(scenarios, np.array([True, False]))
    np.testing.assert_array_equal(again.state.x_m[1], shown.state.x_m[1])
    np.testing.assert_array_equal(again.state.x_m[0], ConvoySimulator(1, camera=None).reset([convoy(0)]).state.x_m[0])


def test_commands_have_a_shape() -> None:
    simulator = ConvoySimulator(1, camera=None)
    simulator.reset([convoy(0)])
    with pytest.raises(ArgumentError, match=r"command: shape \(1, 2, 2\), allowed is \(1, 3, 2\)"):
        simulator.step(np.zeros((1, 2, 2)))
