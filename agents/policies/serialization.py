"""Serialization: policies as folders of ``config.json`` and ``model.safetensors``.

``config.json`` also says which camera took the frames that the policy learnt from; those of 0.2.0 and before do not;
and from which policy's weights its training began, if it did from one's.

Both files are untrusted when read: sizes are bounded, nothing is unpickled, and every tensor must have the name, shape
and type that the configuration asks for. Each file carries the other's SHA-256, so halves of two policies do not mix.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as save_tensors
from torch import Tensor

from wormdrive.agents.policies.policy import Policy, PolicyConfig
from wormdrive.agents.policies.registry import build_policy, parse_policy_config
from wormdrive.agents.policies.saved_state import saved_state
from wormdrive.agents.policies.starting_point import parse_starting_point
from wormdrive.agents.weight_files import check_tensors, read_limited, unpack_tensors
from wormdrive.envs.common.errors import ArgumentError, ModelError, one_of
from wormdrive.envs.simulation.camera_config import CameraConfig, parse_camera

__all__ = [
    "CONFIG_FILE",
    "SHIPPED",
    "WEIGHTS_FILE",
    "config_bytes",
    "load_policy",
    "policy_folder",
    "save_policy",
    "shipped_folder",
    "shipped_policies",
]

FORMAT = "wormdrive-policy"
VERSION = 1
CONFIG_FILE, WEIGHTS_FILE = "config.json", "model.safetensors"
MAX_CONFIG_BYTES = 256 << 20
MAX_WEIGHTS_BYTES = 256 << 20

SHIPPED = Path(__file__).parents[1] / "weights"
"""Folder of the policies that come with the package, each in a sub-folder of its name."""

_log = logging.getLogger(__name__)
_told: list[Path] = []


def save_policy(policy: Policy, folder: str | Path) -> None:
    """Write a policy; an older policy at ``folder`` is replaced as a whole, and only once the new one is complete.

    Raises
    ------
    ArgumentError
        When ``policy`` is none, or ``folder`` no path.
    ModelError
        When ``folder`` exists and holds anything but a policy.
    """
    if not isinstance(policy, Policy):
        raise ArgumentError(f"policy={policy!r}: allowed is a Policy")
    folder = Path(_path("folder", folder))
    if folder.exists():
        foreign = sorted(p.name for p in folder.iterdir() if p.name not in (CONFIG_FILE, WEIGHTS_FILE)) \
            if folder.is_dir() else [folder.name]  # fmt: skip
        if foreign:
            raise ModelError(f"{folder}: holds {foreign[0]!r}: allowed is a new name or a policy's folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".new", dir=folder.parent))
    try:
        weights = _pack(policy)
        _write(aside / WEIGHTS_FILE, weights)
        _write(aside / CONFIG_FILE, config_bytes(policy, weights))
        aside.chmod(0o755)
        if folder.exists():
            old = aside.with_suffix(".old")
            folder.rename(old)
            aside.rename(folder)
            shutil.rmtree(old)
        else:
            aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def config_bytes(policy: Policy, weights: bytes) -> bytes:
    """Return what stands in ``config.json`` beside a policy's packed weights."""
    config: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "policy": policy.config.model_dump(mode="json"),
    }
    if policy.needs_camera and policy.trained_camera is not None:
        config["camera"] = asdict(policy.trained_camera)
    if policy.started_from is not None:
        config["started_from"] = policy.started_from._asdict()
    return (json.dumps(config, indent=1) + "\n").encode()


def load_policy(folder_or_name: str | Path) -> Policy:
    """Read a policy from a folder, or a shipped one by name; it comes back in evaluation mode.

    If the folder names no camera, a line on standard error says so, once in a process: see ``Policy.camera``.

    Raises
    ------
    ArgumentError
        When it is neither a path nor a text.
    ModelError
        When a file is missing, corrupt, truncated, too large or foreign: names the file, what was found and what is
        allowed.
    """
    folder = policy_folder(folder_or_name)
    path = folder / CONFIG_FILE
    data = _parse_config(path, read_limited(path, MAX_CONFIG_BYTES))
    try:
        config = parse_policy_config(data["policy"])
        with torch.device("meta"):
            policy = build_policy(config)
        camera, started_from = _camera(data, policy), parse_starting_point(data.get("started_from"))
    except ArgumentError as error:
        raise ModelError(f"{path}: {error}") from error
    path = folder / WEIGHTS_FILE
    packed = read_limited(path, MAX_WEIGHTS_BYTES)
    digest = hashlib.sha256(packed).hexdigest()
    if digest != data["weights_sha256"]:
        raise ModelError(
            f"{path}: SHA-256 {digest[:12]}..., {CONFIG_FILE} names {data['weights_sha256'][:12]}...: the file is "
            "corrupt, truncated or another policy's"
        )
    tensors = _unpack(path, packed, config)
    check_tensors(path, tensors, saved_state(policy), "policy")
    # Built again off the meta device, for the constants that are not saved.
    with torch.random.fork_rng(devices=[]):
        policy = build_policy(config)
    policy.load_state_dict(tensors)
    policy.trained_camera, policy.started_from = camera, started_from
    if policy.needs_camera and camera is None and not _told:
        _told.append(path)
        _log.warning(
            "%s: names no camera, as those of wormdrive 0.2.0 and before: such policies see through %s",
            folder / CONFIG_FILE,
            policy.camera,
        )
    return policy.eval()


