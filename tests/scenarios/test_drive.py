from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from wormdrive.agents.expert import Expert
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.drive import Drive, drive_all
from wormdrive.scenarios.suite import load_suite


class Straight:
    """A driver that never turns its wheel, and remembers in which worlds it was told to begin anew."""

    def __init__(self, worlds: int) -> None:
        self.begun = np.zeros(worlds, np.int64)

    def reset(self, mask: NDArray[np.bool_]) -> None:
        self.begun += mask

    def act(self, observation: Observation) -> NDArray[np.float64]:
        command = np.full((len(observation.end_reason), 2), np.nan)
        command[:, 0] = 0.0
        return command


def scenarios(count: int, length_m: float = 60.0) -> list[Scenario]:
    suite = load_suite("demo").narrowed(episodes=count, route_length_m=length_m)
    return suite.scenarios(("winter", "day"))


def by_expert(worlds: int, held: list[Scenario], threads: int = 1) -> list[Drive]:
    simulator = EmbeddedSimulator(worlds, camera=None, threads=threads)
    try:
        return drive_all(simulator, Expert(simulator), held, worlds)
    finally:
        simulator.close()


def test_the_expert_drives_every_route_to_its_end() -> None:
    held = scenarios(5)
    drives = by_expert(2, held)
    assert [drive.scenario for drive in drives] == held
    assert all(drive.success for drive in drives)
    for drive in drives:
        assert drive.distance_m == pytest.approx(60.0, abs=0.5)
        assert np.all(np.diff(drive.station_m) > 0.0)
        assert len(drive.station_m) == len(drive.speed_mps) == len(drive.x_m)
        step = np.hypot(np.diff(drive.x_m), np.diff(drive.y_m))
        assert step.sum() == pytest.approx(drive.distance_m, rel=0.05)


@pytest.mark.parametrize(("worlds", "threads"), [(1, 1), (3, 2), (7, 1), (9, 2)])
def test_drives_have_the_same_bits_whatever_drives_beside_them(worlds: int, threads: int) -> None:
    held = scenarios(7)
    for one, other in zip(by_expert(7, held), by_expert(worlds, held, threads), strict=True):
        for name in ("station_m", "lateral_offset_m", "steer_angle_rad", "speed_mps", "x_m", "y_m", "wheel_beyond_m"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert one.end_reason == other.end_reason


def test_a_driver_is_told_of_every_new_episode_and_fails_where_the_road_bends() -> None:
    held = scenarios(6, 400.0)
    simulator = EmbeddedSimulator(4, camera=None)
    driver = Straight(4)
    drives = drive_all(simulator, driver, held, 4)
    simulator.close()
    assert driver.begun.sum() == 6
    assert [drive.end_reason for drive in drives] == ["lane_departure"] * 6
    for drive in drives:
        assert 1.0 < abs(drive.lateral_offset_m[-1]) < 3.0
        assert np.abs(drive.lateral_offset_m[:-1]).max() < 2.0
        at = drive.failure_index
        assert at is not None
        assert at == drive.departure_index < len(drive.station_m) - 1  # a wheel is out before the centre is
        assert 0.5 < abs(drive.lateral_offset_m[at]) < 0.95
        assert not drive.success
        assert not drive.success_by_centre


class Weaving(Expert):
    """An expert whose wheel somebody pulls at, now to the left, now to the right."""

    def act(self, observation: Observation) -> NDArray[np.float64]:
        command = super().act(observation)
        command[:, 0] += 0.2 * np.sin(observation.state.station_m / 15.0)
        return command


def test_wheels_may_leave_the_lane_while_the_centre_stays_in_it() -> None:
    held = scenarios(4, 100.0)
    simulator = EmbeddedSimulator(3, camera=None)
    drives = drive_all(simulator, Weaving(simulator), held, 3)
    simulator.close()
    assert [drive.success_by_centre for drive in drives] == [True] * 4
    assert [drive.success for drive in drives] == [False] * 4
    for drive in drives:
        outermost = float(np.abs(drive.lateral_offset_m).max())
        # a lane of 3.5 m, a car of 1.8 m: beyond by the offset less 0.85 m, and a little more, as the nose is turned
        assert outermost - 0.85 <= drive.wheel_beyond_m.max() < outermost - 0.85 + 0.25
        assert drive.wheel_beyond_m.dtype == np.float32
        assert drive.wheel_beyond_m.shape == drive.station_m.shape


def test_progress_grows_to_the_whole() -> None:
    told: list[tuple[int, int, float]] = []
    simulator = EmbeddedSimulator(3, camera=None)
    drive_all(simulator, Expert(simulator), scenarios(5), 3, lambda *news: told.append(news))
    simulator.close()
    assert told[-1] == (5, 5, 1.0)
    assert {total for _, total, _ in told} == {5}
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert all(0.0 <= share <= 1.0 for _, _, share in told)
    assert len({share for _, _, share in told}) > 5


def test_nothing_to_drive() -> None:
    simulator = EmbeddedSimulator(1, camera=None)
    assert drive_all(simulator, Straight(1), [], 1) == []
    simulator.close()
