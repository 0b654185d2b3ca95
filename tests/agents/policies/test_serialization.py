from __future__ import annotations

import contextlib
import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from wormdrive.agents.policies import serialization
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import POLICY_KINDS, build_policy
from wormdrive.agents.policies.serialization import CONFIG_FILE, WEIGHTS_FILE, load_policy, save_policy, shipped_folder
from wormdrive.envs.common.errors import ArgumentError, ModelError
from wormdrive.envs.simulation.camera_config import CameraConfig


def make(kind: str = "ncp", seed: int = 0) -> Policy:
    torch.manual_seed(seed)
    return build_policy({"kind": kind, "preprocess": {"crop_top": 3}}).eval()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_policy(make(), tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_round_trip(kind: str, tmp_path: Path) -> None:
    policy = make(kind)
    save_policy(policy, tmp_path / "deep" / "model")
    random_state = torch.get_rng_state()
    back = load_policy(tmp_path / "deep" / "model")
    assert torch.equal(torch.get_rng_state(), random_state)
    assert type(back) is type(policy)
    assert back.config == policy.config
    assert not back.training
    assert {k: v.tolist() for k, v in back.state_dict().items()} == {
        k: v.tolist() for k, v in policy.state_dict().items()
    }
    frames = np.random.default_rng(0).integers(0, 256, (2, 78, 200, 3), np.uint8)
    np.testing.assert_array_equal(
        back.act(frames, back.initial_state(2))[0], policy.act(frames, policy.initial_state(2))[0]
    )


def test_folder_holds_two_files_and_nothing_is_left_aside(folder: Path) -> None:
    assert sorted(p.name for p in folder.iterdir()) == ["config.json", "model.safetensors"]
    assert [p.name for p in folder.parent.iterdir()] == ["model"]
    config = json.loads((folder / "config.json").read_text())
    assert config["policy"]["kind"] == "ncp"
    assert len(config["policy"]["wiring"]["synapses"]) == 252


def test_the_camera_of_its_training_is_remembered(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    policy = make()
    policy.trained_camera = CameraConfig(fov_deg=60.0, pitch_rad=0.2)
    save_policy(policy, tmp_path / "model")
    assert load_policy(tmp_path / "model").camera == CameraConfig(fov_deg=60.0, pitch_rad=0.2)
    assert caplog.text == ""


def test_a_folder_without_a_camera_means_the_default_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serialization, "_told", [])
    large = build_policy({"kind": "feedforward", "preprocess": {"width": 320, "height": 160, "downsample": 4}})
    for name, policy, camera in (("a", make(), CameraConfig()), ("b", large, CameraConfig(width=320, height=160))):
        save_policy(policy, tmp_path / name)
        assert "camera" not in json.loads((tmp_path / name / "config.json").read_text())
        back = load_policy(tmp_path / name)
        assert (back.trained_camera, back.camera) == (None, camera)
    (record,) = caplog.records
    assert str(tmp_path / "a" / "config.json") in record.getMessage()
    assert "names no camera" in record.getMessage()


def test_a_policy_without_eyes_has_no_camera(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blind = build_policy({"kind": "ncp", "observes": "road_state"})
    blind.trained_camera = CameraConfig()
    save_policy(blind, tmp_path / "model")
    assert "camera" not in json.loads((tmp_path / "model" / "config.json").read_text())
    assert load_policy(tmp_path / "model").camera is None
    assert caplog.text == ""


def test_shipped_policies_name_their_camera() -> None:
    for name in serialization.shipped_policies():
        policy = load_policy(name)
        assert policy.trained_camera == CameraConfig() or not policy.needs_camera


@pytest.mark.parametrize(
    ("camera", "complaint"),
    [
        ({"zoom": 2}, "camera=.*zoom.*: allowed are width"),
        ({"fov_deg": 1e9}, "camera=.*: allowed for fov_deg is 1 to 160"),
        ({"width": 320, "height": 160}, "camera: 320x160 pixels, allowed are the 200x78"),
        ([1], r"camera=\[1\]: allowed is an object"),
    ],
)
def test_wrong_cameras_are_refused(folder: Path, camera: object, complaint: str) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"camera": camera}))
    with pytest.raises(ModelError, match=rf"config\.json: {complaint}"):
        load_policy(folder)


