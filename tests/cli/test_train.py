"""``wormdrive train`` with what is a user's own: a kind of policy, an expert, weights to begin with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wormdrive.agents.policies import own_kinds
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.cli.train import _settings
from wormdrive.envs.common.errors import ArgumentError

ROOT = Path(__file__).parents[2]
MINE = """
from typing import Literal

import wormdrive
from torch import nn


class MineConfig(wormdrive.PolicyConfig):
    kind: Literal["mine"] = "mine"


class Mine(wormdrive.Policy):
    config: MineConfig
    state_size = 0

    def __init__(self, config):
        super().__init__(config)
        self.say = nn.Linear(self.head.feature_count, 1)

    def _control(self, features, state, elapsed):
        return self.say(features).squeeze(-1), features, state


wormdrive.register_policy("mine", Mine)


class Half(wormdrive.Expert):
    def curvature(self, observation):
        return 0.5 * super().curvature(observation)
"""
TINY = "{batch: 2, window: 4, round_episodes: 2, round_length: 16, round_steps: 2, drive_routes: 1}"


def said(folder: Path, *arguments: object, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "wormdrive", *map(str, arguments), "--json"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.slow
def test_a_kind_and_an_expert_of_ones_own_are_trained_kept_and_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "tiny.yaml").write_text(TINY)
    assert said(tmp_path, "record", "drives", "--expert", "mine:Half", "--episodes", 3, "--length", 20)["episodes"] == 3
    options = ("--config", "tiny.yaml", "--steps", 4, "--rounds", 0, "--validation", 0.3, "--drive-every", 4)
    done = said(tmp_path, "train", "drives", "--out", "run", "--model", "mine:Mine", *options)
    assert (done["model"], done["best"]) == ("mine", "run/best")
    inside = said(tmp_path, "explain", "run/policy", WORMDRIVE_IMPORT="mine")
    assert inside["kind"] == "mine"
    line = json.loads((tmp_path / "run" / "journal.jsonl").read_text().splitlines()[-1])
    assert {"loss", "validation_loss", "drive_successes", "drive_offset_m"} <= line.keys()
    monkeypatch.setattr(own_kinds, "_own", {})
    with pytest.raises(Exception, match="kind='mine': allowed are ncp, "):
        load_policy(tmp_path / "run" / "best")


def test_what_a_recipe_says_of_the_policy_gives_way_to_the_one_to_start_from(tmp_path: Path) -> None:
    plain = _settings(None, None, {}, None, None)
    assert (plain.model, plain.policy["output_scale"]) == ("ncp", 0.1)
    tuned = _settings(None, None, {"steps": 7}, None, "lstm-blind")
    assert (tuned.model, tuned.policy, tuned.steps) == ("lstm", {}, 7)
    assert _settings("full", None, {}, None, "ncp").rounds == 2
    (tmp_path / "mine.yaml").write_text("{model: cfc}")
    assert _settings(None, tmp_path / "mine.yaml", {}, None, "ncp").model == "cfc"  # which is refused in training
    with pytest.raises(ArgumentError, match=r"validation=0.7: allowed is 0.0 or more, 0.5 or less"):
        _settings(None, None, {"validation": 0.7}, None, None)
