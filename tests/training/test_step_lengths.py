from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from wormdrive.agents.policies.ncp_policy import NCPPolicy, NCPPolicyConfig
from wormdrive.agents.policies.registry import build_policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.training.config import TrainConfig
from wormdrive.training.step_lengths import StepLengths, check_step_lengths, draw_step_lengths, solving_in


def test_drawn_from_seed_round_and_step_alone() -> None:
    config = TrainConfig(vary_unfolds=(3, 6, 12), vary_period_parts=(1, 2))
    drawn = [draw_step_lengths(config, 0, step) for step in range(60)]
    assert drawn == [draw_step_lengths(config, 0, step) for step in range(60)]
    assert {(one.unfolds, one.parts) for one in drawn} == {(k, p) for k in (3, 6, 12) for p in (1, 2)}
    assert drawn != [draw_step_lengths(config, 1, step) for step in range(60)]
    assert drawn != [draw_step_lengths(config.model_copy(update={"seed": 1}), 0, step) for step in range(60)]
    assert draw_step_lengths(TrainConfig(), 0, 0) == StepLengths(None, 1)


def test_what_is_not_varied_is_not_written_down() -> None:
    """Checkpoints, and the cells of benchmarks, are known by the configuration."""
    assert not any(name.startswith("vary") for name in TrainConfig().model_dump(mode="json"))
    written = TrainConfig(vary_unfolds=(3, 6)).model_dump(mode="json")
    assert written["vary_unfolds"] == [3, 6]
    assert "vary_period_parts" not in written
    assert TrainConfig.model_validate(written).vary_unfolds == (3, 6)


def test_a_policy_solves_otherwise_for_a_while() -> None:
    policy = NCPPolicy(NCPPolicyConfig())
    with solving_in(policy, 12):
        assert policy.cell.unfolds == 12
    assert policy.cell.unfolds == 6
    with pytest.raises(ArgumentError), solving_in(policy, 3):
        policy.cell(torch.zeros(1, 1, 3), torch.zeros(1, 19))
    assert policy.cell.unfolds == 6


def test_what_cannot_be_varied_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"vary_unfolds=\[3\]: model 'cfc' has no solver"):
        check_step_lengths(build_policy({"kind": "cfc"}), TrainConfig(model="cfc", vary_unfolds=(3,)))
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        TrainConfig(vary_unfolds=(0,))


def test_a_frame_held_for_two_samples_is_two_samples_of_half_the_time() -> None:
    torch.manual_seed(0)
    policy = build_policy({"kind": "ncp"}).eval()
    images, state = torch.rand(2, 3, 1, 39, 100), policy.initial_state(2)
    with torch.no_grad():
        held = policy(images, state, 0.8, parts=2)
        each = policy(images.repeat_interleave(2, 1), state, 0.4)
    torch.testing.assert_close(held.curvature, each.curvature[:, 1::2])
    torch.testing.assert_close(held.state, each.state)
