"""One device: where a policy learns and drives, nothing is left on the CPU and nobody waits; no GPU is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.second_device import CAN_BE_HAD
from wormdrive.agents.policies.registry import POLICY_KINDS

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CAN_BE_HAD, reason="this torch has no devices made of Python"),
]


def there(deeds: str, kinds: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.training.on_second_device", deeds, kinds]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=600)


def test_every_kind_learns_and_drives_on_its_device() -> None:
    done = there("learn,drive", ",".join(POLICY_KINDS))
    assert done.returncode == 0, done.stderr[-3000:]
    assert len(done.stdout.split("\n")) == 2 * len(POLICY_KINDS) + 1


def test_pictures_of_what_goes_on_inside_come_from_the_device() -> None:
    done = there("look", "ncp,feedforward")
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize(("deed", "error"), [("wait", "DataDependentOutput"), ("forget", "DeviceMismatch")])
def test_what_would_wait_or_fail_is_noticed(deed: str, error: str) -> None:
    done = there(deed, "feedforward")
    assert done.returncode != 0
    assert error in done.stderr
