from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightWorlds
from wormdrive.find_target.flights import ExpertPilot, fly
from wormdrive.find_target.learning import FlightRecipe, record_demonstrations, train_flight_policy
from wormdrive.find_target.recording import condition_folder, load_flights, require_no_flights, save_flights
from wormdrive.find_target.suite import load_flight_suite

SHORT = FlightScenario(seed=4, target="box", distance_m=6.0, time_limit_s=0.3)


def flown(width: int = 48, height: int = 32) -> list[FlightEpisode]:
    scenarios = [SHORT, replace(SHORT, time_limit_s=0.5)]
    return fly(FlightWorlds(2, WoodCamera(width, height)), scenarios, ExpertPilot(), keep=True)


def test_flights_come_back_in_their_order(tmp_path: Path) -> None:
    flights = flown()
    assert save_flights(flights, tmp_path) == 2
    back = load_flights(tmp_path)
    assert [len(flight) for flight in back] == [3, 5]
    for one, other in zip(flights, back, strict=True):
        np.testing.assert_array_equal(one.frames, other.frames)
        assert one.scenario == other.scenario
    with pytest.raises(ArgumentError, match="holds episodes; allowed is an empty or new folder"):
        require_no_flights(tmp_path)
    require_no_flights(tmp_path / "new")


def test_what_is_no_folder_of_flights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EpisodeError, match="no such folder"):
        load_flights(tmp_path / "none")
    save_flights([flown()[0], flown(64, 32)[0]], tmp_path)
    with pytest.raises(EpisodeError, match=r"000001\.episode: pictures of \(64, 32\) pixels; .*, here \(48, 32\)"):
        load_flights(tmp_path)


def test_conditions_have_folders_whatever_they_are_called(tmp_path: Path) -> None:
    suite = load_flight_suite()
    assert condition_folder(tmp_path, suite, "other art") == tmp_path / "06-other-art"
    assert len({condition_folder(tmp_path, suite, name) for name in suite.conditions}) == len(suite.conditions)


@pytest.mark.slow
def test_training_on_recorded_flights_gives_the_same_weights(tmp_path: Path, recipe: FlightRecipe) -> None:
    flights = record_demonstrations(recipe)
    save_flights(flights, tmp_path)
    one = train_flight_policy("ncp", 0, recipe, flights)
    other = train_flight_policy("ncp", 0, recipe, load_flights(tmp_path))
    for name, tensor in one.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name
