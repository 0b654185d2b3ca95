from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import RecordVideo
from stable_baselines3.common.env_checker import check_env as check_env_sb3

import wormdrive
from wormdrive.agents.expert import Expert
from wormdrive.envs.common.errors import ArgumentError, ConditionsError, DisplayError, MapError
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.lane_keeping.environment import LaneKeepingEnv
from wormdrive.envs.lane_keeping.reward import lane_keeping_reward
from wormdrive.envs.lane_keeping.task import OBSERVATIONS
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.sampler import ConditionsSampler
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.scenario import Scenario

ID = "wormdrive/LaneKeeping-v0"
SMALL: dict[str, Any] = {"camera": {"width": 40, "height": 16}, "route_length": 60.0, "routes": 4}
EVERYTHING = {"observation": OBSERVATIONS, "action": "steer_acceleration", **SMALL}


@pytest.fixture
def _simulated_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


def test_registered_under_its_name() -> None:
    assert wormdrive.__version__
    env = gym.make(f"wormdrive:{ID}")
    assert env.action_space == gym.spaces.Box(-1.0, 1.0, (1,), np.float32)
    assert env.observation_space == gym.spaces.Box(0, 255, (78, 200, 3), np.uint8)
    assert env.metadata["render_fps"] == 30
    env.close()


@pytest.mark.usefixtures("_simulated_display")
@pytest.mark.parametrize("options", [{}, EVERYTHING, {"observation": "state", "traffic": 3}])
def test_gymnasiums_checker(options: dict[str, Any]) -> None:
    check_env(gym.make(ID, **options).unwrapped)


@pytest.mark.parametrize("options", [{}, {"observation": ("camera", "speed"), "action": "steer_acceleration"}])
def test_stable_baselines_checker(options: dict[str, Any]) -> None:
    check_env_sb3(gym.make(ID, **options).unwrapped)


@pytest.mark.parametrize("options", [SMALL, EVERYTHING])
def test_rollouts_are_determined_by_the_seed(options: dict[str, Any]) -> None:
    def rollout(seed: int) -> list[Any]:
        env = gym.make(ID, season=("summer", "winter"), traffic=2, **options)
        env.action_space.seed(seed)
        seen = [*env.reset(seed=seed)]
        for _ in range(40):
            step = env.step(env.action_space.sample())
            seen += step
            if step[2] or step[3]:
                seen += env.reset()
        env.close()
        return seen

    one, two = rollout(7), rollout(7)
    for a, b in zip(one, two, strict=True):
        same(a, b)
    assert one[1]["scenario"] != rollout(8)[1]["scenario"]


def same(a: Any, b: Any) -> None:
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            same(a[key], b[key])
    else:
        np.testing.assert_array_equal(a, b)


def test_the_expert_drives_the_route_and_is_paid_for_it() -> None:
    env = gym.make(ID, observation="state", seed=3, route_length=100.0)
    simulator = env.unwrapped.simulator  # type: ignore[attr-defined]
    assert isinstance(simulator.unwrapped, EmbeddedSimulator)
    _, info = env.reset()
    expert, total, steps = Expert(simulator), 0.0, 0
    terminated = truncated = False
    while not (terminated or truncated):
        assert info["end_reason"] == ""
        action = expert.act(simulator.last_observation)[0, :1].astype(np.float32)
        _, reward, terminated, truncated, info = env.step(action)
        total += float(reward)
        steps += 1
    assert (terminated, truncated, info["end_reason"]) == (False, True, "route_done")
    assert info["season"] == "summer"
    assert total == pytest.approx(steps, rel=0.1)
    assert set(info) == {
        "station", "lateral_offset", "heading_error", "curvature", "speed", "season", "end_reason", "is_success",
        "scenario"
    }  # fmt: skip
    assert info["is_success"] is True
    assert info["speed"] == pytest.approx(10.0, abs=1.0)


def test_leaving_the_lane_terminates() -> None:
    env = gym.make(ID, observation="state")
    env.reset(seed=0)
    for _ in range(200):
        _, reward, terminated, truncated, info = env.step(np.array([0.8], np.float32))
        if terminated:
            break
    assert (terminated, truncated, info["end_reason"]) == (True, False, "lane_departure")
    assert info["is_success"] is False
    assert info["lateral_offset"] < -1.75
    assert reward < 0.0


