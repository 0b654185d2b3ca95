from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support.routes import synthetic_route
from tests.support.simulator_suite import SimulatorSuite
from wormdrive.agents.expert import Expert
from wormdrive.envs.common.errors import SimulatorError
from wormdrive.envs.disturbances import lens_effects, sensor_effects
from wormdrive.envs.disturbances.disturbed_simulator import DisturbedSimulator
from wormdrive.envs.disturbances.frame_schedule import frame_schedule
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator

SMALL = CameraConfig(width=64, height=24)
DT_S = 1 / 30
ROUTES = [synthetic_route(seed) for seed in range(3)]
STRAIGHT = synthetic_route(0, tightest_radius_m=1e9, hills=False)
KINDS: dict[str, dict[str, float]] = {
    "blackout": {"duration_s": 0.2, "period_s": 0.5}, "freeze": {"duration_s": 0.2, "period_s": 0.5},
    "drop": {"probability": 0.3}, "frame_rate": {"hz": 7.0, "jitter": 0.5}, "latency": {"delay_s": 0.1},
    "noise": {"deviation": 0.1}, "blur": {"sigma": 1.5}, "glare": {"strength": 0.7}, "dirt": {"cover": 0.2},
    "occlusion": {"cover": 0.2}, "mount": {"pitch_deg": 3.0, "yaw_deg": 5.0, "roll_deg": 4.0, "height_m": 0.3},
    "exposure": {"stops": 2.0, "period_s": 0.3}, "wind": {"steady": 500.0, "gust": 900.0}, "ruts": {"depth_m": 0.08},
    "steering": {"offset": 0.05, "play": 0.04}, "grip": {"factor": 0.3}, "speed": {"cruising_mps": 15.0},
    "arriving_snow": {"begin": 0.0, "end": 0.2},
}  # fmt: skip
PICTURES = {"noise", "blur", "glare", "dirt", "occlusion", "exposure"}


def find(scenario: Scenario) -> Route:
    return ROUTES[scenario.route_seed % len(ROUTES)]


def disturbed(seed: int = 1, **kinds: dict[str, float]) -> Scenario:
    return Scenario(route_seed=seed, seed=seed, route_length_m=120.0, disturbances=kinds)  # type: ignore[arg-type]


def opened(worlds: int, threads: int = 1, camera: CameraConfig | None = SMALL, route: Any = find) -> DisturbedSimulator:
    inner = EmbeddedSimulator(
        worlds, camera=camera, segmentation=camera is not None, depth=camera is not None, threads=threads,
        find_route=route,
    )  # fmt: skip
    return DisturbedSimulator(inner)


def drive(scenarios: list[Scenario], steps: int, threads: int = 1, route: Any = find) -> list[Observation]:
    """All see the same commands, those that an expert would give in the first world without wear of its own."""
    simulator = opened(len(scenarios), threads, route=route)
    expert = Expert(simulator, simulator.parameters)
    seen = [simulator.reset(scenarios)]
    for _ in range(steps):
        seen.append(simulator.step(expert.act(seen[-1])))
    simulator.close()
    return seen


def bits(seen: Observation, world: int) -> list[bytes]:
    parts = [
        seen.camera,
        seen.segmentation,
        seen.depth,
        seen.new_frame,
        seen.frame_interval_s,
        *vars(seen.state).values(),
    ]
    return [np.ascontiguousarray(part[world]).tobytes() for part in parts]


class TestDisturbedSimulator(SimulatorSuite):
    def make(self, worlds: int, camera: CameraConfig | None, *, segmentation: bool, depth: bool) -> Simulator:
        return DisturbedSimulator(EmbeddedSimulator(worlds, camera=camera, segmentation=segmentation, depth=depth))


class TestDisturbedSimulatorWithWearAndGaps(TestDisturbedSimulator):
    def scenario(self, seed: int) -> Scenario:
        values = {"steering": {"play": 0.01}, "drop": {"probability": 0.5}, "noise": {"deviation": 0.1}}
        return super().scenario(seed).model_copy(update={"disturbances": Disturbances(**values)})  # type: ignore[arg-type]


def test_without_disturbances_observations_pass_through_untouched() -> None:
    simulator = opened(2)
    seen = simulator.reset([disturbed(), disturbed(2)])
    assert seen is simulator.unwrapped.last_observation
    assert simulator.step(np.tile([0.1, np.nan], (2, 1))) is simulator.unwrapped.last_observation
    assert seen.new_frame.all()
    assert (seen.frame_interval_s == simulator.dt_s).all()


