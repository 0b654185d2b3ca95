"""The example of a policy of others, run as a reader would: without their files, and with such as theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from examples.policy_of_others import MOUNT, PICTURE, PilotNet, convert, main, read
from wormdrive.agents.mounted.mount import load_mount, parse_mount
from wormdrive.agents.mounted.onnx_network import OnnxNetwork


@pytest.mark.slow
def test_it_converts_mounts_and_drives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(1)
    torch.save(PilotNet().state_dict(), tmp_path / "nvidia-v9.pt")
    options = ["--out", str(tmp_path / "out"), "--drives", "1", "--length", "20", "--json"]
    main([str(tmp_path / "nvidia-v9.pt"), *options])
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["nvidia-v9"]
    assert list(told["nvidia-v9"]) == ["summer", "autumn", "winter", "spring"]
    assert load_mount(tmp_path / "out" / "mount.yaml") == parse_mount(MOUNT)
    assert (tmp_path / "out" / "nvidia-v9.onnx").exists()


def test_what_is_converted_says_what_the_network_said(tmp_path: Path) -> None:
    assert parse_mount(MOUNT).picture_shape == PICTURE
    torch.manual_seed(1)
    torch.save(PilotNet().state_dict(), tmp_path / "one.pt")
    network = read(tmp_path / "one.pt")
    convert(network, tmp_path / "one.onnx")
    picture = torch.rand(PICTURE)
    said, _ = OnnxNetwork(tmp_path / "one.onnx", parse_mount(MOUNT))(picture.numpy(), None, 0.03)
    assert said == pytest.approx(network(picture).item(), abs=1e-5)