def test_leaving_the_lane_by_a_wheel_terminates_where_it_is_asked_for() -> None:
    ends = {}
    for departure in ("centre", "wheel"):
        env = gym.make(ID, observation="state", departure=departure)
        env.reset(seed=0)
        terminated = False
        while not terminated:
            *_, terminated, _, info = env.step(np.array([0.15], np.float32))
        assert info["end_reason"] == "lane_departure"
        ends[departure] = info
    assert ends["centre"]["lateral_offset"] < -1.75
    assert -0.95 < ends["wheel"]["lateral_offset"] < -0.5  # half a car of 1.8 m in half a lane of 1.75 m, nose first
    with pytest.raises(ArgumentError, match=r"departure='nose'.*centre.*wheel"):
        gym.make(ID, departure="nose")


def test_brakes_and_throttle() -> None:
    env = gym.make(ID, observation="speed", action="steer_acceleration")
    env.reset(seed=0)
    for _ in range(45):
        braked = env.step(np.array([0.0, -1.0], np.float32))[0]
    env.reset(seed=0)
    for _ in range(45):
        pushed = env.step(np.array([0.0, 1.0], np.float32))[0]
    assert braked[0] < 1.0
    assert pushed[0] > 12.0


def test_reset_on_a_given_scenario() -> None:
    scenario = Scenario(conditions=Conditions.preset("winter"), route_seed=9, seed=9)
    env = gym.make(ID, observation="state")
    first, info = env.reset(options={"scenario": scenario})
    second, _ = env.reset(options={"scenario": scenario})
    assert info["scenario"] == scenario
    assert info["season"] == "winter"
    np.testing.assert_array_equal(first, second)


def test_disturbances_are_every_episodes_given_either_way() -> None:
    chosen = {"frame_rate": {"hz": 5.0}, "speed": {"cruising_mps": 5.0}}
    shown = []
    for disturbances in (chosen, Disturbances(**chosen)):
        env = gym.make(ID, disturbances=disturbances, observation=("camera", "speed"))
        seen, info = env.reset(seed=2)
        assert info["scenario"].disturbances == Disturbances(**chosen)
        frames = [seen["camera"]]
        for _ in range(12):
            seen, *_ = env.step(np.zeros(1, np.float32))
            frames.append(seen["camera"])
        assert seen["speed"][0] == pytest.approx(5.0, abs=0.3)
        assert sum((a != b).any() for a, b in itertools.pairwise(frames)) == 2
        env.close()
        shown.append(np.stack(frames))
    np.testing.assert_array_equal(*shown)


def test_conditions_may_come_from_a_sampler() -> None:
    sampler = ConditionsSampler.around("autumn", "fog", season__leaf_litter=(0.2, 0.9))
    env = gym.make(ID, observation="state", conditions=sampler)
    litter = [env.reset(seed=k)[1]["scenario"].conditions.season.leaf_litter for k in (1, 2, 1)]
    assert litter[0] != litter[1]
    assert litter[0] == litter[2]


def test_conditions_may_be_drawn() -> None:
    def draw(random: np.random.Generator) -> Conditions:
        return Conditions.preset("autumn").replace(season={"leaf_litter": float(random.uniform())})

    env = gym.make(ID, observation="state", conditions=draw)
    litter = {env.reset(seed=k)[1]["scenario"].conditions.season.leaf_litter for k in range(4)}
    assert len(litter) == 4


