"""``wormdrive doctor`` on this machine, and on machines where something is missing."""

from __future__ import annotations

import json
import os
import socket
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import msgpack
import pytest
from typer.testing import CliRunner

from tests.support.one_connection import one_connection
from wormdrive.cli.checks import caches, machine, server, software, speed
from wormdrive.cli.checks.check_result import CheckResult, State, guarded
from wormdrive.cli.main import app

CHECKS = [
    "python", "packages", "extras", "processor", "kernels", "art", "frames", "speed", "carla", "display", "browser",
    "C compiler",
]  # fmt: skip


def doctor(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["doctor", *arguments], catch_exceptions=False)
    return done.exit_code, done.stdout


@pytest.mark.slow
def test_everything_is_looked_at_and_measured_here() -> None:
    status, said = doctor("--json", "--timeout", "0.5")
    told: dict[str, Any] = json.loads(said)
    assert (status, told["ok"]) == (0, True)
    assert list(told["checks"]) == CHECKS
    assert told["checks"]["packages"]["versions"]["torch"] == metadata.version("torch")
    measured = told["checks"]["speed"]
    assert measured["state"] in ("ok", "warning")
    assert 1.0 < measured["frames_per_s"] < 1e6
    assert 0.1 < measured["cell_us"] < measured["policy_us"] < 1e7
    # What was measured was drawn, so that both stores hold something now.
    assert "summer" in told["checks"]["art"]["seasons"] or not os.access(told["checks"]["art"]["folder"], os.W_OK)


def test_people_read_a_line_a_check_and_what_to_do() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        status, said = doctor("--no-speed", "--host", "127.0.0.1", "--port", str(free.getsockname()[1]))
    assert status == 0
    lines = said.splitlines()
    assert [line for line in lines if line.startswith("  ! carla") and "nothing listens there" in line]
    assert [line for line in lines if "-> only for --simulator carla" in line]
    assert lines[-1].startswith("Recording, training and driving can run here, ")


def test_status_1_where_the_main_job_cannot_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> CheckResult:
        raise ImportError("libtorch.so: cannot open\nshared object")

    monkeypatch.setattr(software, "check_packages", broken)
    status, said = doctor("--no-speed", "--timeout", "0.1")
    assert status == 1
    assert "  X packages" in said
    assert "ImportError: libtorch.so: cannot open shared object" in said
    assert "-> install again" in said
    assert said.splitlines()[-1].startswith("Recording, training and driving cannot run here")


REQUIRED = [
    "torch>=2.6",
    'onnxruntime>=1.20; extra == "export"',
    'ray[client]>=2.40; extra == "ray"',
    'wormdrive[export]; extra == "all"',
]
"""As the package's own metadata have it."""


