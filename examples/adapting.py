"""Adapting: let winter arrive while a policy drives, with a way of adapting that you write yourself.

    python examples/adapting.py                     # the policy ncp-blind, 3 drives of 200 m, a minute or two
    python examples/adapting.py --model runs/mine   # your own

A way is a habit: something that is called after every frame with what the policy saw and wants, and may change its
steering, its state or its weights. This one, ``Calm``, trusts no single frame: it steers the mean of what the policy
wanted over the last frames. Beside it drive the frozen policy and the one whose weights learn to answer to shifted
views as in summer. All have the same roads and the same snow.
"""

from __future__ import annotations

import argparse
from collections import deque

from wormdrive import Policy, load_policy
from wormdrive.adapting.car import Acted, Habit, Seen
from wormdrive.adapting.course import PHASES, Course
from wormdrive.adapting.findings import Findings, Training
from wormdrive.adapting.measure import measure
from wormdrive.adapting.ways import Way, ways_named


class Calm:
    """Steers the mean of what was wanted over the last ``frames`` frames."""

    def __init__(self, policy: Policy, frames: int = 5) -> None:
        self._wanted: deque[float] = deque(maxlen=frames)
        self.counts: dict[str, int] = {}

    def after(self, seen: Seen) -> Acted:
        """Steer more calmly than the policy."""
        self._wanted.append(seen.curvature)
        return Acted(sum(self._wanted) / len(self._wanted), seen.state)


def calm(policy: Policy) -> Habit:
    """Make the habit of one drive."""
    return Calm(policy)


def main() -> None:
    """Drive, and print how far each way came."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="ncp-blind", help="a policy's folder, or shipped weights")
    parser.add_argument("--routes", type=int, default=3)
    parser.add_argument("--length", type=float, default=200.0, help="of each drive [m]")
    given = parser.parse_args()

    course = Course(routes=given.routes, length_m=given.length)
    ways = (*ways_named(["shift"]), Way("calm", "steers the mean of the last frames", lambda summer, seed: calm))
    driven = measure(load_policy(given.model), ways, course)
    findings = Findings(course, (Training(given.model, given.model, tuple(driven)),))

    print(f"{given.model}: metres before a wheel left the lane, of {course.length_m:g}")
    print(f"{'way':<12}" + "".join(f"{phase:>10}" for phase in PHASES))
    for way in ways:
        figures = [findings.figure(given.model, way.name, phase, "metres").mean for phase in PHASES]
        print(f"{way.name:<12}" + "".join(f"{metres:>10.0f}" for metres in figures))


if __name__ == "__main__":
    main()