def test_all_names_given_are_used() -> None:
    env = gym.make(ID, observation="state", season=("summer", "winter"), weather=("day", "fog"))
    env.reset(seed=0)
    seen = set()
    for _ in range(40):
        conditions = env.reset()[1]["scenario"].conditions
        seen.add((conditions.season.name, conditions.weather.fog_density > 30.0))
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"season": "monsoon"}, ArgumentError, "season='monsoon': allowed are summer"),
        ({"weather": ("day", "hail")}, ArgumentError, "weather='hail': allowed are day"),
        ({"observation": "lidar"}, ArgumentError, "observation='lidar': allowed are camera"),
        ({"observation": ()}, ArgumentError, r"observation=\(\): allowed"),
        ({"observation": ("speed", "speed")}, ArgumentError, "allowed is each once"),
        ({"action": "throttle"}, ArgumentError, "action='throttle': allowed are steer"),
        ({"route_length": 1.0}, ArgumentError, r"route_length=1.0: allowed is 20 to 20000"),
        ({"routes": 0}, ArgumentError, "routes=0: allowed"),
        ({"seed": -1}, ArgumentError, "seed=-1: allowed"),
        ({"traffic": 9}, ArgumentError, "traffic=9: allowed is 0 to 8"),
        ({"time_limit": 0.0}, ArgumentError, "time_limit=0.0: allowed"),
        ({"threads": 0}, ArgumentError, "threads=0: allowed"),
        ({"camera": {"zoom": 2}}, ArgumentError, "camera=.*zoom.*: allowed are width, height"),
        ({"camera": {"width": 2}}, ArgumentError, "camera=.*width=2.*: allowed are 8"),
        ({"conditions": "winter"}, ArgumentError, "conditions='winter': allowed are"),
        ({"channel_axis": 1}, ArgumentError, "channel_axis=1: allowed are False, True"),
        (
            {"camera": {"pitch_rad": float("nan")}},
            ArgumentError,
            "camera=.*nan.*: allowed for pitch_rad is -1.4 to 1.4",
        ),
        ({"conditions": lambda _: Conditions.preset("monsoon")}, ConditionsError, "monsoon"),
        ({"disturbances": {"noise": {"deviation": 2}}}, ArgumentError, "disturbances.noise.deviation=2: allowed is"),
        ({"disturbances": {"fog": {}}}, ArgumentError, "disturbances.fog={}: no such field; allowed are blackout"),
        ({"disturbances": "noise"}, ArgumentError, "disturbances='noise': allowed are Disturbances, or a mapping"),
        ({"disturbances": {3: {}}}, ArgumentError, "disturbances={3: {}}: allowed are Disturbances, or a mapping"),
        ({"map": "atlantis"}, MapError, "atlantis"),
        ({"map": 3}, ArgumentError, "map=3: allowed are names of maps"),
        ({"weather": None}, ArgumentError, "weather=None: allowed are day"),
        ({"observation": 3}, ArgumentError, "observation=3: allowed are camera"),
        ({"simulator": "carla", "port": "x"}, ArgumentError, "port='x': allowed are 1 to 65534"),
        ({"timeout": "long"}, ArgumentError, "timeout='long': allowed"),
        ({"host": None}, ArgumentError, "host=None: allowed"),
        ({"camera": {"width": "wide"}}, ArgumentError, "camera=.*wide.*: allowed are 8"),
        ({"camera": 3}, ArgumentError, "camera=3: allowed are width"),
        ({"threads": "many"}, ArgumentError, "threads='many': allowed"),
        *[
            ({name: "x"}, ArgumentError, f"{name}='x': allowed")
            for name in ("route_length", "routes", "seed", "traffic", "time_limit", "action", "season")
        ],
    ],
)
def test_errors_name_what_is_allowed(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        gym.make(ID, **options).reset(seed=0)


def test_an_unknown_render_mode() -> None:
    with pytest.raises(ArgumentError, match="render_mode='ascii': allowed are None, rgb_array"):
        LaneKeepingEnv(render_mode="ascii")


def test_bad_actions_and_options() -> None:
    env = gym.make(ID, observation="state", disable_env_checker=True)
    with pytest.raises(ArgumentError, match="options='speed': allowed are scenario, season"):
        env.reset(options={"speed": 3})
    with pytest.raises(ArgumentError, match="allowed is a Scenario"):
        env.reset(options={"scenario": "easy"})
    env.reset(seed=0)
    with pytest.raises(ArgumentError, match=r"allowed is \(1,\)"):
        env.step(np.zeros(2, np.float32))
    with pytest.raises(ArgumentError, match="NaN"):
        env.step(np.full(1, np.nan, np.float32))
    with pytest.raises(ArgumentError, match=r"action: -inf, allowed are numbers in \[-1, 1\]"):
        env.step(np.full(1, -np.inf, np.float32))
    with pytest.raises(ArgumentError, match=r"action=\['x'\]: allowed"):
        env.step("x")
    with pytest.raises(ArgumentError, match="options=5: allowed is None or a mapping"):
        env.reset(options=5)  # type: ignore[arg-type]
    for seed in (-1, 1.5, True, "x"):
        with pytest.raises(ArgumentError, match=r"seed=.*: allowed is a whole number from 0"):
            env.reset(seed=seed)  # type: ignore[arg-type]


def test_a_reset_has_the_keys_of_a_step() -> None:
    env = gym.make(ID, observation="state")
    _, first = env.reset(seed=0)
    *_, info = env.step(np.zeros(1, np.float32))
    assert list(info) == list(first)
    assert info["scenario"] == first["scenario"]
    assert [type(value) for value in info.values()] == [type(value) for value in first.values()]


def test_a_seed_may_be_numpys() -> None:
    def first(given: Any, **options: Any) -> tuple[np.ndarray, Scenario]:
        seen, info = gym.make(ID, observation="state", **options).reset(seed=given)
        return seen, info["scenario"]

    for other in (first(np.int64(7)), first(np.uint8(7)), first(None, seed=np.int32(7))):
        np.testing.assert_array_equal(other[0], first(7)[0])
        assert other[1] == first(7)[1]


def test_a_reset_may_name_season_weather_and_map() -> None:
    env = gym.make(ID, observation="state", disable_env_checker=True)
    _, info = env.reset(seed=0, options={"season": "winter", "weather": "night", "map": "suburb"})
    scenario = info["scenario"]
    assert (info["season"], scenario.map) == ("winter", "suburb")
    assert scenario.conditions == Conditions.preset("winter", "night")
    assert env.reset()[1]["scenario"].map == "country_loop"
    assert env.reset(options={"season": ["autumn", "spring"]})[1]["season"] in ("autumn", "spring")
    with pytest.raises(ArgumentError, match=r"options\['season'\]='monsoon': allowed are summer"):
        env.reset(options={"season": "monsoon"})
    with pytest.raises(ArgumentError, match=r"options\['map'\]='town': allowed where no 'scenario' is given"):
        env.reset(options={"scenario": Scenario(), "map": "town"})


@pytest.mark.slow
def test_pictures_of_one_channel_have_an_axis_for_it_on_request() -> None:
    flat, deep = (gym.make(ID, **{**EVERYTHING, "channel_axis": axis}) for axis in (False, True))
    assert isinstance(deep.observation_space, gym.spaces.Dict)
    for name in ("segmentation", "depth"):
        assert deep.observation_space[name].shape == (16, 40, 1)
    (one, _), (other, _) = flat.reset(seed=4), deep.reset(seed=4)
    assert deep.observation_space.contains(other)
    for name in ("segmentation", "depth"):
        np.testing.assert_array_equal(one[name], other[name][..., 0])
    np.testing.assert_array_equal(one["camera"], other["camera"])


def test_finite_actions_are_cut_off() -> None:
    env = gym.make(ID, observation="state", disable_env_checker=True)
    ends = []
    for steer in (1.0, 5.0):
        env.reset(seed=0)
        ends.append([env.step(np.full(1, steer, np.float32))[0] for _ in range(5)][-1])
    np.testing.assert_array_equal(*ends)


def test_video_is_recorded(tmp_path: Path) -> None:
    env = RecordVideo(
        gym.make(ID, render_mode="rgb_array", observation="state"), str(tmp_path / "new"), disable_logger=True
    )
    env.reset(seed=0)
    for _ in range(8):
        env.step(np.zeros(1, np.float32))
    env.close()
    (video,) = tmp_path.glob("new/*.mp4")
    assert video.stat().st_size > 10_000


def test_rendered_pictures_are_larger_and_even() -> None:
    env = gym.make(ID, render_mode="rgb_array", camera={"width": 90, "height": 35})
    env.reset(seed=0)
    picture = env.render()
    assert isinstance(picture, np.ndarray)
    assert picture.shape == (244, 630, 3)
    assert picture.std() > 20.0


def test_a_window_without_a_display_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(DisplayError, match="rgb_array"):
        gym.make(ID, render_mode="human", observation="state")


@pytest.mark.usefixtures("_simulated_display")
def test_a_window_shows_road_charts_and_map() -> None:
    import pygame

    env = gym.make(ID, render_mode="human")
    env.reset(seed=0)
    env.step(np.zeros(1, np.float32))
    window = env.unwrapped._window
    shown = window.cockpit.picture()
    assert shown.shape == (752, 1280, 3)
    layout = window.cockpit.layout

    def inside(box: tuple[int, int, int, int]) -> np.ndarray:
        x, y, width, height = box
        return shown[y : y + height, x : x + width]

    assert inside(layout.road).std() > 30.0
    assert inside(layout.seen).std() > 15.0
    assert (inside(layout.charts) == np.array((64, 190, 150))).all(axis=2).sum() > 5  # the offset's curve
    assert (inside(layout.large_map) == np.array((224, 230, 238))).all(axis=2).sum() > 20  # the car
    env.close()
    assert not pygame.display.get_init()


def test_reward_is_progress_minus_offset() -> None:
    reward = lane_keeping_reward(np.array([1.0 / 3.0, 0.0, 1.0 / 3.0]), np.array([0.0, -0.5, 1.0]), 1.0 / 30.0)
    np.testing.assert_allclose(reward, [1.0, -0.5, 0.0], atol=1e-12)
