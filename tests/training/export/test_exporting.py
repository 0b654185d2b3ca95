from __future__ import annotations

import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.training.export.models import needs_compiler, noise, untrained
from wormdrive.agents.policies.policy import Policy, PolicyConfig
from wormdrive.agents.policies.serialization import save_policy
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.training.export import exporting
from wormdrive.training.export.compiled import find_compiler
from wormdrive.training.export.exporting import export_c, export_onnx
from wormdrive.training.export.network import read_network
from wormdrive.training.export.policy_stepper import TorchStepper


@pytest.mark.slow
@needs_compiler
def test_c_is_written_tried_and_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = untrained("ncp")
    done = export_c(policy, tmp_path / "new" / "folder", name="worm")
    assert [file.name for file in done.files] == ["worm.c", "worm.h"]
    assert done.stepper is not None
    assert done.difference_per_m is not None
    assert done.difference_per_m < 1e-6
    assert done.step_us is not None
    assert 10.0 < done.step_us < 1e6
    assert done.flash_bytes is not None
    # All weights and a little code
    assert done.weight_bytes < done.flash_bytes < done.weight_bytes + 20_000
    parameters = sum(p.numel() for n, p in policy.named_parameters() if not n.startswith("auxiliary"))
    assert done.weight_bytes == pytest.approx(4 * parameters, rel=0.01)
    monkeypatch.setattr(exporting, "find_compiler", lambda: None)  # its size is known without
    small = export_c(policy, tmp_path / "small", int8=True)
    assert small.weight_bytes < 0.3 * done.weight_bytes


def test_c_is_written_without_a_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    done = export_c(untrained("ncp"), tmp_path)
    assert done.files[0].stat().st_size > 500_000
    assert done.stepper is None
    assert done.step_us is None


def test_files_are_replaced_only_where_told_to(tmp_path: Path) -> None:
    policy = untrained("feedforward")
    file = tmp_path / "policy.onnx"
    file.write_bytes(b"precious")
    with pytest.raises(ArgumentError, match=r"policy\.onnx: exists; .*overwrite=True"):
        export_onnx(policy, file)
    assert file.read_bytes() == b"precious"
    done = export_onnx(policy, file, overwrite=True)
    frame = noise(policy, 1)[0]
    torch = TorchStepper(policy)
    torch.reset(1)
    assert done.stepper is not None
    assert np.abs(done.stepper.step(frame) - torch.step(frame)).max() < 1e-6

    (tmp_path / "wormdrive.c").write_bytes(b"precious")
    with pytest.raises(ArgumentError, match=r"wormdrive\.c: exists"):
        export_c(policy, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["policy.onnx", "wormdrive.c"]


def test_places_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    policy = untrained("feedforward")
    (tmp_path / "file").touch()
    with pytest.raises(ArgumentError, match="is a folder"):
        export_onnx(policy, tmp_path, overwrite=True)
    with pytest.raises(ArgumentError, match="file: is a file"):
        export_c(policy, tmp_path / "file", overwrite=True)
    with pytest.raises(ArgumentError, match="cannot be written"):
        export_onnx(policy, tmp_path / "file" / "below.onnx")


def test_other_kinds_of_policy_are_refused() -> None:
    class Other(Policy):
        state_size = 0

        def _control(self, features, state, elapsed):  # type: ignore[no-untyped-def]
            raise AssertionError

    with pytest.raises(
        ArgumentError, match=r"kind 'other'.*ncp, ltc_full, ltc_random, cfc, lstm, gru, gru_ode, ctrnn, feedforward$"
    ):
        read_network(Other(PolicyConfig(kind="other")))


def test_command_line_tells_sizes_and_timing(tmp_path: Path) -> None:
    save_policy(untrained("ncp"), tmp_path / "policy")
    where = tmp_path / "out" / "policy.onnx"
    arguments = ["export", str(tmp_path / "policy"), "--to", "onnx", "--out", str(where)]
    done = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["files"] == {str(where): where.stat().st_size}
    assert told["difference_per_m"] < 1e-6
    assert told["step_us"] > 1.0
    with pytest.raises(ArgumentError, match="exists"):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    with pytest.raises(ArgumentError, match="--int8: allowed with --to c only"):
        CliRunner().invoke(app, [*arguments, "--int8"], catch_exceptions=False)


@pytest.mark.slow
def test_command_line_chooses_names_itself_or_takes_those_of_a_c_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "find_compiler", lambda: None)
    save_policy(untrained("feedforward"), tmp_path / "policy")
    monkeypatch.chdir(tmp_path)
    for options in (["--to", "onnx"], ["--to", "c"], ["--to", "c", "--out", "new/eyes.c"]):
        done = CliRunner().invoke(app, ["export", "policy", *options], catch_exceptions=False)
        assert done.exit_code == 0, done.output
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")}
    assert written >= {"wormdrive.onnx", "wormdrive.c", "wormdrive.h", "new/eyes.c", "new/eyes.h"}
    with pytest.raises(ArgumentError, match=r"--name nose: allowed with --out new/eyes\.c is eyes"):
        CliRunner().invoke(
            app, ["export", "policy", "--to", "c", "--out", "new/eyes.c", "--name", "nose"], catch_exceptions=False
        )


@needs_compiler
def test_an_export_that_computes_something_else_ends_with_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_policy(untrained("feedforward"), tmp_path / "policy")
    # A compiler that may not be trusted: every square root is a hundredth too large.
    (tmp_path / "off.h").write_text("#include <math.h>\n#define sqrtf(x) (1.01f * sqrtf(x))\n")
    compiler = find_compiler()
    assert compiler is not None
    monkeypatch.setenv("CC", shlex.join([*compiler, "-include", str(tmp_path / "off.h")]))
    arguments = ["export", str(tmp_path / "policy"), "--to", "c", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 1
    assert "farther from torch than 1e-05 1/m" in done.stderr


@needs_compiler
@pytest.mark.slow
def test_command_line_drives_c_beside_torch(tmp_path: Path) -> None:
    arguments = ["export", "ncp", "--to", "c", "--out", str(tmp_path), "--drive"]
    done = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)
    assert [drive["season"] for drive in told["drives"]] == ["summer", "autumn", "winter", "spring"]
    for drive in told["drives"]:
        # A policy that keeps its lane: in one that does not, the least difference grows with every step.
        assert drive["steps"]["export"] > 800
        assert drive["end_reason"]["export"] == drive["end_reason"]["torch"] == "route_done"
        assert abs(drive["steps"]["export"] - drive["steps"]["torch"]) <= 1
        assert drive["end_gap_m"] < 0.002
        assert drive["difference_per_m"] < 1e-5
    assert told["ram_bytes"] == 67_964
    done = CliRunner().invoke(app, [*arguments[:-1], "--force"], catch_exceptions=False)
    assert "RAM (the caller's struct): 67,964 bytes" in done.stdout
