from __future__ import annotations

import numpy as np
import pytest

from tests.support.routes import synthetic_route
from wormdrive.agents.expert import Expert
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.embedded.episode_renderer import EpisodeRenderer
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation, VehicleState, take
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.vehicle_batch import slices

ROUTES = [synthetic_route(seed) for seed in range(3)]
LOOKS = [("summer", "day"), ("winter", "snowfall"), ("autumn", "rain"), ("spring", "dusk")]


def find(scenario: Scenario) -> Route:
    return ROUTES[scenario.route_seed % len(ROUTES)]


def scenarios(count: int) -> list[Scenario]:
    return [
        Scenario(
            route_seed=k % 5, seed=k, route_length_m=200.0, traffic=k % 4, conditions=Conditions.preset(*LOOKS[k % 4])
        )
        for k in range(count)
    ]


def pictures(seen: Observation, world: int) -> bytes:
    assert seen.camera is not None
    assert seen.segmentation is not None
    assert seen.depth is not None
    parts = (seen.camera, seen.segmentation, seen.depth)
    return b"".join(np.ascontiguousarray(part[world]).tobytes() for part in parts)


def drive(worlds: list[int], threads: int, steps: int = 6) -> list[list[bytes]]:
    """Pictures of some of 64 scenarios by world and step, driven by commands of their own."""
    everything = scenarios(64)
    sim = EmbeddedSimulator(len(worlds), segmentation=True, depth=True, threads=threads, find_route=find)
    seen = sim.reset([everything[k] for k in worlds])
    rng = np.random.default_rng(1)
    shown = [[pictures(seen, k)] for k in range(len(worlds))]
    for _ in range(steps):
        seen = sim.step(rng.uniform(-0.5, 0.5, (64, 2))[worlds])
        for k in range(len(worlds)):
            shown[k].append(pictures(seen, k))
    sim.close()
    return shown


def test_one_world_and_64_show_the_same_bits_on_any_number_of_threads() -> None:
    together = drive(list(range(64)), threads=1)
    assert drive(list(range(64)), threads=2) == together
    assert drive([5, 63, 2], threads=3) == [together[k] for k in (5, 63, 2)]
    assert drive([42], threads=1) == [together[42]]
    assert len({world[0] for world in together}) == 64
    assert together[0][0] != together[0][1]


def recorded(camera: CameraConfig) -> tuple[list[Scenario], list[Observation]]:
    everything = scenarios(3)
    sim = EmbeddedSimulator(3, camera=camera, segmentation=True, depth=True, find_route=find)
    expert = Expert(sim)
    shown = [sim.reset(everything)]
    for _ in range(12):
        shown.append(sim.step(expert.act(shown[-1])))
    return everything, shown


def flattened(shown: list[Observation]) -> VehicleState:
    """All states one behind the other, worlds varying fastest."""
    names = vars(shown[0].state)
    return VehicleState(**{name: np.concatenate([getattr(one.state, name) for one in shown]) for name in names})