def test_every_kind_has_the_same_bits_alone_and_in_company_on_any_threads() -> None:
    scenarios = [disturbed(k, **{name: KINDS[name]}) for k, name in enumerate(KINDS)]
    scenarios += [disturbed(50, **KINDS), disturbed(51)]
    together = drive(scenarios, 40)
    threaded = drive(scenarios, 40, threads=3)
    for one, other in zip(together, threaded, strict=True):
        for world in range(len(scenarios)):
            assert bits(one, world) == bits(other, world)
    for world, scenario in enumerate(scenarios):
        for one, alone in zip(together, drive([scenario], 40), strict=True):
            assert bits(one, world) == bits(alone, 0), scenario.disturbances.kinds


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_changes_what_it_is_about_and_nothing_else(name: str) -> None:
    found = drive([disturbed(3), disturbed(3, **{name: KINDS[name]})], 45)
    camera, motion, clock, labels = (
        any((array[0] != array[1]).any() for array in arrays)
        for arrays in (
            [seen.camera for seen in found],
            [seen.state.y_m for seen in found],
            [seen.new_frame for seen in found],
            [seen.segmentation for seen in found],
        )
    )
    assert camera
    moved = {"wind", "ruts", "steering", "grip", "speed"}
    assert motion == (name in moved | {"arriving_snow"})
    assert clock == (name in {"drop", "frame_rate", "latency"})
    if name in PICTURES | {"blackout"}:
        assert not labels
    other = drive([disturbed(4, **{name: KINDS[name]}), disturbed(5, **{name: KINDS[name]})], 5)
    assert (other[-1].camera[0] != other[-1].camera[1]).any()


def test_frames_are_shown_as_the_schedule_says() -> None:
    kinds = {name: KINDS[name] for name in ("blackout", "freeze", "drop", "frame_rate", "latency")}
    found = drive([disturbed(2), disturbed(2, **kinds)], 60)
    plan = frame_schedule(Disturbances(**kinds), 2, 61)  # type: ignore[arg-type]
    assert plan.black[:61].any()
    assert (plan.source[:61] < np.arange(61) - 3).any()
    for step, seen in enumerate(found):
        taken = found[plan.source[step]]
        expected = 0 * taken.camera[0] if plan.black[step] else taken.camera[0]
        np.testing.assert_array_equal(seen.camera[1], expected)
        np.testing.assert_array_equal(seen.segmentation[1], taken.segmentation[0])
        np.testing.assert_array_equal(seen.depth[1], taken.depth[0])
        assert (seen.new_frame[1], seen.frame_interval_s[1]) == (plan.new[step], plan.interval_s[step])


def test_frames_are_spoilt_in_the_order_of_the_light() -> None:
    spoils = Disturbances(noise={"deviation": 0.05}, dirt={"cover": 0.3}, blur={"sigma": 1.0})
    plain, spoilt = disturbed(4), disturbed(4).model_copy(update={"disturbances": spoils})
    assert spoils.dirt is not None
    assert spoils.blur is not None
    assert spoils.noise is not None
    for step, seen in enumerate(drive([plain, spoilt], 3)):
        picture = lens_effects.dirt(seen.camera[0], spoils.dirt, 4, step)
        picture = lens_effects.blur(picture, spoils.blur, 4, step)
        np.testing.assert_array_equal(seen.camera[1], sensor_effects.noise(picture, spoils.noise, 4, step))


def test_a_knocked_camera_sees_what_one_mounted_there_sees() -> None:
    mount = {"pitch_deg": 4.0, "yaw_deg": -8.0, "roll_deg": 3.0, "height_m": 0.4}
    pitch, yaw, roll = np.radians([4.0, -8.0, 3.0])
    moved = CameraConfig(width=64, height=24, z_m=1.8, pitch_rad=0.1 + pitch, yaw_rad=yaw, roll_rad=roll)
    simulator = opened(2)
    seen = simulator.reset([disturbed(2), disturbed(2, mount={**mount, "at_s": 0.1})])
    np.testing.assert_array_equal(seen.camera[0], seen.camera[1])
    for step in range(1, 6):
        seen = simulator.step(np.tile([0.0, np.nan], (2, 1)))
        same = (seen.camera[0] == seen.camera[1]).all()
        assert same == (step < 3)
    there = simulator.render(moved, [0])[0].astype(float)
    assert np.abs(there - seen.camera[1]).mean() < 1.5, "but for rounding and the noise of its seed"
    assert np.abs(there - seen.camera[0]).mean() > 10.0


def test_worn_steering_turns_the_wheels_otherwise() -> None:
    simulator = opened(3, camera=None, route=lambda _: STRAIGHT)
    simulator.reset([disturbed(1), disturbed(1, steering={"offset": 0.1}), disturbed(1, steering={"play": 0.1})])
    for _ in range(30):
        seen = simulator.step(np.tile([0.02, np.nan], (3, 1)))
    full = simulator.parameters.max_steer_rad
    np.testing.assert_allclose(seen.state.steer_angle_rad, [-0.02 * full, -0.12 * full, 0.0], atol=1e-4)
    simulator.reset([disturbed(1)] * 3, np.array([False, True, False]))
    for _ in range(30):
        seen = simulator.step(np.tile([0.0, np.nan], (3, 1)))
    assert seen.state.steer_angle_rad[1] == pytest.approx(0.0, abs=1e-4), "a new episode has its own wear"


