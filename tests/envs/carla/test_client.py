"""Tests with the real ``carla`` client, each file in a process of its own: should the client crash, pytest goes on."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.carla_server import ServerProcess

PORTS = "WORMDRIVE_CARLA_PORTS"
SHARING = {"check_cockpit.py", "check_commands.py", "check_disturbances.py", "check_suite.py", "check_worlds.py"}
"""They leave servers as they found them, so that two are enough for all; the others bring them down or change them."""
FILES = sorted(path.name for path in (Path(__file__).parent / "client").glob("check_*.py"))
ROOT = Path(__file__).parents[3]

needs_client = pytest.mark.skipif(
    importlib.util.find_spec("carla") is None, reason="the carla client has no wheel for this Python or system"
)


@pytest.fixture(scope="module")
def ports() -> Iterator[str]:
    with ServerProcess(map="country_loop") as server, ServerProcess(map="country_loop") as second:
        yield f"{server.port},{second.port}"


def run(files: list[str], ports: str, limit_s: float) -> None:
    paths = [str(Path(__file__).parent / "client" / file) for file in files]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths]
    environment = os.environ | {PORTS: ports}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=limit_s)
    assert done.returncode == 0, f"status {done.returncode}\n{done.stdout[-8000:]}\n{done.stderr[-2000:]}"
    assert " passed" in done.stdout


@needs_client
@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_over_the_wire(file: str, ports: str) -> None:
    run([file], ports if file in SHARING else "", 400.0)


@needs_client
@pytest.mark.carla_server
@pytest.mark.skipif(
    PORTS not in os.environ,
    reason="no true CARLA servers: start two of 0.9.16 here and name their ports, WORMDRIVE_CARLA_PORTS=2000,2010",
)
def test_over_the_wire_to_true_servers() -> None:
    run(["check_suite.py", "check_worlds.py"], os.environ[PORTS], 3600.0)


def test_without_the_client_library_the_error_says_where_there_is_one() -> None:
    program = """
import sys
sys.modules["carla"] = None
from wormdrive.envs.common.errors import MissingPackageError
from wormdrive.envs.simulator_factory import open_simulator
open_simulator()
try:
    open_simulator("carla")
except MissingPackageError as error:
    assert str(error).startswith("carla is not installed: pip install 'wormdrive[carla]' (there is one for"), error
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)
