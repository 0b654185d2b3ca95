"""Checksummed files: named arrays and a JSON description in one safetensors file, with a digest over both.

A file is read whole, bounded in size, checked to be of the wanted kind and version, and its digest compared before any
array is handed out; whatever is wrong is raised as the caller's own error, naming the file. Nothing is unpickled.
Files are written aside and renamed, so that a reader (or a kill) never meets half a file.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import WormdriveError

__all__ = ["Arrays", "pack_checksummed", "read_checksummed", "read_kind", "write_checksummed"]

Arrays = dict[str, NDArray[Any]]

_MAX_HEADER_BYTES: Final = 8 << 20
_SEAL: Final = "wormdrive"
_KEYS: Final = frozenset({"kind", "version", "about", "sha256"})


def write_checksummed(path: Path, kind: str, version: int, about: Mapping[str, Any], arrays: Arrays) -> None:
    """Write ``arrays`` and ``about`` (JSON values) to ``path``, replacing it only when all is on disk."""
    atomic_write(path, pack_checksummed(kind, version, about, arrays))


def pack_checksummed(kind: str, version: int, about: Mapping[str, Any], arrays: Arrays) -> bytes:
    """Return what ``write_checksummed`` writes."""
    text = json.dumps(about, sort_keys=True, allow_nan=False)
    arrays = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    seal = {"kind": kind, "version": str(version), "about": text}
    seal["sha256"] = _digest(seal, arrays)
    # under one key: safetensors keeps several in no particular order, and the same contents shall give the same bytes
    return save(arrays, {_SEAL: json.dumps(seal, sort_keys=True)})


def read_checksummed(
    path: Path, kind: str, version: int, error: type[WormdriveError], max_bytes: int
) -> tuple[dict[str, Any], Arrays]:
    """Read what ``write_checksummed`` wrote.

    Raises
    ------
    error
        The file is missing, too large, truncated, corrupt, of another kind or of another version.
    """
    data = _read_bounded(path, error, max_bytes)
    seal = _seal(path, data, error)
    if seal.get("kind") != kind or seal.keys() != _KEYS:
        raise error(f"{path}: not a {kind} file (kind={seal.get('kind')!r}; allowed is {kind!r})")
    if seal["version"] != str(version):
        raise error(f"{path}: format version {seal['version']!r}; this Wormdrive reads version {version}")
    try:
        arrays: Arrays = load(data)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise error(f"{path}: truncated or corrupt: {problem}") from problem
    if _digest(seal, arrays) != seal["sha256"]:
        raise error(f"{path}: corrupt: the contents do not match the file's sha256")
    return _object(path, seal["about"], error), arrays


def read_kind(path: Path, error: type[WormdriveError]) -> str:
    """Return what kind of file this says it is, empty if it does not; nothing but its header is read or checked.

    Raises
    ------
    error
        The file is missing, truncated or foreign.
    """
    try:
        with path.open("rb") as file:
            data = file.read(8 + _MAX_HEADER_BYTES)
    except OSError as problem:
        raise error(f"{path}: cannot be read: {problem.strerror}") from problem
    return _seal(path, data, error).get("kind", "")


def _read_bounded(path: Path, error: type[WormdriveError], max_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as problem:
        raise error(f"{path}: cannot be read: {problem.strerror}") from problem
    if len(data) > max_bytes:
        raise error(f"{path}: larger than {max_bytes} bytes, the most that is allowed")
    return data


def _seal(path: Path, data: bytes, error: type[WormdriveError]) -> dict[str, str]:
    """Read our words out of a safetensors header: 8 bytes little-endian length, JSON, ours under ``__metadata__``."""
    length = struct.unpack("<Q", data[:8])[0] if len(data) >= 8 else _MAX_HEADER_BYTES + 1
    if length > _MAX_HEADER_BYTES:
        raise error(f"{path}: truncated or foreign: not a safetensors file")
    if 8 + length > len(data):
        raise error(f"{path}: truncated or foreign: the header is cut off")
    metadata = _object(path, data[8 : 8 + length], error).get("__metadata__", {})
    text = metadata.get(_SEAL, "{}") if isinstance(metadata, dict) else "{}"
    seal = _object(path, text, error)
    if not all(isinstance(value, str) for value in seal.values()):
        raise error(f"{path}: corrupt or foreign: the seal is not a table of texts")
    return seal


def _object(path: Path, text: object, error: type[WormdriveError]) -> dict[str, Any]:
    """Parse a JSON object out of an untrusted text."""
    try:
        found = json.loads(text) if isinstance(text, str | bytes) else None
    except (ValueError, RecursionError) as problem:
        raise error(f"{path}: corrupt or foreign: the header is not JSON") from problem
    if not isinstance(found, dict):
        raise error(f"{path}: corrupt or foreign: the header is a {type(found).__name__}; allowed is an object")
    return found


def _digest(seal: Mapping[str, str], arrays: Arrays) -> str:
    digest = hashlib.sha256()
    for key in ("kind", "version", "about"):
        digest.update(f"{key}={seal[key]}\0".encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name}:{array.dtype.str}{array.shape}\0".encode())
        digest.update(np.asarray(array, order="C").reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
