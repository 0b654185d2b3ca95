from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.audit.toys import drive_of, episode_of, ltc, some_features
from wormdrive.audit.dynamics.along_road import along_road
from wormdrive.audit.dynamics.time_constants import TimeConstants
from wormdrive.audit.traced_drive import TracedDrive


def turning(angle_rad: float, activity: list[list[float]]) -> TracedDrive:
    """A drive on an arc of 10 m radius."""
    frames = len(activity)
    heading = np.linspace(0.0, angle_rad, frames)
    episode = episode_of(frames)
    state = replace(episode.state, heading_rad=heading, x_m=10 * np.sin(heading), y_m=10 * (1 - np.cos(heading)))
    drive = drive_of(ltc(weight=0.1), some_features(frames))
    return replace(drive, episode=replace(episode, state=state), activity=np.array(activity, np.float32))


def constants(seconds: list[list[float]]) -> TimeConstants:
    return TimeConstants(("a",), np.array(seconds), np.zeros((len(seconds), 1)))


def test_the_drive_that_turns_most_is_shown_with_its_own_ranges() -> None:
    straight, bend = turning(0.1, [[0], [9], [0]]), turning(-1.0, [[1, 7], [2, 7], [5, 7]])
    found = along_road([straight, bend], [constants([[1], [1], [1]]), constants([[0.1], [1.0], [np.inf]])])
    assert found.place[-1] == pytest.approx([10 * np.sin(-1), 10 * (1 - np.cos(1))])
    assert found.activity.tolist() == [[0, 0], [0.25, 0], [1, 0]]
    assert found.time_constant is not None
    assert found.time_constant[:, 0].tolist() == pytest.approx([0, 1, 1])  # what never forgets counts as the longest


def test_logarithms_of_time_constants_are_shown() -> None:
    found = along_road([turning(0.5, [[0], [1], [2]])], [constants([[0.01], [0.1], [1.0]])])
    assert found.time_constant is not None
    assert found.time_constant[:, 0].tolist() == pytest.approx([0, 0.5, 1])


def test_kinds_without_time_constants_have_none() -> None:
    assert along_road([turning(0.5, [[0], [1], [2]])], [None]).time_constant is None


def test_a_neuron_that_never_forgets_is_still() -> None:
    found = along_road([turning(0.5, [[0], [1]])], [constants([[np.inf], [np.inf]])])
    assert found.time_constant is not None
    assert not found.time_constant.any()
