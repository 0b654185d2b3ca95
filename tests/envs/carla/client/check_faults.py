"""Servers that fail: each does it to a server, and wants a named error in time, a clean server, or a fresh start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.envs.carla.client.faulty import FaultyServer, faulty_server
from tests.envs.carla.client.witness import Witness
from tests.support.carla_server import ROOT, ServerProcess
from wormdrive.envs.carla.simulator import CarlaSimulator
from wormdrive.envs.common.errors import MapError, SimulatorError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario

SCENARIO = Scenario(map="country_loop", route_length_m=100.0)
AHEAD = np.array([[0.0, np.nan]])
SMALL = CameraConfig(width=64, height=24)
LIMIT_S = 3.0
GRACE_S = 6.0
"""What a loaded machine may take beside the limit, and the second in which a server may show that it lives."""


@pytest.fixture(scope="module")
def living() -> Iterator[FaultyServer]:
    with faulty_server() as server:
        warm = CarlaSimulator(1, ports=[server.port], camera=SMALL, timeout_s=120.0)
        warm.reset([SCENARIO])  # the first picture of a server may take longer than the limit: kernels are compiled
        warm.close()
        yield server


@pytest.fixture
def simulator(living: FaultyServer) -> Iterator[CarlaSimulator]:
    made = CarlaSimulator(1, ports=[living.port], camera=SMALL, timeout_s=LIMIT_S)
    yield made
    made.close()


def fails_in_time(work: Callable[[], object], match: str, port: int) -> None:
    began = time.monotonic()
    with pytest.raises(SimulatorError, match=match) as caught:
        work()
    assert time.monotonic() - began < LIMIT_S + GRACE_S
    assert f"localhost:{port}" in str(caught.value)


def stop(pid: int) -> None:
    """Stop a process, and come back when all of its threads stand: one that runs meanwhile may still answer a tick."""
    os.kill(pid, signal.SIGSTOP)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        states = [path.read_text().rpartition(")")[2].split()[0] for path in Path(f"/proc/{pid}/task").glob("*/stat")]
        if set(states) == {"T"}:
            return
        time.sleep(0.01)
    raise AssertionError(f"threads of {pid} are {states}")


def drives_again(simulator: CarlaSimulator) -> None:
    simulator.reset([SCENARIO])
    assert simulator.step(AHEAD).end_reason[0] == 0


def test_absent() -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        simulator = CarlaSimulator(1, ports=[port], timeout_s=LIMIT_S)
        fails_in_time(lambda: simulator.reset([SCENARIO]), f"nothing listens there .time limit {LIMIT_S:g} s", port)
        fails_in_time(lambda: simulator.parameters, "nothing listens there", port)
        simulator.close()


def test_killed_in_mid_episode_absent_and_restarted() -> None:
    with ServerProcess(map="country_loop") as server:
        simulator = CarlaSimulator(1, ports=[server.port], camera=None, timeout_s=LIMIT_S)
        simulator.reset([SCENARIO])
        simulator.step(AHEAD)
        server.kill()
        fails_in_time(lambda: simulator.step(AHEAD), f"a tick: .*time limit {LIMIT_S:g} s", server.port)
        with pytest.raises(SimulatorError, match="reset it first"):
            simulator.step(AHEAD)
        fails_in_time(lambda: simulator.reset([SCENARIO]), "nothing listens there", server.port)
    with ServerProcess(map="country_loop", port=server.port):
        drives_again(simulator)
    with ServerProcess(map="country_loop", port=server.port):  # between two episodes
        drives_again(simulator)
    began = time.monotonic()
    simulator.close()  # with nobody there any more
    assert time.monotonic() - began < LIMIT_S


def test_too_slow(server: ServerProcess) -> None:
    simulator = CarlaSimulator(1, ports=[server.port], camera=None, timeout_s=LIMIT_S)
    simulator.reset([SCENARIO])
    stop(server.process.pid)
    try:
        fails_in_time(lambda: simulator.step(AHEAD), "a tick: no answer in time", server.port)
        fails_in_time(lambda: simulator.reset([SCENARIO]), f"no answer within {LIMIT_S:g} s", server.port)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    drives_again(simulator)
    witness = Witness(server.port)
    assert sum(actor.type_id.startswith("vehicle.") for actor in witness.actors()) == 1  # the first was swept
    simulator.close()
    witness.assert_clean()


def test_too_slow_and_then_closed(server: ServerProcess) -> None:
    simulator = CarlaSimulator(1, ports=[server.port], camera=None, timeout_s=LIMIT_S)
    simulator.reset([SCENARIO])
    stop(server.process.pid)
    try:
        fails_in_time(lambda: simulator.step(AHEAD), "a tick", server.port)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    simulator.close()
    Witness(server.port).assert_clean()


def test_another_version(living: FaultyServer, simulator: CarlaSimulator) -> None:
    with (
        living.fault("version", "0.9.15", healed="0.9.16"),
        pytest.raises(SimulatorError, match=r"version '0.9.15'; allowed is '0.9.16'"),
    ):
        simulator.reset([SCENARIO])
    with living.fault("version", "0.9.16-12-gabcdef0", healed="0.9.16"):  # built from source
        drives_again(simulator)


def test_another_client_ticks_the_world(living: FaultyServer, simulator: CarlaSimulator) -> None:
    simulator.reset([SCENARIO])
    witness = Witness(living.port)
    witness.call("tick_cue")
    fails_in_time(lambda: simulator.step(AHEAD), "another client ticks this world", living.port)
    witness.assert_clean()
    drives_again(simulator)


def test_another_client_ends_synchronous_mode(living: FaultyServer, simulator: CarlaSimulator) -> None:
    simulator.reset([SCENARIO])
    witness = Witness(living.port)
    settings = witness.world.get_settings()
    settings.synchronous_mode = False
    settings.fixed_delta_seconds = None
    witness.world.apply_settings(settings)
    time.sleep(0.3)
    fails_in_time(lambda: simulator.step(AHEAD), "another client ticks this world", living.port)
    witness.assert_clean()
    drives_again(simulator)


def test_another_client_destroys_our_vehicle(living: FaultyServer, simulator: CarlaSimulator) -> None:
    simulator.reset([SCENARIO])
    witness = Witness(living.port)
    vehicle = next(actor for actor in witness.actors() if actor.type_id.startswith("vehicle."))
    witness.call("destroy_actor", vehicle.id)
    fails_in_time(lambda: simulator.step(AHEAD), "our vehicle is gone|no picture", living.port)
    witness.assert_clean()
    drives_again(simulator)


def test_another_client_loads_a_map(living: FaultyServer, simulator: CarlaSimulator) -> None:
    simulator.reset([SCENARIO])
    Witness(living.port).client.load_world("highway")
    fails_in_time(lambda: simulator.step(AHEAD), "CARLA server", living.port)
    Witness(living.port).assert_clean()
    drives_again(simulator)  # on the map of the scenario, not on what the other has loaded
    Witness(living.port).client.load_world("highway")
    drives_again(simulator)


def test_a_frame_is_missing(living: FaultyServer, simulator: CarlaSimulator) -> None:
    simulator.reset([SCENARIO])
    with living.fault("frames", "lost", healed="kept"):
        fails_in_time(lambda: simulator.step(AHEAD), "sensor.camera.rgb: no picture of frame", living.port)
        fails_in_time(lambda: simulator.reset([SCENARIO]), "no picture from sensor.camera.rgb", living.port)
    Witness(living.port).assert_clean()
    drives_again(simulator)


def test_maps_and_routes_that_are_not_there(living: FaultyServer, simulator: CarlaSimulator) -> None:
    with pytest.raises(MapError, match=r"Town99.*no such town.*country_loop"):
        simulator.reset([SCENARIO.model_copy(update={"map": "Town99"})])
    with pytest.raises(MapError, match="no such file"):
        simulator.reset([SCENARIO.model_copy(update={"map": "nowhere.xodr"})])
    Witness(living.port).assert_clean()
    drives_again(simulator)


def test_a_program_that_forgets_to_close_leaves_nothing(living: FaultyServer) -> None:
    program = f"""