def test_same_policy_same_bytes(tmp_path: Path) -> None:
    save_policy(make(), tmp_path / "a")
    save_policy(make(), tmp_path / "b")
    for name in ("config.json", "model.safetensors"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_replaces_an_older_policy(folder: Path) -> None:
    newer = make("feedforward", 1)
    save_policy(newer, folder)
    assert load_policy(folder).config == newer.config
    assert [p.name for p in folder.parent.iterdir()] == ["model"]


def test_does_not_replace_what_is_no_policy(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ModelError, match=r"thesis\.txt"):
        save_policy(make(), tmp_path)
    with pytest.raises(ModelError, match=r"thesis\.txt"):
        save_policy(make(), tmp_path / "thesis.txt")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_failed_save_leaves_the_old_policy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_policy(folder).config
    real = serialization._write

    def full_disk(path: Path, content: bytes) -> None:
        if path.name == "config.json":
            raise OSError("no space left on device")
        real(path, content)

    monkeypatch.setattr(serialization, "_write", full_disk)
    with pytest.raises(OSError, match="no space"):
        save_policy(make("feedforward"), folder)
    assert load_policy(folder).config == before
    assert [p.name for p in folder.parent.iterdir()] == ["model"]


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder: allowed is a policy's folder or a shipped name"):
        load_policy(tmp_path / "nothing")
    with pytest.raises(ModelError, match=r"no config\.json in it; allowed is a policy's folder"):
        load_policy(tmp_path)
    save_policy(make("feedforward"), tmp_path / "policy")
    with pytest.raises(ModelError, match=r"allowed is a policy's folder: .*policy is one"):
        load_policy(tmp_path)


def test_shipped_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serialization, "SHIPPED", tmp_path)
    save_policy(make(), tmp_path / "four-seasons")
    assert serialization.shipped_policies() == ("four-seasons",)
    assert load_policy("four-seasons").config == make().config
    for name in ("../four-seasons-x", "four-seasons/..", ""):
        with pytest.raises(ModelError):
            load_policy(name)


def _edit_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    data = json.loads(path.read_text())
    for key, value in changes.items():
        if value is None:
            del data[key]
        else:
            data[key] = value
    path.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"format": "other"}, "format='other': allowed are wormdrive-policy"),
        ({"version": 99}, "version=99: allowed are 1"),
        ({"policy": None}, "allowed is an object with the keys"),
        ({"policy": 7}, "a int: allowed is an object"),
        ({"policy": {"kind": "magic"}}, "kind='magic'"),
        ({"policy": {"kind": "ncp"}}, "another configuration|is torch.float32"),
        ({"weights_sha256": "0" * 64}, "corrupt, truncated or another policy's"),
        ({"weights_sha256": 0}, "must be a text"),
    ],
)
def test_wrong_configurations_are_refused(folder: Path, changes: dict, complaint: str) -> None:
    _edit_config(folder, **changes)
    with pytest.raises(ModelError, match=complaint) as caught:
        load_policy(folder)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00", '{"format": NaN}', "[" * 100_000])
def test_what_is_no_configuration_is_refused(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text)
    with pytest.raises(ModelError, match=r"config\.json"):
        load_policy(folder)


def test_binary_configuration_is_refused(folder: Path) -> None:
    (folder / "config.json").write_bytes(bytes(range(256)))
    with pytest.raises(ModelError, match="not JSON"):
        load_policy(folder)


def _rewrite_weights(folder: Path, content: bytes) -> None:
    """Put other weights in place and make the digest fit, as a forger would."""
    (folder / "model.safetensors").write_bytes(content)
    _edit_config(folder, weights_sha256=hashlib.sha256(content).hexdigest())


def _resave(folder: Path, change: object, metadata: dict[str, str] | None = None) -> None:
    path = folder / "model.safetensors"
    tensors = load_file(path)
    header = json.loads(path.read_bytes()[8 : 8 + struct.unpack("<Q", path.read_bytes()[:8])[0]])
    change(tensors)  # type: ignore[operator]
    save_file(tensors, path, header["__metadata__"] if metadata is None else metadata)
    _rewrite_weights(folder, path.read_bytes())


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda t: t.pop("cell.rest"), "tensor 'cell.rest' is missing"),
        (lambda t: t.update(more=torch.zeros(1)), "tensor 'more' is not part of this policy"),
        (
            lambda t: t.update({"cell.rest": torch.zeros(20)}),
            r"is torch.float32 \(20,\): allowed is torch.float32 \(19,\)",
        ),
        (lambda t: t.update({"cell.rest": torch.zeros(19, dtype=torch.float64)}), "is torch.float64"),
        (lambda t: t["cell.rest"].fill_(float("nan")), "NaN or infinity"),
    ],
)
def test_wrong_tensors_are_refused(folder: Path, change: object, complaint: str) -> None:
    _resave(folder, change)
    with pytest.raises(ModelError, match=complaint) as caught:
        load_policy(folder)
    assert str(folder / "model.safetensors") in str(caught.value)


