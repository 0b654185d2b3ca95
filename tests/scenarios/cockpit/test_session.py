"""A session drives as an evaluation does, until a person or the seasons change that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.scenario import Scenario
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.dials import Dials
from wormdrive.envs.simulator import CameraConfig
from wormdrive.envs.viewer.wishes import Hands
from wormdrive.scenarios.cockpit.outcome import outcome_of
from wormdrive.scenarios.cockpit.session import Session
from wormdrive.scenarios.drive import drive_all
from wormdrive.scenarios.entrant import enter

SCENARIO = Scenario(route_length_m=40.0, seed=5, route_seed=7)
LEFT = Hands(-1.0, 0.0, on=True, keys=True)


@pytest.fixture
def simulator() -> Iterator[EmbeddedSimulator]:
    made = EmbeddedSimulator(1, camera=CameraConfig())
    yield made
    made.close()


def to_the_end(session: Session, hands: Hands = Hands()) -> None:  # noqa: B008  (frozen)
    while session.advance(hands):
        pass


def test_nobody_interfering_it_is_the_drive_of_an_evaluation(simulator: EmbeddedSimulator) -> None:
    entrant = enter("ncp")
    session = Session(simulator, SCENARIO, [entrant])
    to_the_end(session)
    other = EmbeddedSimulator(1)
    (drive,) = drive_all(other, entrant.make_driver(other), [SCENARIO], 1)
    # a drive also holds the state after its last step
    np.testing.assert_array_equal(session.trace["offset_m"].astype(np.float32), drive.lateral_offset_m[:-1])
    outcome = outcome_of(session)
    assert (outcome.end_reason, outcome.success, outcome.model) == ("route_done", True, "ncp")
    assert outcome.distance_m == pytest.approx(drive.distance_m, abs=1e-3)
    assert outcome.seconds == pytest.approx(len(session.trace) / 30.0)
    assert outcome.person_share == 0.0


def test_restarting_gives_the_same_bits(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO, [enter("ncp")])
    to_the_end(session)
    first = session.trace
    session.restart()
    assert len(session.trace) == 0
    to_the_end(session)
    np.testing.assert_array_equal(session.trace["steer"], first["steer"])


def test_the_next_policy_has_the_same_road_and_the_last_ones_ghost(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO, [enter("ncp"), enter("expert")])
    to_the_end(session)
    first, mind = session.trace, session.mind
    assert mind is not None
    session.next()
    assert (session.name, session.mind, session.ghost) == ("expert", None, first)
    session.advance(Hands())
    assert session.trace["x_m"][0] == first["x_m"][0]
    session.next()
    assert session.name == "ncp"
    assert session.mind is not None


def test_a_person_takes_over_and_gives_back(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO.model_copy(update={"route_length_m": 200.0}), [enter("expert")])
    for hands in [Hands()] * 20 + [LEFT] * 8 + [Hands()] * 120:
        session.advance(hands)
    person, offset = session.trace["person"], session.trace["offset_m"]
    assert (person[:20] == 0.0).all()
    assert person[28] == 1.0
    assert person[-1] == 0.0
    assert offset[20:60].max() > offset[19] + 0.15  # to the left
    assert abs(offset[-1]) < 0.1  # the expert has brought it back
    assert outcome_of(session).person_share == pytest.approx((person > 0.5).mean())


def test_alone_the_person_drives_and_the_cruise_control_helps(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO)
    assert (session.name, session.mind) == ("You", None)
    for _ in range(30):
        session.advance(Hands())
    assert session.trace["person"].min() == 1.0
    cruising = session.trace["speed_mps"][-1]
    for _ in range(20):
        session.advance(Hands(pedal=-1.0, on=True))
    assert session.trace["speed_mps"][-1] < cruising - 3.0


def test_seasons_change_on_the_way(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO, [enter("expert")])
    session.season("winter")
    before = session.observation.camera
    for _ in range(10):
        session.advance(Hands())
    assert 0.0 < session.conditions.season.snow_cover < 0.55
    for _ in range(25):
        session.advance(Hands())
    assert session.conditions == Conditions.preset("winter")
    scenario = simulator.scenarios[0]
    assert scenario is not None
    assert scenario.conditions == session.conditions
    after = session.observation.camera
    assert before is not None
    assert after is not None
    assert after[0, 50:].mean() > before[0, 50:].mean() + 25.0  # snow on the road
    session.turn(replace(session.dials, fog=1.0))
    for _ in range(35):
        session.advance(Hands())
    assert session.conditions.weather.fog_density == 76.0
    session.restart()
    assert session.conditions.weather.fog_density == 76.0  # a restart does not undo it
    assert session.dials == Dials("winter", fog=1.0, snow=True)


def test_a_drive_that_is_over_stands_still(simulator: EmbeddedSimulator) -> None:
    session = Session(simulator, SCENARIO, [enter("expert")])
    to_the_end(session)
    length = len(session.trace)
    assert not session.advance(Hands())
    assert len(session.trace) == length
    assert session.end_reason == "route_done"