@pytest.mark.parametrize(
    ("absent", "state", "words", "extras"),
    [
        ("torch", "fault", "torch missing", "export, ray installed"),
        (
            "onnxruntime",
            "ok",
            "all 1 are there",
            "ray installed; not: export; if you want one: pip install 'wormdrive[export]'",
        ),
    ],
)
def test_missing_packages(absent: str, state: str, words: str, extras: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == absent:
            raise metadata.PackageNotFoundError(name)
        return "99.0"

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(metadata, "requires", lambda name: REQUIRED)
    result = software.check_packages()
    assert result.state == state
    assert words in result.found
    result = software.check_extras()
    assert extras in f"{result.found}; {result.advice}"


def test_without_the_packages_that_servers_are_asked_with(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("msgpack", "wormdrive.envs.carla.connection."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "msgpack", None)
    result = server.check_server("127.0.0.1", 1, 0.1, wanted=True)
    assert (result.state, result.found) == (State.warning, "msgpack is not installed")
    assert result.advice == "for CARLA servers: pip install 'wormdrive[carla]'"


def test_old_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "2.5.1+cpu" if name == "torch" else real(name))
    result = software.check_packages()
    assert result.state is State.fault
    assert "torch 2.5.1+cpu (at least 2.6)" in result.found


def test_not_installed_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def requires(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)
    result = software.check_packages()
    assert result.state is State.warning
    assert "pip install" in result.advice


@pytest.mark.parametrize(
    ("variables", "state", "words"),
    [
        ({}, "absent", "none"),
        ({"DISPLAY": ":94321"}, "warning", "does not answer"),
        ({"DISPLAY": "localhost:10.0"}, "ok", "X11 localhost:10.0"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "ok", "Wayland wayland-0"),
        ({"DISPLAY": ":94321", "SDL_VIDEODRIVER": "dummy"}, "absent", "simulated"),
    ],
)
def test_displays(variables: dict[str, str], state: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = machine.check_display()
    assert (result.state, words in result.found) == (state, True)
    assert bool(result.advice) == (state != "ok")


def test_without_compiler_or_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    assert machine.check_compiler().state is State.absent


def test_kernels_that_are_not_compiled_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    import numba

    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    result = machine.check_processor()
    assert result.state is State.fault
    assert result.advice == "unset NUMBA_DISABLE_JIT"


def test_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WORMDRIVE_CACHE", str(tmp_path / "new"))
    assert "is empty" in caches.check_kernels().found
    assert caches.check_art().values["seasons"] == []
    kernels = tmp_path / "new" / "kernels" / "stamp"
    kernels.mkdir(parents=True)
    (kernels / "function.1.nbc").write_bytes(b"x" * 3_000_000)
    (kernels / "function.nbi").write_bytes(b"x" * 10)
    result = caches.check_kernels()
    assert (result.state, result.values["functions"], result.values["bytes"]) == (State.ok, 1, 3_000_010)
    assert "1 compiled functions, 3 MB" in result.found


def test_a_cache_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("WORMDRIVE_CACHE", str(tmp_path / "file" / "below"))
    result = caches.check_kernels()
    assert result.state is State.warning
    assert "cannot be written" in result.found
    assert "WORMDRIVE_CACHE" in result.advice


def test_drawn_frames(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WORMDRIVE_CACHE", str(tmp_path))
    monkeypatch.delenv("WORMDRIVE_FRAMES_GIB")
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "one.frames").write_bytes(b"x" * 2_000_000)
    result = caches.check_frames()
    assert (result.state, result.values["drives"], result.values["bytes"]) == (State.ok, 1, 2_000_000)
    assert result.found == f"1 drives' drawn frames, 2 of at most 4,295 MB in {tmp_path / 'frames'}"
    monkeypatch.setenv("WORMDRIVE_FRAMES_GIB", "plenty")
    result = caches.check_frames()
    assert (result.state, result.advice) == (State.warning, "unset WORMDRIVE_FRAMES_GIB")
    assert "'plenty'" in result.found


def test_a_server_of_another_version() -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(msgpack.packb([1, 0, None, [[1, "0.9.13"]]]))

    with one_connection(answer) as port:
        result = server.check_server("127.0.0.1", port, 5.0, wanted=False)
    assert result.state is State.warning
    assert "0.9.13" in result.found
    assert result.advice


def test_measuring_that_crashes_or_hangs_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'Illegal instruction' >&2\nexit 132\n")
    broken.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(broken))
    result = speed.check_speed()
    assert result.state is State.fault
    assert "status 132: Illegal instruction" in result.found
    broken.write_text("#!/bin/sh\nexec sleep 60\n")
    result = speed.check_speed(time_limit_s=0.2)
    assert result.state is State.fault
    assert "not measured within 0.2 s" in result.found


def test_a_check_that_breaks_is_a_fault() -> None:
    def broken() -> CheckResult:
        raise RuntimeError("x" * 1000)

    result = guarded("that", broken)
    assert (result.name, result.state) == ("that", State.fault)
    assert len(result.found) < 300
