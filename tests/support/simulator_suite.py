"""What every simulator must do, embedded or CARLA: inherit ``SimulatorSuite`` and say how to make one."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError, SimulatorError
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import END_REASONS
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator

__all__ = ["SimulatorSuite"]

SMALL = CameraConfig(width=64, height=24)


class SimulatorSuite:
    """Tests by the ``Simulator`` protocol alone; ``make`` and ``scenario`` are the subclass's."""

    worlds = 2

    def make(self, worlds: int, camera: CameraConfig | None, *, segmentation: bool, depth: bool) -> Simulator:
        """Return a simulator of N worlds."""
        raise NotImplementedError

    def scenario(self, seed: int) -> Scenario:
        """Return a scenario of 60 m with a time limit of 20 s that can be driven straight on for a second."""
        return Scenario(
            route_seed=seed,
            seed=seed,
            route_length_m=60.0,
            time_limit_s=20.0,
            conditions=Conditions.preset("summer"),
        )

    @pytest.fixture
    def simulator(self):  # type: ignore[no-untyped-def]
        made = self.make(self.worlds, SMALL, segmentation=True, depth=True)
        yield made
        made.close()

    def start(self, simulator: Simulator):  # type: ignore[no-untyped-def]
        return simulator.reset([self.scenario(k) for k in range(self.worlds)])

    def straight_on(self) -> np.ndarray:
        return np.tile([0.0, np.nan], (self.worlds, 1))

    def test_observations_have_the_promised_shapes_and_types(self, simulator: Simulator) -> None:
        seen = self.start(simulator)
        for _ in range(2):
            assert seen.camera is not None
            assert seen.segmentation is not None
            assert seen.depth is not None
            assert (seen.camera.shape, seen.camera.dtype) == ((self.worlds, 24, 64, 3), np.uint8)
            assert (seen.segmentation.shape, seen.segmentation.dtype) == ((self.worlds, 24, 64), np.uint8)
            assert (seen.depth.shape, seen.depth.dtype) == ((self.worlds, 24, 64), np.float32)
            assert (seen.depth > 0.0).all()
            assert (seen.end_reason.shape, seen.end_reason.dtype) == ((self.worlds,), np.int8)
            for name, array in vars(seen.state).items():
                assert array.shape == (self.worlds,), name
                assert array.dtype == np.float64, name
                assert np.isfinite(array).all(), name
            seen = simulator.step(self.straight_on())

    def test_pictures_not_asked_for_are_none(self) -> None:
        made = self.make(self.worlds, None, segmentation=False, depth=False)
        seen = self.start(made)
        assert (seen.camera, seen.segmentation, seen.depth) == (None, None, None)
        made.close()

    def test_an_episode_starts_on_its_route_near_the_lane_centre(self, simulator: Simulator) -> None:
        seen = self.start(simulator)
        assert (seen.end_reason == 0).all()
        assert (np.abs(seen.state.lateral_offset_m) < 0.5).all()
        assert (np.abs(seen.state.heading_error_rad) < 0.1).all()
        for world, route in enumerate(simulator.routes):
            assert route.length_m >= 20.0
            at = round(seen.state.station_m[world] / route.spacing_m)
            gap = np.hypot(seen.state.x_m[world] - route.x[at], seen.state.y_m[world] - route.y[at])
            assert gap < 1.0

    def test_the_car_moves_by_its_speed(self, simulator: Simulator) -> None:
        before = self.start(simulator)
        steps = round(1.0 / simulator.dt_s)
        speeds = []
        for _ in range(steps):
            after = simulator.step(self.straight_on())
            speeds.append(after.state.speed_mps)
        driven = np.hypot(after.state.x_m - before.state.x_m, after.state.y_m - before.state.y_m)
        np.testing.assert_allclose(driven, np.mean(speeds, axis=0) * steps * simulator.dt_s, rtol=0.1, atol=0.3)
        np.testing.assert_allclose(after.state.station_m - before.state.station_m, driven, rtol=0.1, atol=0.5)

    def test_plus_one_steers_right_and_minus_one_left(self) -> None:
        made = self.make(2, None, segmentation=False, depth=False)
        before = made.reset([self.scenario(0), self.scenario(0)])
        for _ in range(round(0.5 / made.dt_s)):
            after = made.step(np.array([[0.3, np.nan], [-0.3, np.nan]]))
        assert after.state.yaw_rate_radps[0] < 0.0 < after.state.yaw_rate_radps[1]
        assert after.state.steer_angle_rad[0] < 0.0 < after.state.steer_angle_rad[1]
        turned = after.state.heading_rad - before.state.heading_rad
        assert turned[0] < 0.0 < turned[1]
        made.close()

    def test_throttle_and_brakes(self) -> None:
        made = self.make(2, None, segmentation=False, depth=False)
        before = made.reset([self.scenario(0), self.scenario(0)])
        for _ in range(round(1.0 / made.dt_s)):
            after = made.step(np.array([[0.0, 1.0], [0.0, -1.0]]))
        assert after.state.speed_mps[0] > before.state.speed_mps[0] + 0.5
        assert after.state.speed_mps[1] < before.state.speed_mps[1] - 0.5 or after.state.speed_mps[1] < 0.1
        made.close()

    def test_leaving_the_lane_ends_the_episode_and_the_world_waits(self, simulator: Simulator) -> None:
        self.start(simulator)
        command = self.straight_on()
        command[0, 0] = 0.7
        for _ in range(round(10.0 / simulator.dt_s)):
            seen = simulator.step(command)
            if seen.end_reason[0]:
                break
        assert END_REASONS[seen.end_reason[0]] == "lane_departure"
        again = simulator.step(command)
        assert END_REASONS[again.end_reason[0]] == "lane_departure"
        fresh = simulator.reset([self.scenario(k) for k in range(self.worlds)], np.arange(self.worlds) == 0)
        assert fresh.end_reason[0] == 0
        assert abs(fresh.state.lateral_offset_m[0]) < 0.5

    def test_time_runs_out(self) -> None:
        made = self.make(1, None, segmentation=False, depth=False)
        made.reset([self.scenario(0).model_copy(update={"time_limit_s": 0.5})])
        steps, ended = 0, False
        while not ended and steps < 100:
            seen = made.step(np.array([[0.0, -1.0]]))
            ended = bool(seen.end_reason[0])
            steps += 1
        assert END_REASONS[seen.end_reason[0]] == "time_limit"
        assert steps == pytest.approx(0.5 / made.dt_s, abs=1.0)
        made.close()

    def test_wrong_use_is_named(self, simulator: Simulator) -> None:
        with pytest.raises(SimulatorError):
            simulator.step(self.straight_on())
        with pytest.raises(ArgumentError, match="scenarios"):
            simulator.reset([])
        self.start(simulator)
        with pytest.raises(ArgumentError, match="command"):
            simulator.step(np.zeros((self.worlds, 3)))
        with pytest.raises(ArgumentError, match="NaN"):
            simulator.step(np.full((self.worlds, 2), np.nan))
        simulator.close()
        simulator.close()
        with pytest.raises(SimulatorError, match="closed"):
            simulator.step(self.straight_on())