def test_ice_takes_the_grip_that_it_says() -> None:
    simulator = opened(2, camera=None, route=lambda _: STRAIGHT)
    start = simulator.reset([disturbed(1, speed={"cruising_mps": 10.0}), disturbed(1, grip={"factor": 0.1})])
    for _ in range(30):
        seen = simulator.step(np.tile([0.0, -1.0], (2, 1)))
    friction = Conditions.preset("summer").friction
    lost = start.state.speed_mps - seen.state.speed_mps
    assert lost[0] > 6.0
    assert lost[1] == pytest.approx(0.95 * 0.1 * friction * 9.81, rel=0.25)


def test_the_cruise_control_wants_another_speed() -> None:
    simulator = opened(4, camera=None, route=lambda _: STRAIGHT)
    wanted = np.array([10.0, 4.0, 15.0, 25.0])
    scenarios = [disturbed(1), *(disturbed(1, speed={"cruising_mps": speed}) for speed in wanted[1:])]
    seen, expert = simulator.reset(scenarios), Expert(simulator, simulator.parameters)
    for _ in range(90):
        seen = simulator.step(expert.act(seen))
    np.testing.assert_allclose(seen.state.speed_mps, wanted, rtol=0.06)
    for _ in range(1200):
        seen = simulator.step(expert.act(seen))
    assert (seen.end_reason == 2).all(), "there is time enough for the slow one"


def test_snow_arrives_on_the_way_and_takes_the_grip() -> None:
    snow = disturbed(1, arriving_snow={"begin": 0.2, "end": 0.6})
    simulator = opened(2, route=lambda _: STRAIGHT)
    seen = simulator.reset([disturbed(1), snow])
    np.testing.assert_array_equal(seen.camera[0], seen.camera[1])
    covers, brighter = [], []
    while not seen.end_reason[1]:
        scenario = simulator.scenarios[1]
        assert scenario is not None
        covers.append(scenario.conditions.season.snow_cover)
        brighter.append(float(seen.camera[1].mean()) - float(seen.camera[0].mean()))
        seen = simulator.step(np.tile([0.0, np.nan], (2, 1)))
    assert (covers[0], covers[-1]) == (0.0, 1.0)
    assert (np.diff(covers) >= 0.0).all()
    assert brighter[-1] > 10.0
    assert simulator.scenarios[1].disturbances == snow.disturbances  # type: ignore[union-attr]

    def stopping_m(scenario: Scenario) -> float:
        one = opened(1, camera=None, route=lambda _: STRAIGHT)
        before, expert = one.reset([scenario]), Expert(one, one.parameters)
        for _ in range(270):
            before = one.step(expert.act(before))
        after = before
        while after.state.speed_mps[0] > 0.1:
            after = one.step(np.array([[0.0, -1.0]]))
            assert not after.end_reason[0]
        return float(after.state.station_m[0] - before.state.station_m[0])

    long = {"route_length_m": 300.0}
    assert stopping_m(snow.model_copy(update=long | {"disturbances": Disturbances(arriving_snow={"end": 0.25})})) > (
        2.0 * stopping_m(disturbed(1).model_copy(update=long))
    )


def test_conditions_may_change_under_disturbances() -> None:
    simulator = opened(1)
    simulator.reset([disturbed(1, noise={"deviation": 0.02})])
    simulator.change_conditions(0, Conditions.preset("winter"))
    scenario = simulator.scenarios[0]
    assert scenario is not None
    assert (scenario.conditions.season.name, scenario.disturbances.kinds) == ("winter", ("noise",))


def test_some_worlds_are_reset_and_others_go_on() -> None:
    kinds = {name: KINDS[name] for name in ("latency", "frame_rate", "noise", "steering")}
    whole, alone = opened(2), opened(1)
    command = np.array([[0.03, np.nan]])
    whole.reset([disturbed(1, **kinds), disturbed(2, **kinds)])
    alone.reset([disturbed(1, **kinds)])
    for step in range(20):
        if step == 9:
            whole.reset([disturbed(1, **kinds), disturbed(7, **kinds)], np.array([False, True]))
        seen, expected = whole.step(np.tile(command, (2, 1))), alone.step(command)
        assert bits(seen, 0) == bits(expected, 0)
    fresh = opened(1)
    fresh.reset([disturbed(7, **kinds)])
    for _ in range(11):
        expected = fresh.step(command)
    assert bits(seen, 1) == bits(expected, 0)


def test_a_simulator_alone_refuses_what_it_cannot_do() -> None:
    bare = EmbeddedSimulator(1, camera=None)
    for name in KINDS:
        scenario = disturbed(1, **{name: KINDS[name]})
        if name in {"mount", "wind", "ruts", "grip", "speed", "arriving_snow"}:
            bare.reset([scenario])
        else:
            with pytest.raises(SimulatorError, match=rf"scenarios\[0\]\.disturbances\.{name}: allowed in simulators"):
                bare.reset([scenario])