def test_foreign_safetensors_are_refused(folder: Path) -> None:
    _resave(folder, lambda t: None, {"format": "pt"})
    with pytest.raises(ModelError, match="allowed is wormdrive-policy, version 1"):
        load_policy(folder)


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x04K\x01.", b"\xff" * 64, struct.pack("<Q", 2**62) + b"{}", struct.pack("<Q", 2) + b"{}"]
)
def test_what_is_no_safetensors_is_refused(folder: Path, content: bytes) -> None:
    _rewrite_weights(folder, content)
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        load_policy(folder)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_noticed(folder: Path, data: st.DataObject) -> None:
    path = folder / data.draw(st.sampled_from(["model.safetensors", "config.json"]))
    whole = path.read_bytes()
    if data.draw(st.booleans()):
        damaged = whole[: data.draw(st.integers(0, len(whole) - 2))]
    else:
        place = data.draw(st.integers(0, len(whole) - 2))
        damaged = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    path.write_bytes(damaged)
    try:
        if path.name == "config.json":
            # A flipped bit may hit white space; but what loads must be what was saved.
            with contextlib.suppress(ModelError):
                assert load_policy(folder).config == make().config
        else:
            with pytest.raises(ModelError):
                load_policy(folder)
    finally:
        path.write_bytes(whole)


def test_sizes_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serialization, "MAX_WEIGHTS_BYTES", 1000)
    with pytest.raises(ModelError, match="more than 1000 bytes"):
        load_policy(folder)
    monkeypatch.setattr(serialization, "MAX_CONFIG_BYTES", 100)
    with pytest.raises(ModelError, match=r"config\.json: more than 100 bytes"):
        load_policy(folder)


def test_a_greedy_configuration_takes_no_memory(folder: Path) -> None:
    """Weights are compared with the configuration before anything of its size is made."""
    data = json.loads((folder / "config.json").read_text())["policy"]
    data["preprocess"] |= {"height": 2048, "width": 2048, "downsample": 1, "crop_top": 0}
    data["head"]["features_per_channel"] = 64
    _edit_config(folder, policy=data)
    with pytest.raises(ModelError):
        load_policy(folder)


def test_what_is_no_policy_or_path_is_refused(tmp_path: Path) -> None:
    policy = build_policy({"kind": "feedforward"})
    for wrong in (3, None, b"ncp"):
        with pytest.raises(ArgumentError, match=r"folder_or_name=.*: allowed is a path, or a text"):
            load_policy(wrong)  # type: ignore[arg-type]
        with pytest.raises(ArgumentError, match=r"folder=.*: allowed is a path, or a text"):
            save_policy(policy, wrong)  # type: ignore[arg-type]
        with pytest.raises(ArgumentError, match=r"policy=.*: allowed is a Policy"):
            save_policy(wrong, tmp_path / "policy")  # type: ignore[arg-type]


def test_files_hold_the_wiring_once(tmp_path: Path) -> None:
    """What was saved before cells kept a digest of their wiring is saved again with the same bytes."""
    save_policy(load_policy("ncp"), tmp_path / "again")
    for name in (WEIGHTS_FILE, CONFIG_FILE):
        assert (tmp_path / "again" / name).read_bytes() == (shipped_folder("ncp") / name).read_bytes()
