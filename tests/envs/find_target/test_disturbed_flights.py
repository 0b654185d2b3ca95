from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.envs.find_target.flights import SCENARIO
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.environment import FindTargetEnv
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.vector_environment import FindTargetVectorEnv
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightObservation, FlightWorlds
from wormdrive.envs.simulation.disturbances import IN_FLIGHT, Disturbances

KINDS: dict[str, dict[str, float]] = {
    "blackout": {"duration_s": 0.3, "period_s": 0.6}, "freeze": {"duration_s": 0.3, "period_s": 0.6},
    "drop": {"probability": 0.5}, "frame_rate": {"hz": 3.0}, "latency": {"delay_s": 0.2}, "noise": {"deviation": 0.1},
    "blur": {"sigma": 1.5}, "glare": {"strength": 0.7}, "dirt": {"cover": 0.2}, "occlusion": {"cover": 0.2},
    "exposure": {"stops": 2.0, "period_s": 0.3}, "gusts": {"strength": 1.0},
}  # fmt: skip
LATE = {"freeze", "drop", "frame_rate", "latency"}
STEPS = 8
ACTIONS = np.random.default_rng(0).uniform(-0.5, 1.0, (STEPS, 4))


def disturbed(seed: int = 4, **kinds: dict[str, float]) -> FlightScenario:
    return replace(SCENARIO, seed=seed, disturbances=Disturbances(**kinds))  # type: ignore[arg-type]


def flown(scenarios: list[FlightScenario], threads: int = 1) -> list[FlightObservation]:
    worlds = FlightWorlds(len(scenarios), WoodCamera(48, 32, threads=threads), segmentation=True)
    found = [worlds.reset(scenarios)]
    for action in ACTIONS:
        found.append(worlds.step(np.tile(action, (len(scenarios), 1))))
    return found


def bits(seen: FlightObservation, n: int) -> list[bytes]:
    return [np.asarray(array)[n].tobytes() for array in seen if array is not None]


def test_every_kind_is_the_same_in_a_batch_as_alone() -> None:
    assert set(KINDS) == IN_FLIGHT
    scenarios = [disturbed(k, **{name: KINDS[name]}) for k, name in enumerate(KINDS)] + [disturbed(4, **KINDS)]
    together, threaded = flown(scenarios), flown(scenarios, threads=3)
    for n, scenario in enumerate(scenarios):
        for one, other, alone in zip(together, threaded, flown([scenario]), strict=True):
            assert bits(one, n) == bits(other, n) == bits(alone, 0), scenario.disturbances.kinds


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_changes_what_it_is_about_and_nothing_else(name: str) -> None:
    found = flown([disturbed(), disturbed(**{name: KINDS[name]})])
    camera, labels, motion = (
        any((array[0] != array[1]).any() for array in arrays)
        for arrays in (
            [seen.camera for seen in found],
            [np.asarray(seen.segmentation) for seen in found],
            [seen.target for seen in found],
        )
    )
    assert camera
    assert motion == (name == "gusts")
    assert labels == (name in LATE | {"gusts"})


def test_frames_come_late_by_the_steps_of_a_flight() -> None:
    found = flown([disturbed(), disturbed(latency={"delay_s": 0.2})])
    for step in range(2, STEPS + 1):  # two steps of 0.1 s
        np.testing.assert_array_equal(found[step].camera[1], found[step - 2].camera[0])


def test_a_next_flight_is_not_disturbed_by_the_last_ones() -> None:
    worlds = FlightWorlds(1, WoodCamera(48, 32))
    plain = worlds.reset([disturbed()]).camera
    worlds.reset([disturbed(**KINDS)])
    worlds.step(ACTIONS[:1])
    np.testing.assert_array_equal(worlds.reset([disturbed()]).camera, plain)


def test_the_environments_take_them_and_copies_go_on_to_the_bit() -> None:
    options: dict[str, Any] = {"width": 48, "height": 32, "distance": (10, 15), "sites": 1, "disturbances": KINDS}
    many, one = FindTargetVectorEnv(num_envs=2, **options), FindTargetEnv(**options)
    pictures, infos = many.reset(seed=3)
    picture, info = one.reset(seed=4)
    assert info["scenario"].disturbances == Disturbances(**KINDS) == infos["scenario"][0].disturbances  # type: ignore[arg-type]
    np.testing.assert_array_equal(pictures[1], picture)
    other = copy.deepcopy(many)
    for action in ACTIONS:
        pictures = many.step(np.tile(action, (2, 1)).astype(np.float32))[0]
        np.testing.assert_array_equal(pictures[1], one.step(action.astype(np.float32))[0])
        np.testing.assert_array_equal(pictures, other.step(np.tile(action, (2, 1)).astype(np.float32))[0])


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"steering": {"play": 0.1}}, "disturbances.steering: a flight has none; allowed are blackout, freeze, drop"),
        ({"wind": {"gust": 100.0}}, "disturbances.wind: a flight has none; .*, gusts$"),
        ({"gusts": {"strength": 4}}, "disturbances.gusts.strength=4: allowed"),
        ("noise", "disturbances='noise': allowed are Disturbances, or a mapping"),
    ],
)
def test_what_makes_no_sense_for_a_flight_is_refused(given: Any, named: str) -> None:
    with pytest.raises(ArgumentError, match=named):
        FindTargetEnv(disturbances=given)
    with pytest.raises(ArgumentError, match="allowed are Disturbances"):
        FlightScenario(disturbances={})  # type: ignore[arg-type]