def shipped_policies() -> tuple[str, ...]:
    """Names that ``load_policy`` accepts without a folder."""
    return tuple(sorted(p.parent.name for p in SHIPPED.glob(f"*/{CONFIG_FILE}")))


def shipped_folder(name: str) -> Path:
    """Return where the shipped policy of that name lies.

    Raises
    ------
    ModelError
        There is none.
    """
    if name not in shipped_policies():
        raise ModelError(one_of("model", name, shipped_policies()))
    return SHIPPED / name


def _path(name: str, value: object) -> str | os.PathLike[str]:
    """Return what names a folder, or refuse it."""
    if not isinstance(value, str | os.PathLike):
        raise ArgumentError(f"{name}={value!r}: allowed is a path, or a text")
    return value


def policy_folder(folder_or_name: str | Path) -> Path:
    """Return the folder of a policy that is named by it, or of a shipped one.

    Raises
    ------
    ArgumentError
        It is neither a path nor a text.
    ModelError
        There is none.
    """
    folder = Path(_path("folder_or_name", folder_or_name))
    if folder.is_dir() and str(folder_or_name):  # no name at all would mean the folder one stands in
        if not (folder / CONFIG_FILE).exists():
            within = folder / "policy"
            such = f"{within} is one" if (within / CONFIG_FILE).exists() else "such as RUN/policy"
            raise ModelError(f"{folder}: no {CONFIG_FILE} in it; allowed is a policy's folder: {such}")
        return folder
    if str(folder_or_name) in shipped_policies():
        return shipped_folder(str(folder_or_name))
    shipped = ", ".join(shipped_policies()) or "none"
    named = str(folder_or_name) or repr("")
    raise ModelError(f"{named}: no such folder: allowed is a policy's folder or a shipped name ({shipped})")


def _camera(data: dict[str, Any], policy: Policy) -> CameraConfig | None:
    """Check the camera that ``config.json`` names, if it does."""
    if data.get("camera") is None or not policy.needs_camera:
        return None
    if not isinstance(data["camera"], dict):
        raise ArgumentError(f"camera={data['camera']!r}: allowed is an object")
    camera, size = parse_camera(data["camera"]), policy.config.preprocess
    if (camera.width, camera.height) != (size.width, size.height):
        pixels = f"{camera.width}x{camera.height} pixels"
        raise ArgumentError(f"camera: {pixels}, allowed are the {size.width}x{size.height} that the policy takes")
    return camera


def _config_sha256(config: PolicyConfig) -> str:
    canonical = json.dumps(config.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _pack(policy: Policy) -> bytes:
    tensors = {name: t.detach().cpu().contiguous() for name, t in saved_state(policy).items()}
    # One entry, for the order of several is not the same twice, and the same policy must give the same bytes.
    return bytes(save_tensors(tensors, {FORMAT: _stamp(policy.config)}))


def _stamp(config: PolicyConfig) -> str:
    return f"version {VERSION}, configuration {_config_sha256(config)}"


def _unpack(path: Path, packed: bytes, config: PolicyConfig) -> dict[str, Tensor]:
    tensors, metadata = unpack_tensors(path, packed)
    stamp = metadata.get(FORMAT)
    if not isinstance(stamp, str) or not stamp.startswith(f"version {VERSION},"):
        found = repr(stamp if isinstance(stamp, str) else metadata)[:100]
        raise ModelError(f"{path}: metadata {found}: allowed is {FORMAT}, version {VERSION}")
    if stamp != _stamp(config):
        raise ModelError(f"{path}: saved with another configuration than the one in {CONFIG_FILE}")
    return tensors


def _parse_config(path: Path, text: bytes) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: not JSON ({error})") from error
    keys = {"format", "version", "weights_sha256", "policy"}
    more = {"camera", "started_from"}
    if not isinstance(data, dict) or set(data) - more != keys:
        raise ModelError(
            f"{path}: not a policy's configuration: allowed is an object with the keys {sorted(keys)}, and "
            f"{sorted(more)}"
        )
    for key, allowed in (("format", FORMAT), ("version", VERSION)):
        if data[key] != allowed:
            raise ModelError(f"{path}: " + one_of(key, data[key], [allowed]))
    if not isinstance(data["weights_sha256"], str):
        raise ModelError(f"{path}: weights_sha256 must be a text")
    return data


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
