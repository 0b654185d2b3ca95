from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from tests.envs.find_target.flights import in_season
from wormdrive.envs.common.checksummed import read_checksummed, write_checksummed
from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.find_target.flight_episode import KIND, STEP_ARRAYS, FlightEpisode, no_steps
from wormdrive.envs.simulation.disturbances import Disturbances

STEPS = 5


def flown(steps: int = STEPS) -> FlightEpisode:
    random = np.random.default_rng(0)
    arrays = {name: random.random((steps, *tail)).astype(dtype) for name, (dtype, tail) in STEP_ARRAYS.items()}
    frames = random.integers(0, 256, (steps, 16, 32, 3), np.uint8)
    scenario = in_season("winter", "fog", disturbances=Disturbances(noise={"deviation": 0.1}), occluders=2)
    return FlightEpisode(scenario, 3, 0.1 * steps, 7.25, frames, **arrays)


def test_comes_back_as_it_was(tmp_path: Path) -> None:
    flight = flown()
    flight.save(tmp_path / "a.episode")
    back = FlightEpisode.load(tmp_path / "a.episode")
    for field in fields(FlightEpisode):
        np.testing.assert_array_equal(getattr(back, field.name), getattr(flight, field.name))
    assert back.scenario == flight.scenario
    assert (len(back), back.ended) == (STEPS, "lost")
    assert back.summary()["end_reason"] == "lost"
    assert back.summary()["target"] == "red box"
    assert len(FlightEpisode(flight.scenario, 1, 0.0, 1.0, **no_steps(16, 32))) == 0


def test_what_is_cut_off_or_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.episode"
    flown().save(path)
    whole = path.read_bytes()
    for broken in (b"", whole[:100], whole[:-1], whole[:-9] + b"x" + whole[-8:]):
        path.write_bytes(broken)
        with pytest.raises(EpisodeError, match=r"a\.episode"):
            FlightEpisode.load(path)
    with pytest.raises(EpisodeError, match="cannot be read"):
        FlightEpisode.load(tmp_path / "none.episode")


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"end_reason": "bored"}, "end_reason='bored': allowed are"),
        ({"time_s": -1.0}, "corrupt description: .*time_s"),
        ({"distance_m": None}, "corrupt description: .*distance_m"),
        ({"width": 64}, "corrupt frames"),
        ({"rotors": 4}, "corrupt description: .*rotors"),
        ({"scenario": {"occluders": 99}}, "corrupt description: .*occluders=99"),
        ({"scenario": {"rotors": 4}}, "corrupt description: .*rotors"),
        ({"scenario": {"disturbances": {"grip": {"factor": 0.5}}}}, "a flight has none"),
    ],
)
def test_what_no_flight_holds_is_refused(tmp_path: Path, about: dict[str, object], reason: str) -> None:
    path = tmp_path / "a.episode"
    flown().save(path)
    described, arrays = read_checksummed(path, KIND, 1, EpisodeError, 1 << 20)
    write_checksummed(path, KIND, 1, described | about, arrays)
    with pytest.raises(EpisodeError, match=rf"a\.episode: .*{reason}"):
        FlightEpisode.load(path)


def test_arrays_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.episode"
    flown().save(path)
    about, arrays = read_checksummed(path, KIND, 1, EpisodeError, 1 << 20)
    few = {name: array for name, array in arrays.items() if not name.startswith("frames")}
    spoilt = arrays["heading"].copy()
    spoilt[2] = np.nan
    for changed, reason in (
        (few, "no frames"),
        (arrays | {"heading": arrays["heading"][:-1]}, "heading is float64"),
        (arrays | {"expert": arrays["expert"].astype(np.float64)}, "expert is float64"),
        (arrays | {"heading": spoilt}, "heading has a value that is not finite"),
        (arrays | {"more": spoilt}, "allowed are"),
    ):
        write_checksummed(path, KIND, 1, about, changed)
        with pytest.raises(EpisodeError, match=reason):
            FlightEpisode.load(path)


def test_replaced_scenarios_are_written_as_they_are(tmp_path: Path) -> None:
    flight = replace(flown(), scenario=in_season("summer"))
    flight.save(tmp_path / "a.episode")
    assert b"disturbances" in (tmp_path / "a.episode").read_bytes()
    assert FlightEpisode.load(tmp_path / "a.episode").scenario == in_season("summer")
