"""Road tests: a generator as for the SBFT/ICST tool competition, and an executor that needs no game engine.

``RandomGenerator`` stands where yours will: it invents roads by their points within a square of 200 m. The executor
says whether they keep the competition's rules, drives them with a policy in any season, and tells by how much the car
was out of its lane. A batch is driven side by side; ``executor.execute_test(test)`` takes one at a time.

    python examples/road_tests.py
    python examples/road_tests.py --season winter --tests 256 --crews 2
"""

from __future__ import annotations

import argparse
import json
import math
import time

import numpy as np

from wormdrive import Conditions
from wormdrive.errors import WormdriveError
from wormdrive.scenarios.road_tests import RoadTest, RoadTestExecutor, RoadTestFactory

MAP_M = 200
MARGIN_M = 8.0


class RandomGenerator:
    """Walks at random through the square, points some 15 m apart, and stops before it would leave it."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def road(self) -> list[tuple[float, float]]:
        """Invent the points of a road."""
        x, y = self.random.uniform(0.2 * MAP_M, 0.8 * MAP_M, 2)
        heading, turn = self.random.uniform(-math.pi, math.pi), 0.0
        points = []
        while min(x, y) > MARGIN_M and max(x, y) < MAP_M - MARGIN_M and len(points) < 25:
            points.append((float(x), float(y)))
            turn = float(np.clip(turn + self.random.normal(0.0, 0.35), -0.7, 0.7))
            heading += turn
            x, y = x + 15.0 * math.cos(heading), y + 15.0 * math.sin(heading)
        return points


def main() -> None:
    """Generate, execute, and say what was found."""
    parser = argparse.ArgumentParser(description="Drive random roads until the car is out of its lane.")
    parser.add_argument("--candidate", default="ncp", help="who drives: ncp, expert, a policy's folder (default ncp)")
    parser.add_argument("--season", default="summer")
    parser.add_argument("--weather", default="day")
    parser.add_argument("--tests", type=int, default=64, help="valid roads to drive (default 64)")
    parser.add_argument("--tolerance", type=float, default=0.5, help="share of the car that may be out (default 0.5)")
    parser.add_argument("--crews", type=int, default=1, help="threads that drive (default 1)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="folder to write the tests to")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if options.tests < 1:
        parser.error(f"--tests {options.tests}: allowed are whole numbers from 1 on")

    try:
        executor = RoadTestExecutor(
            options.out,
            MAP_M,
            options.candidate,
            oob_tolerance=options.tolerance,
            conditions=Conditions.preset(options.season, options.weather),
            seed=options.seed,
            crews=options.crews,
        )
    except WormdriveError as error:
        parser.error(str(error))
    generator = RandomGenerator(options.seed)
    tests: list[RoadTest] = []
    while len(tests) < options.tests:
        test = RoadTestFactory.create_road_test(generator.road())
        if executor.validate_test(test)[0]:
            tests.append(test)
    executor.execute_tests(tests[:1])  # compiles, where it is the first time
    began, busy = time.perf_counter(), time.process_time()
    executions = executor.execute_tests(tests)
    seconds, busy_seconds = time.perf_counter() - began, time.process_time() - busy

    worst = max(zip(executions, tests, strict=True), key=lambda pair: pair[0].execution_data[-1].max_oob_percentage)
    told = {
        "tests": len(tests),
        "failed": sum(execution.test_outcome == "FAIL" for execution in executions),
        "worst": {
            "test": worst[1].id,
            "oob_percentage": round(worst[0].execution_data[-1].max_oob_percentage, 4),
            "road_points": worst[1].road_points,
        },
        "tests_per_hour": round(3600.0 * len(tests) / seconds),
        "processor_seconds_per_test": round(busy_seconds / len(tests), 4),
    }
    if options.json:
        print(json.dumps(told))
        return
    print(f"{told['failed']} of {told['tests']} roads failed by {options.candidate} in {options.season}")
    print(f"worst: test {worst[1].id}, {100 * told['worst']['oob_percentage']:.0f} % of the car out of its lane")
    print(f"{told['tests_per_hour']:,} tests an hour; {told['processor_seconds_per_test']} s of processor time a test")


if __name__ == "__main__":
    main()
