from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from stable_baselines3 import PPO
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecTransposeImage

from tests.support.one_thread import one_thread as one_thread
from wormdrive.envs.common.errors import ArgumentError, MissingPackageError
from wormdrive.envs.lane_keeping.sb3 import make_sb3_vec_env


def test_episodes_have_returns_and_lengths(tmp_path: Path) -> None:
    file = tmp_path / "train.monitor.csv"
    env = make_sb3_vec_env(2, observation="state", route_length=20.0, seed=3, monitor_file=str(file))
    env.reset()
    total, steps = np.zeros(2), 0
    done = np.zeros(2, np.bool_)
    while not done.any():
        _, reward, done, infos = env.step(np.zeros((2, 1), np.float32))
        total, steps = total + reward, steps + 1
    ended = int(np.flatnonzero(done)[0])
    assert infos[ended]["episode"]["l"] == steps
    assert infos[ended]["episode"]["r"] == pytest.approx(total[ended], rel=1e-4)
    env.close()
    assert len(file.read_text().splitlines()) == 2 + int(done.sum())


def test_a_seed_is_that_of_the_first_episodes() -> None:
    seen = [make_sb3_vec_env(2, seed=seed, route_length=30.0).reset() for seed in (4, 4, 5)]
    np.testing.assert_array_equal(seen[0], seen[1])
    np.testing.assert_array_equal(seen[0][1], seen[2][0])
    assert (seen[0] != seen[2]).any()
    with pytest.raises(ArgumentError, match="seed=-1"):
        make_sb3_vec_env(2, seed=-1)


@pytest.mark.slow
def test_ppo_learns_from_pictures_and_the_same_seed_gives_the_same_weights() -> None:
    learnt = []
    for _ in range(2):
        env = make_sb3_vec_env(8, action="curvature", route_length=40.0, season=("summer", "winter"))
        model = PPO("CnnPolicy", env, n_steps=8, batch_size=32, n_epochs=1, seed=1, device="cpu")
        assert isinstance(model.env, VecTransposeImage)
        model.learn(128)
        learnt.append(model)
    pairs = zip(learnt[0].policy.parameters(), learnt[1].policy.parameters(), strict=True)
    assert all((one == other).all() for one, other in pairs)
    env = make_sb3_vec_env(2, action="curvature", route_length=20.0, seed=9)
    reward, _ = evaluate_policy(learnt[0], env, n_eval_episodes=2)  # warns of environments without a monitor
    assert np.isfinite(reward)


def test_missing_stable_baselines_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stable_baselines3.common.vec_env", None)
    with pytest.raises(
        MissingPackageError, match=r"^stable_baselines3 is not installed: pip install 'wormdrive\[sb3\]'$"
    ):
        make_sb3_vec_env(2)
