from __future__ import annotations

import numpy as np

from wormdrive.envs.find_target.gusts import FlightGusts, next_push


def pushed(strength: float, seed: int, steps: int = 2000) -> np.ndarray:
    gusts = FlightGusts(strength, seed)
    return np.stack([gusts.pushed(np.zeros(4)) for _ in range(steps)])


def test_gusts_come_and_go_as_those_that_teach() -> None:
    push, random, found = np.zeros((1, 4)), np.random.default_rng(0), []
    for _ in range(4000):
        push = next_push(push, random)
        found.append(push[0])
    np.testing.assert_allclose(np.std(found, axis=0), (0.3, 0.6, 0.5, 0.7), rtol=0.2)
    one, then = np.array(found)[:-1, 0], np.array(found)[1:, 0]
    assert 0.8 < np.corrcoef(one, then)[0, 1] < 0.95


def test_strength_and_seed() -> None:
    np.testing.assert_array_equal(pushed(1.0, 3), pushed(1.0, 3))
    assert (pushed(1.0, 3) != pushed(1.0, 4)).any()
    np.testing.assert_allclose(pushed(0.1, 3), 0.2 * np.clip(pushed(0.5, 3), -10.0, 10.0), atol=0.2)
    assert (pushed(0.0, 3) == 0.0).all()
    assert np.abs(pushed(3.0, 3)).max() == 1.0