def test_frames_can_be_drawn_again_bit_for_bit_in_any_order() -> None:
    camera = CameraConfig(width=120, height=48, fov_deg=90.0)
    everything, shown = recorded(camera)
    renderer = EpisodeRenderer(everything, camera=camera, segmentation=True, depth=True, threads=2, find_route=find)
    which, step = np.tile(np.arange(3), 13), np.repeat(np.arange(13), 3)
    shuffle = np.random.default_rng(0).permutation(39)
    frames = renderer.draw(which[shuffle], step[shuffle], take(flattened(shown), shuffle))
    assert frames.segmentation is not None
    assert frames.depth is not None
    for m, k in enumerate(shuffle):
        one, world = shown[k // 3], k % 3
        assert one.camera is not None
        np.testing.assert_array_equal(frames.camera[m], one.camera[world])
        again = (frames.camera[m], frames.segmentation[m], frames.depth[m])
        assert b"".join(part.tobytes() for part in again) == pictures(one, world)
    renderer.close()


def test_the_same_drive_can_be_drawn_in_another_season() -> None:
    camera = CameraConfig(width=120, height=48, fov_deg=90.0)
    everything, shown = recorded(camera)
    winter = [one.model_copy(update={"conditions": Conditions.preset("winter")}) for one in everything]
    renderer = EpisodeRenderer(winter, camera=camera, segmentation=True, depth=True, find_route=find)
    frames = renderer.draw(np.zeros(13), np.arange(13), take(flattened(shown), np.arange(13) * 3))
    first = shown[0].camera
    assert first is not None
    assert frames.depth is not None
    assert frames.camera[0].mean() > first[0].mean() + 20.0  # snow is bright
    for step in range(13):  # the road and the cars on it lie where they lay
        depth = shown[step].depth
        assert depth is not None
        near = depth[0] < 8.0
        assert np.isclose(frames.depth[step][near], depth[0][near], rtol=0.01).mean() > 0.95  # bushes may differ


def test_frames_depend_on_the_step_alone_where_the_car_stands() -> None:
    """Noise and traffic move on although the car does not."""
    renderer = EpisodeRenderer(scenarios(2), find_route=find)
    sim = EmbeddedSimulator(2, find_route=find)
    state = sim.reset(scenarios(2)).state
    first, second = (renderer.draw(np.array([1]), np.array([k]), take(state, np.array([1]))).camera for k in (3, 4))
    assert (first != second).any()


def test_a_reset_redraws_only_its_own_worlds() -> None:
    sim = EmbeddedSimulator(3, find_route=find)
    everything = scenarios(3)
    before = sim.reset(everything)
    other = sim.reset([scenarios(9)[8]] * 3, np.array([False, True, False]))
    assert before.camera is not None
    assert other.camera is not None
    same = (before.camera == other.camera).all(axis=(1, 2, 3))
    assert same.tolist() == [True, False, True]


def test_a_spectator_sees_the_same_world_with_more_pixels() -> None:
    sim = EmbeddedSimulator(2, find_route=find)
    seen = sim.reset(scenarios(2))
    assert seen.camera is not None
    np.testing.assert_array_equal(sim.render(CameraConfig()), seen.camera)
    large = sim.render(CameraConfig(width=600, height=234), [1])
    assert large.shape == (1, 234, 600, 3)
    small = large[0].reshape(78, 3, 200, 3, 3).mean(axis=(1, 3))
    assert np.abs(small - seen.camera[1]).mean() < 20.0
    assert np.abs(small - seen.camera[0]).mean() > 25.0
    seen = sim.reset(scenarios(4)[2:], np.array([True, False]))
    assert seen.camera is not None
    np.testing.assert_array_equal(sim.render(CameraConfig()), seen.camera)


def test_it_is_a_simulator() -> None:
    sim: Simulator = EmbeddedSimulator(1, find_route=find)
    assert sim.dt_s == pytest.approx(1.0 / 30.0)
    sim.reset(scenarios(1))
    assert sim.routes[0] is ROUTES[0]


def test_redrawer_names_what_is_allowed() -> None:
    renderer = EpisodeRenderer(scenarios(2), find_route=find)
    state = EmbeddedSimulator(2, camera=None, find_route=find).reset(scenarios(2)).state
    with pytest.raises(ArgumentError, match="allowed are 0 to 1"):
        renderer.draw(np.array([0, 2]), np.array([0, 0]), state)
    with pytest.raises(ArgumentError, match="one length"):
        renderer.draw(np.array([0]), np.array([0, 0]), state)


@pytest.mark.parametrize(("count", "parts"), [(7, 3), (2, 5), (1, 1), (64, 2)])
def test_slices_cover_everything_once(count: int, parts: int) -> None:
    found = [k for part in slices(count, parts) for k in range(count)[part]]
    assert found == list(range(count))
