"""Audit: every kind gets all sections that it has something for, and the reason for the others."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.agents.mounted.onnx_files import mean_of_picture
from tests.audit.toys import drive_of, some_features
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.audit.attention.section import measure_attention
from wormdrive.audit.audit import Audit, audit
from wormdrive.audit.counterfactuals.parts import ROAD, parts
from wormdrive.audit.counterfactuals.section import measure_counterfactuals
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.page.drive_player import chosen_drives, player_json
from wormdrive.audit.page.page import page, verdict
from wormdrive.audit.sections import SECTIONS
from wormdrive.audit.wheel.section import measure_wheel
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.scenarios.candidate import audited_policy, load_candidate


@pytest.fixture(scope="module")
def episodes() -> list[Episode]:
    return held_out_episodes(load_policy("ncp"), seasons=("summer", "winter"), routes=1, frames=48)


FEWER = {
    "counterfactuals": partial(measure_counterfactuals, samples=8),
    "attention": partial(measure_attention, per_season=1),
    "wheel": partial(measure_wheel, leaves=(2, 3)),
}
QUICK = [replace(section, measure=FEWER.get(section.name, section.measure)) for section in SECTIONS]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cfc", "lstm", "feedforward"])
def test_other_kinds(kind: str, episodes: list[Episode]) -> None:
    torch.manual_seed(0)
    policy = build_policy({"kind": kind})
    found = audit(policy, episodes, model="mine", sections=QUICK)
    told = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert set(told["sections"]) == {section.name for section in SECTIONS}
    assert set(told["sections"]["trees"]["neurons"]) == set(policy.neuron_names)
    assert set(told["sections"]["dynamics"]["neurons"]) == set(policy.neuron_names)
    assert set(told["sections"]["counterfactuals"]["shares"]["steering"]) == {*parts(), ROAD}
    assert told["sections"]["attention"]["frames"] == {"summer": 1, "winter": 1}
    assert set(told["sections"]["wheel"]["trees"]) == {"steering", "neurons", "situation"}
    assert told["sections"]["certificate"] is None
    assert "101 frames" in told["missing"]["certificate"]
    assert [drive["season"] for drive in told["drives"]] == ["summer", "winter"]

    made = page(found, "wormdrive explain mine")
    assert verdict(found) in made.replace("&#39;", "'")
    assert f"Not measured: {found.missing['certificate']}".split(" (")[0] in made.replace("&#39;", "'")
    assert ("has no wiring to draw" in made) == (kind != "cfc")
    player = json.loads(player_json(policy, chosen_drives(found.drives)))
    assert all(len(drive["pictures"]) == len(drive["looks"]) == 24 for drive in player["drives"])
    assert (player["drives"][0]["constants"] is not None) == (kind == "cfc")


def test_too_few_and_too_short_drives_are_named_not_measured() -> None:
    policy = build_policy({"kind": "ncp", "observes": "road_state"})
    episode = replace(drive_of(build_policy({"kind": "ncp"}), some_features(20)).episode, simulator="carla")
    found = audit(policy, [episode])
    assert found.found == {}
    assert found.missing["trees"].startswith("needs 2 drives of 2 frames or more: there are 1")
    assert found.missing["dynamics"].endswith("(the longest of 1 has 20)")
    assert verdict(found) == "nothing could be measured on these drives"
    with pytest.raises(ArgumentError, match="episodes: none"):
        audit(policy, [])


def test_drives_without_a_route_are_named() -> None:
    policy = build_policy({"kind": "ncp", "observes": "road_state"})
    drive = drive_of(build_policy({"kind": "ncp"}), some_features(20))
    scenario = drive.episode.scenario.model_copy(update={"map": "no_such_map.xodr"})
    found = audit(policy, [replace(drive.episode, scenario=scenario)] * 2)
    assert found.missing["trees"].startswith("needs drives of the embedded simulator: ")


def test_what_is_infinite_is_none() -> None:
    policy = build_policy({"kind": "ncp"})
    infinite = type("Found", (), {"to_json": lambda _self: {"a": np.inf, 3: (np.float64(1.5), np.int64(2))}})()
    found = Audit("mine", policy, (drive_of(policy, some_features(5)),), {"trees": infinite}, {})
    assert found.to_json()["sections"]["trees"] == {"a": None, "3": [1.5, 2]}


def test_one_drive_a_season_is_shown() -> None:
    drive = drive_of(build_policy({"kind": "ncp"}), some_features(3))

    def in_season(name: str) -> object:
        scenario = drive.episode.scenario.model_copy(update={"conditions": Conditions.preset(name)})
        return replace(drive, episode=replace(drive.episode, scenario=scenario))

    summer, winter = [in_season("summer") for _ in range(6)], in_season("winter")
    assert chosen_drives([*summer, winter]) == {"summer": summer[0], "winter": winter}
    assert list(chosen_drives(summer)) == ["summer 1", "summer 2", "summer 3", "summer 4"]
    assert list(chosen_drives(summer[:1])) == ["summer"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["torch module", "ONNX file"])
def test_networks_of_others_are_audited_as_far_as_pictures_tell(kind: str, tmp_path: Path) -> None:
    if kind == "torch module":
        candidate = load_candidate("tests.scenarios.own_drivers:remembering")
    else:
        mount = {"crop": {"top": 30, "left": 40}, "output": {"quantity": "steer"}, "delay_s": 0.1}
        file = mean_of_picture(tmp_path / "mean.onnx", ["batch", 3, 48, 160], gain=0.01)
        candidate = load_candidate(file, mount=mount)
    policy = audited_policy(candidate, "a test")
    episodes = held_out_episodes(policy, seasons=("summer", "winter"), routes=1, frames=46)
    found = audit(policy, episodes, model="theirs", sections=QUICK)
    told = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert told["anatomy"] == {
        "kind": kind,
        "parameters": {"head": 0, "network": candidate.numbers, "total": candidate.numbers},
        "sample_period_s": 1.0,
    }
    sections = told["sections"]
    assert (sections["trees"]["neurons"], sections["trees"]["measures"]) == ({}, None)
    assert sections["trees"]["steering_from_situation"]["leaves"] >= 1
    assert set(sections["wheel"]["trees"]) == {"steering", "situation"}
    shares = sections["counterfactuals"]["shares"]
    assert shares["neurons"] == shares["features"] == {}
    assert set(shares["steering"]) == {*parts(), ROAD}
    assert sections["counterfactuals"]["scenery"] > 0.0
    attention = sections["attention"]
    assert ("integrated gradients" in attention["absent"]) == (kind == "ONNX file")
    assert "VisualBackProp" in attention["absent"]
    assert list(attention["shares"]) == ["integrated gradients", "occlusion"][kind == "ONNX file" :]
    assert (attention["integrated_gradients_miss"] is None) == (kind == "ONNX file")
    assert "needs neurons" in told["missing"]["dynamics"]
    made = page(found, "again")
    assert "There are no neurons to see" in made
    assert ("does not give" in made) == (kind == "ONNX file")
    again = audit(policy, held_out_episodes(policy, seasons=("summer", "winter"), routes=1, frames=46), sections=QUICK)
    assert again.to_json()["sections"] == found.to_json()["sections"]
