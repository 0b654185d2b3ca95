"""Storage: a network as one safetensors file, with the arguments that made it.

The file is untrusted when read: sizes are bounded, nothing is unpickled, and every tensor must have the name, shape and
type that the arguments ask for, before any network of that size is made.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save as save_tensors

from wormdrive.agents.policies.saved_state import saved_state
from wormdrive.agents.weight_files import check_tensors, read_limited, unpack_tensors
from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ArgumentError, ModelError, is_whole, one_of
from wormdrive.nn.cfc import CfC
from wormdrive.nn.lrc import LRC
from wormdrive.nn.ltc import LTC
from wormdrive.nn.recurrent import RecurrentModule
from wormdrive.nn.stacked import Bidirectional, Stacked

__all__ = ["load", "save"]

FORMAT: Final = "wormdrive-nn"
VERSION: Final = 1
MAX_BYTES: Final = 1 << 30
_MOST_NESTED: Final = 8
_MOST_TOLD: Final = 90 << 20  # safetensors reads headers of up to 100 MB
_KINDS: Final = {kind.__name__: kind for kind in (LTC, CfC, LRC, Stacked, Bidirectional)}
_TYPES: Final = {str(dtype): dtype for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16)}


def save(network: RecurrentModule, path: str | Path) -> None:
    """Write a network; the same network gives the same bytes.

    Raises
    ------
    ArgumentError
        It is none of ``LTC``, ``CfC``, ``LRC``, ``Stacked`` and ``Bidirectional``, its parameters are of several types,
        or the file cannot be written.
    """
    tensors = {name: value.detach().cpu().contiguous() for name, value in saved_state(network).items()}
    types = sorted({str(value.dtype) for value in tensors.values()})
    if len(types) != 1 or types[0] not in _TYPES:
        raise ArgumentError(f"network: parameters of type {', '.join(types)}: allowed is one of {', '.join(_TYPES)}")
    content = {"version": VERSION, "dtype": types[0], "network": _told(network)}
    told = json.dumps(content, separators=(",", ":"))
    if len(told) > _MOST_TOLD:
        raise ArgumentError(f"network: its wiring takes {len(told)} bytes: allowed are {_MOST_TOLD} in such a file")
    packed = bytes(save_tensors(tensors, {FORMAT: told}))
    path = Path(path)
    try:
        atomic_write(path, packed)
    except (OSError, ValueError) as error:  # a path without a name is a ValueError
        raise ArgumentError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}") from error


def load(path: str | Path) -> RecurrentModule:
    """Read a network, in evaluation mode.

    Raises
    ------
    ModelError
        The file is missing, corrupt, truncated, too large or foreign: names it, what was found and what is allowed.
    """
    path = Path(path)
    tensors, metadata = unpack_tensors(path, read_limited(path, MAX_BYTES))
    try:
        content = json.loads(metadata.get(FORMAT, "null"))
    except (TypeError, ValueError, RecursionError) as error:
        raise ModelError(f"{path}: {FORMAT}: not JSON ({error})") from error
    if not isinstance(content, dict) or set(content) != {"version", "dtype", "network"}:
        raise ModelError(f"{path}: no network of wormdrive.nn: allowed are files that save() wrote")
    if content["version"] != VERSION:
        raise ModelError(f"{path}: " + one_of("version", content["version"], [VERSION]))
    if not isinstance(content["dtype"], str) or content["dtype"] not in _TYPES:
        raise ModelError(f"{path}: " + one_of("dtype", content["dtype"], _TYPES))
    dtype = _TYPES[content["dtype"]]
    numbers = sum(value.numel() for value in tensors.values())
    with torch.random.fork_rng(devices=[]):
        try:
            with torch.device("meta"):
                outline = _made(content["network"], numbers).to(dtype)
            check_tensors(path, tensors, saved_state(outline), "network")
            network = _made(content["network"], numbers).to(dtype)
        except ArgumentError as error:
            raise ModelError(f"{path}: {error}") from error
    network.load_state_dict(tensors)
    return network.eval()


def _told(network: RecurrentModule) -> dict[str, Any]:
    """Say what makes a network: its kind, arguments, and networks in it."""
    kind = type(network).__name__
    if _KINDS.get(kind) is not type(network):
        raise ArgumentError(f"network: a {kind}: allowed are {', '.join(_KINDS)}")
    within = {
        name: [_told(one) for one in part] if isinstance(part, list) else _told(part)
        for name, part in network.parts().items()
    }
    return {"kind": kind, **network.config(), **within}


def _made(told: Any, numbers: int, depth: int = 0) -> RecurrentModule:
    """Make a network of what ``_told`` said, if so many ``numbers`` can be those of its parameters."""
    if depth > _MOST_NESTED:
        raise ArgumentError(f"network: more than {_MOST_NESTED} in one another")
    if not isinstance(told, dict) or not isinstance(told.get("kind"), str) or told["kind"] not in _KINDS:
        found = told.get("kind") if isinstance(told, dict) else told
        raise ArgumentError(f"kind={repr(found)[:100]}: allowed are {', '.join(_KINDS)}")
    kind = _KINDS[told["kind"]]
    settings = {name: value for name, value in told.items() if name != "kind"}
    wanted = set(inspect.signature(kind).parameters)
    if set(settings) != wanted:
        wrong = sorted(set(settings) ^ wanted)[0]
        raise ArgumentError(f"{told['kind']}: {wrong!r} is {'missing' if wrong in wanted else 'unknown'}")
    for name in ("layers", "forward_rnn", "backward_rnn"):
        if name in settings:
            part = settings[name]
            made = [_made(one, numbers, depth + 1) for one in part] if isinstance(part, list) else None
            settings[name] = made if made is not None else _made(part, numbers, depth + 1)
    _check_room(settings, numbers)
    make: Callable[..., RecurrentModule] = kind
    return make(**settings)


def _check_room(settings: dict[str, Any], numbers: int) -> None:
    """Refuse what has more parameters than the file numbers, before synapses are drawn, one by one."""
    units, inputs = settings.get("units", 0), settings.get("input_size", 0)
    if is_whole(units) and is_whole(inputs):
        has_synapses = settings.get("backbone_layers", 0) == 0
        least = (units + inputs) * units if has_synapses else units
        if least > numbers:
            raise ArgumentError(f"units={units}: at least {least} numbers: allowed are the {numbers} of the file")
