"""Films: which drives are filmed, and what the films show."""

from __future__ import annotations

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.benchmark.report.examples import BENCHMARK, evidence, made_table
from wormdrive.agents.policies.ncp_policy import NCPPolicy, NCPPolicyConfig
from wormdrive.benchmark.definition import Trainings
from wormdrive.benchmark.report.evidence import Evidence
from wormdrive.benchmark.report.films import Choice, choose, film, films_of_benchmark, films_of_policy
from wormdrive.envs.common.errors import ArgumentError, ModelError
from wormdrive.scenarios.candidate import policy_candidate
from wormdrive.scenarios.suite import load_suite

HELD = evidence(lambda recipe, model, seed, route: recipe == "informed" or route + seed < 7)


def test_the_median_training_is_filmed_where_it_first_fails() -> None:
    assert choose(HELD) == [
        Choice("paper", "ncp", 2, 5),
        Choice("paper-auxiliary", "ncp", 2, 5),
        Choice("informed", "ncp", 2, 0),
    ]


def test_a_liquid_network_is_filmed_where_there_is_one() -> None:
    table = made_table(lambda recipe, model, seed, route: route + seed < 7, ["feedforward", "cfc"], ["paper"])
    first = BENCHMARK.model_copy(update={"trainings": (Trainings(models=("feedforward", "cfc"), recipes=("paper",)),)})
    assert choose(Evidence(table, first)) == [Choice("paper", "cfc", 2, 5)]
    alone = made_table(lambda *_: True, ["feedforward"], ["paper"])
    assert choose(Evidence(alone, first)) == [Choice("paper", "feedforward", 2, 0)]


def test_a_folder_without_the_training_and_a_policy_that_is_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"lacks policy-[0-9a-f]{24} \(ncp, paper, seed 2\); allowed is a folder"):
        films_of_benchmark(HELD, tmp_path, threads=1)
    with pytest.raises(ModelError):
        films_of_policy(HELD, "banana", threads=1)


def picture(address: str) -> NDArray[np.uint8]:
    data = base64.b64decode(address.removeprefix("data:image/webp;base64,"))
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded[..., ::-1], np.uint8)


@pytest.mark.slow
def test_a_film_shows_the_same_places_and_frames_what_comes_after_a_departure() -> None:
    torch.manual_seed(3)
    candidate = policy_candidate(NCPPolicy(NCPPolicyConfig()).eval(), "untrained")
    suite = load_suite("seasons").model_copy(update={"route_length_m": 60.0})
    made = film(candidate, suite, 3, "paper", "untrained")
    assert made.words.startswith("summer: a wheel leaves the lane after ")
    assert "winter: a wheel leaves the lane after " in made.words
    assert made.clip.startswith("data:video/webm;base64,")
    assert len(made.clip) < 400_000
    strip = picture(made.strip)
    assert strip.shape == (2 * 78 + 4, 6 * 200 + 5 * 3, 3)
    first, last = strip[:78, :200], strip[:78, -200:]
    red = np.array([235, 70, 20])
    edge = last[1, 20:180].astype(int)
    after = min(np.abs(edge - shown).mean() for shown in (red, red // 2))
    assert after < 30, "neither red nor, after the end, half as much"
    assert np.abs(first[1, 20:180].astype(int) - red).mean() > 60
    assert np.abs(first.astype(int) - strip[-78:, :200]).mean() > 5.0, "winter looks like summer"
    assert film(candidate, suite, 3, "paper", "untrained").strip == made.strip
