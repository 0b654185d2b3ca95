"""What the examples of reinforcement learning share: options, and tests of the policy between times of learning."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback

Point = dict[str, float]
"""What a test of the policy came to, by name."""


def learning_options(description: str, *, steps: int, every: int, of: str = "environments") -> argparse.ArgumentParser:
    """Return a parser of ``--steps``, ``--every``, ``--seed`` and ``--json``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--steps", type=int, default=steps, help=f"of all {of} together")
    parser.add_argument("--every", type=int, default=every, help="steps between two tests")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print the learning curve as JSON")
    return parser


class Curve(BaseCallback):
    """Tests the policy every so many steps, and tells in words how it went, unless the curve is wanted as JSON."""

    def __init__(self, test: Callable[[], Point], words: Callable[[Point], str], every: int, as_json: bool) -> None:
        super().__init__()
        self.points: list[Point] = []
        self._test, self._words, self._every, self._as_json = test, words, every, as_json
        self._began = time.monotonic()

    def _on_rollout_start(self) -> None:
        if self.num_timesteps >= (len(self.points) + 1) * self._every:
            self.test()

    def _on_step(self) -> bool:
        return True

    def test(self) -> None:
        """Test the policy as it is now."""
        point = {"steps": self.num_timesteps, **self._test()}
        self.points.append(point)
        if not self._as_json:
            seconds = time.monotonic() - self._began
            print(f"{point['steps']:7d} steps, {seconds:5.0f} s: {self._words(point)}", flush=True)


def learn(model: BaseAlgorithm, steps: int, curve: Curve, as_json: bool) -> None:
    """Learn for so many steps, with a test at the end."""
    model.learn(steps, callback=curve)
    curve.test()
    if as_json:
        print(json.dumps(curve.points))
