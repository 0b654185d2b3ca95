"""A session drives as an evaluation does, until a person or the seasons change that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from wormdrive.agents.policies.registry import build_policy
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.viewer.user_commands import DriverCommand
from wormdrive.scenarios.candidate import load_candidate, policy_candidate
from wormdrive.scenarios.cockpit.outcome import outcome_of
from wormdrive.scenarios.cockpit.session import Session
from wormdrive.scenarios.drive import drive_all

SCENARIO = Scenario(route_length_m=40.0, seed=5, route_seed=7)
LEFT = DriverCommand(-1.0, 0.0, on=True, keys=True)


@pytest.fixture
def simulator() -> Iterator[EmbeddedSimulator]:
    made = EmbeddedSimulator(1, camera=CameraConfig())
    yield made
    made.close()


def to_the_end(session: Session, driver_command: DriverCommand = DriverCommand()) -> None:  # noqa: B008  (frozen)
    while session.advance(driver_command):
        pass


def test_nobody_interfering_it_is_the_drive_of_an_evaluation(simulator: EmbeddedSimulator) -> None:
    candidate = load_candidate("ncp")
    session = Session(simulator, SCENARIO, [candidate])
    to_the_end(session)
    other = EmbeddedSimulator(1)
    (drive,) = drive_all(other, candidate.make_driver(other), [SCENARIO], 1)
    # a drive also holds the state after its last step
    np.testing.assert_array_equal(session.history["offset_m"].astype(np.float32), drive.lateral_offset_m[:-1])
    outcome = outcome_of(session)
    assert (outcome.end_reason, outcome.success, outcome.model) == ("route_done", True, "ncp")
    assert outcome.success_by_centre
    assert outcome.max_wheel_beyond_m == pytest.approx(drive.wheel_beyond_m.max(), abs=1e-5)
    assert outcome.wheel_beyond_share == 0.0
    assert outcome.distance_m == pytest.approx(drive.distance_m, abs=1e-3)
    assert outcome.seconds == pytest.approx(len(session.history) / 30.0)
    assert outcome.person_share == 0.0


def test_restarting_gives_the_same_bits(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO, [load_candidate("ncp")])
    to_the_end(session)
    first = session.history
    session.restart()
    assert len(session.history) == 0
    to_the_end(session)
    np.testing.assert_array_equal(session.history["steer"], first["steer"])


def test_the_next_policy_has_the_same_road_and_the_last_ones_ghost(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO, [load_candidate("ncp"), load_candidate("expert")])
    to_the_end(session)
    first, monitor = session.history, session.monitor
    assert monitor is not None
    session.next()
    assert (session.name, session.monitor, session.ghost) == ("expert", None, first)
    session.advance(DriverCommand())
    assert session.history["x_m"][0] == first["x_m"][0]
    session.next()
    assert session.name == "ncp"
    assert session.monitor is not None


def test_a_policy_without_eyes_drives_and_has_no_gaze_to_show(simulator: EmbeddedSimulator) -> None:
    told = policy_candidate(build_policy({"kind": "feedforward", "observes": "road_state"}), "told")
    session = Session(simulator, SCENARIO, [told])
    assert session.monitor is None
    assert session.advance(DriverCommand())
    assert session.steering is not None


def test_a_person_takes_over_and_gives_back(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO.model_copy(update={"route_length_m": 200.0}), [load_candidate("expert")])
    for driver_command in [DriverCommand()] * 20 + [LEFT] * 8 + [DriverCommand()] * 120:
        session.advance(driver_command)
    person, offset = session.history["person"], session.history["offset_m"]
    assert (person[:20] == 0.0).all()
    assert person[28] == 1.0
    assert person[-1] == 0.0
    assert offset[20:60].max() > offset[19] + 0.15  # to the left
    assert abs(offset[-1]) < 0.1  # the expert has brought it back
    assert outcome_of(session).person_share == pytest.approx((person > 0.5).mean())


def test_alone_the_person_drives_and_the_cruise_control_helps(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO)
    assert (session.name, session.monitor) == ("You", None)
    for _ in range(30):
        session.advance(DriverCommand())
    assert session.history["person"].min() == 1.0
    cruising = session.history["speed_mps"][-1]
    for _ in range(20):
        session.advance(DriverCommand(pedal=-1.0, on=True))
    assert session.history["speed_mps"][-1] < cruising - 3.0


def test_seasons_change_on_the_way(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO, [load_candidate("expert")])
    session.season("winter")
    before = session.observation.camera
    for _ in range(10):
        session.advance(DriverCommand())
    assert 0.0 < session.conditions.season.snow_cover < 0.55
    for _ in range(25):
        session.advance(DriverCommand())
    assert session.conditions == Conditions.preset("winter")
    scenario = simulator.scenarios[0]
    assert scenario is not None
    assert scenario.conditions == session.conditions
    after = session.observation.camera
    assert before is not None
    assert after is not None
    assert after[0, 50:].mean() > before[0, 50:].mean() + 25.0  # snow on the road
    session.turn(replace(session.controls, fog=1.0))
    for _ in range(35):
        session.advance(DriverCommand())
    assert session.conditions.weather.fog_density == 76.0
    session.restart()
    assert session.conditions.weather.fog_density == 76.0  # a restart does not undo it
    assert session.controls == WeatherControls("winter", fog=1.0, snow=True)


def test_a_drive_that_is_over_stands_still(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO, [load_candidate("expert")])
    to_the_end(session)
    length = len(session.history)
    assert not session.advance(DriverCommand())
    assert len(session.history) == length
    assert session.end_reason == "route_done"