import numpy as np
from wormdrive.envs.carla.simulator import CarlaSimulator
from wormdrive.envs.simulation.scenario import Scenario
simulator = CarlaSimulator(1, ports=[{living.port}])
simulator.reset([Scenario(route_length_m=100.0)])
raise SystemExit(3)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    Witness(living.port).assert_clean()


def test_a_command_that_is_told_to_end_leaves_nothing(living: FaultyServer, tmp_path: os.PathLike[str]) -> None:
    command = [sys.executable, "-m", "wormdrive", "record", str(tmp_path), "--simulator", "carla"]
    command += ["--port", str(living.port), "--episodes", "4", "--length", "20000"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        witness = Witness(living.port)
        deadline = time.monotonic() + 60.0
        while not witness.actors():
            assert time.monotonic() < deadline
            time.sleep(0.2)
        running.terminate()
        assert running.wait(20) == 128 + signal.SIGTERM
    witness.assert_clean()


def test_lost_with_traffic_is_an_error_and_no_crash(living: FaultyServer) -> None:
    # In a process of its own: CARLA's Traffic Manager, which lives in the client's process, ends that where it cannot
    # reach its server, and makes it wait for ever at the next tick, of any server. Neither may happen.
    program = f"""
import os, signal
import numpy as np
from wormdrive.envs.carla.simulator import CarlaSimulator
from wormdrive.envs.common.errors import SimulatorError
from wormdrive.envs.simulation.scenario import Scenario

def refused(work):
    try:
        work()
    except SimulatorError as error:
        return str(error)
    raise AssertionError("no error")

scenario = Scenario(route_length_m=100.0, traffic=2)
simulator = CarlaSimulator(1, ports=[{{port}}], camera=None, timeout_s={LIMIT_S})
simulator.reset([scenario])
os.kill({{process}}, signal.SIGKILL)
assert "a tick: no answer" in refused(lambda: simulator.step(np.array([[0.0, np.nan]])))
assert "go on in a new process" in refused(lambda: simulator.reset([scenario]))
simulator.close()
other = CarlaSimulator(1, ports=[{living.port}], camera=None, timeout_s={LIMIT_S})
assert "go on in a new process" in refused(lambda: other.reset([scenario]))
other.close()
"""
    with ServerProcess(map="country_loop") as server:
        program = program.format(port=server.port, process=server.process.pid)
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
