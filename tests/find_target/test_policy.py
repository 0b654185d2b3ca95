from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from wormdrive.envs.common.errors import ModelError
from wormdrive.find_target.policy import FlightPolicy, load_flight_policy, normalised, save_flight_policy


def test_pictures_are_whitened_and_tinted() -> None:
    frames = torch.randint(0, 256, (2, 3, 16, 24, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    plain = normalised(frames)
    assert plain.shape == (2, 3, 3, 16, 24)
    torch.testing.assert_close(plain.mean(dim=(-3, -2, -1)), torch.zeros(2, 3), atol=1e-5, rtol=0.0)
    torch.testing.assert_close(plain.std(dim=(-3, -2, -1)), torch.ones(2, 3), atol=1e-4, rtol=0.0)
    gain, bias = torch.full((2, 1, 1, 1, 3), 2.0), torch.full((2, 1, 1, 1, 3), -0.5)
    torch.testing.assert_close(normalised(frames, gain, bias), 2.0 * plain - 0.5)
    assert normalised(torch.full((1, 8, 8, 3), 7, dtype=torch.uint8)).abs().max() < 1e-4  # a blank picture


def test_gradients_do_not_change_a_bit() -> None:
    frames = torch.randint(0, 256, (2, 16, 24, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    tracked = frames.float().requires_grad_()
    found = normalised(tracked)
    assert torch.equal(found, normalised(frames))
    found.square().sum().backward()
    assert tracked.grad is not None
    assert torch.equal(tracked.detach(), frames.float())


def test_a_policy_comes_back_as_it_was_written(tmp_path: Path) -> None:
    policy = FlightPolicy("cfc", seed=3).eval()
    save_flight_policy(policy, tmp_path / "policy")
    again = load_flight_policy(tmp_path / "policy")
    images = torch.randn(1, 2, 3, 96, 144)
    with torch.no_grad():
        assert torch.equal(policy(images)[0], again(images)[0])


def test_the_seed_decides_the_weights() -> None:
    one, same, other = (FlightPolicy("lstm", seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert any(not torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("config.json", b"{", "not the configuration"),
        ("config.json", b'{"format": "other", "kind": "ncp"}', "format 'other'"),
        (
            "config.json",
            b'{"format": "wormdrive-flight-policy", "kind": "gru", "width": 144, "height": 96}',
            "kind='gru'",
        ),
        ("model.safetensors", b"junk", "not a safetensors file"),
    ],
)
def test_what_is_no_policy_is_refused(tmp_path: Path, file: str, content: bytes, reason: str) -> None:
    save_flight_policy(FlightPolicy("ncp"), tmp_path)
    (tmp_path / file).write_bytes(content)
    with pytest.raises(ModelError, match=reason):
        load_flight_policy(tmp_path)


def test_weights_of_another_kind_are_refused(tmp_path: Path) -> None:
    save_flight_policy(FlightPolicy("ncp"), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"kind": "lstm"}))
    with pytest.raises(ModelError, match="tensor"):
        load_flight_policy(tmp_path)
    with pytest.raises(ModelError, match="cannot be read"):
        load_flight_policy(tmp_path / "nowhere")
