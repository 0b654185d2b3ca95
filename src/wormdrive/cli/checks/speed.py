"""How fast the camera and the liquid cell run here: measured in a process of its own, which may crash or hang.

``python -m wormdrive.cli.checks.speed`` prints one JSON object.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import wormdrive
from wormdrive.cli.checks.check_result import CheckResult, State

if TYPE_CHECKING:
    from wormdrive.envs.embedded.simulator import EmbeddedSimulator

__all__ = ["check_speed", "measure"]

TIME_LIMIT_S: Final = 600.0
"""Compiling all kernels took 90 s on two busy cores."""

_SECONDS_EACH: Final = 0.4
_REAL_TIME_HZ: Final = 30.0


def check_speed(time_limit_s: float = TIME_LIMIT_S) -> CheckResult:
    """Measure in a child process, for a second or two once everything is compiled."""
    path = os.pathsep.join([str(Path(wormdrive.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    try:
        done = subprocess.run(  # noqa: S603 - this very module
            [sys.executable, "-m", __name__],
            capture_output=True,
            text=True,
            check=False,
            timeout=time_limit_s,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)},
        )
    except subprocess.TimeoutExpired:
        return CheckResult(
            "speed",
            State.fault,
            f"not measured within {time_limit_s:g} s",
            "run `wormdrive bench camera` to see where it stays",
        )
    if done.returncode:
        last = (done.stderr.strip() or "nothing was said").splitlines()[-1][:300]
        return CheckResult(
            "speed",
            State.fault,
            f"the simulator or the policy ended with status {done.returncode}: {last}",
            "delete the folder of kernels (above) and try again; then report it",
        )
    found = json.loads(done.stdout.splitlines()[-1])
    text = (
        f"{found['frames_per_s']:,.0f} pictures/s, liquid cell {found['cell_us']:,.0f} us a step, policy from picture "
        f"to steering {found['policy_us']:,.0f} us, {found['first_s']:.1f} s to the first picture"
    )
    rate = 1.0 / (1.0 / found["frames_per_s"] + 1e-6 * found["policy_us"])
    if rate < _REAL_TIME_HZ:
        advice = "too slow to watch at 30 Hz: close other programs, and see the processor above"
        return CheckResult("speed", State.warning, text, advice, found)
    return CheckResult("speed", State.ok, text, values=found)


def measure() -> dict[str, float]:
    """Rate of a world with pictures [1/s], time of a step of the cell and of the policy [us], of the first picture [s].

    One car on one thread, in summer, 200x78; the policy is the shipped one.
    """
    import torch

    from wormdrive.agents.cells.ltc import LTC
    from wormdrive.agents.policies.serialization import load_policy
    from wormdrive.agents.wirings.wiring import Wiring
    from wormdrive.envs.embedded.simulator import EmbeddedSimulator
    from wormdrive.envs.simulation.scenario import Scenario

    torch.set_num_threads(1)
    began = time.perf_counter()
    simulator = EmbeddedSimulator(1)
    frames = simulator.reset([Scenario()]).camera
    first_s = time.perf_counter() - began
    if frames is None:
        raise RuntimeError("the simulator drew no picture")
    policy = load_policy("ncp")
    state, cell = policy.initial_state(1), LTC(Wiring.ncp())
    inputs, cell_state = torch.rand(1, 1, cell.wiring.input_size), cell.initial_state(1)

    def step_cell() -> float:
        with torch.inference_mode():
            began = time.perf_counter()
            cell(inputs, cell_state)
            return time.perf_counter() - began

    def act() -> float:
        began = time.perf_counter()
        policy.act(frames, state)
        return time.perf_counter() - began

    return {
        "frames_per_s": 1.0 / _median_s(_drawing(simulator)),
        "cell_us": 1e6 * _median_s(step_cell),
        "policy_us": 1e6 * _median_s(act),
        "first_s": first_s,
    }


def _drawing(simulator: EmbeddedSimulator) -> Callable[[], float]:
    """Make a call that steps the simulator and tells the seconds it took; the expert drives and is not counted."""
    from wormdrive.agents.expert import Expert
    from wormdrive.envs.simulation.scenario import Scenario

    expert = Expert(simulator)

    def step() -> float:
        if simulator.last_observation.end_reason[0]:  # nothing is drawn of a drive that is over
            simulator.reset([Scenario()])
        command = expert.act(simulator.last_observation)
        began = time.perf_counter()
        simulator.step(command)
        return time.perf_counter() - began

    return step


def _median_s(timed: Callable[[], float]) -> float:
    """Median of what a call says that it took [s], after some calls to warm up."""
    for _ in range(3):
        timed()
    times, end = [], time.perf_counter() + _SECONDS_EACH
    while time.perf_counter() < end:
        times.append(timed())
    return statistics.median(times)


if __name__ == "__main__":
    print(json.dumps(measure()))
