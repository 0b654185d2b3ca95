"""A policy as one C99 file: weights, preprocessing, head, controller, ``step``; beside it a header for callers.

The templates beside this file are the program; here they are filled in. Convolutions run row by row, and of each map
only the rows that the next convolution still needs are kept: so the whole policy runs in the memory of a small
microcontroller, and all of it lies in one struct of the caller's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.extras import needs_extra
from wormdrive.perception.preprocess import _GLOBAL_SHARE, _GREY_256THS, _LEAST_VARIANCE, _LOCAL_SHARE
from wormdrive.training.export.controllers import Floats
from wormdrive.training.export.network import Convolution, ExportedNetwork, steering_facts

with needs_extra("export"):
    import jinja2

__all__ = ["DEFAULT_NAME", "CSource", "c_environment", "quantised", "require_c_name", "write_c"]

DEFAULT_NAME = "wormdrive"

_WORDS_OF_C = """auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while"""

_WIDTH = 116
"""Characters of a line of numbers, without its indent."""


@dataclass(frozen=True)
class CSource:
    """Both files' text, ``weight_bytes`` of its constants, and ``ram_bytes``: the size of the caller's struct."""

    header: str
    source: str
    weight_bytes: int
    ram_bytes: int


def write_c(network: ExportedNetwork, name: str = DEFAULT_NAME, *, int8: bool = False) -> CSource:
    """Generate C.

    ``name`` begins the files' names and all that the header declares; with ``int8`` the weights of the convolutions are
    rounded to 8 bits with one scale a filter.

    Raises
    ------
    ArgumentError
        When ``name`` is no lower-case C identifier, or a word of C.
    """
    require_c_name(name)
    environment = c_environment(Path(__file__).parent)
    environment.filters.update(
        scales=lambda layer: quantised(layer.weight)[1],
        weights=lambda layer: _rows(_weights_in_c_order(layer, int8)),
    )
    size = network.preprocess
    values = {
        "name": name,
        "net": network,
        "size": size,
        "layers": network.convolutions,
        "image_size": size.image_height * size.image_width * size.channels,
        "int8": int8,
        "car": steering_facts(),
        "grey": _GREY_256THS,
        "local_share": _LOCAL_SHARE,
        "global_share": _GLOBAL_SHARE,
        "least_variance": _LEAST_VARIANCE,
        "ram_bytes": _ram_bytes(network),
    }
    return CSource(
        header=environment.get_template("policy.h.jinja").render(values),
        source=environment.get_template("policy.c.jinja").render(values),
        weight_bytes=_weight_bytes(network, int8),
        ram_bytes=_ram_bytes(network),
    )


def require_c_name(name: str) -> None:
    """Refuse a name that C does not allow, or that would not look like one.

    Raises
    ------
    ArgumentError
        It is no lower-case C identifier, or a word of C.
    """
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
        raise ArgumentError(f"name={name!r}: allowed are a to z, 0 to 9 and _, a letter first, at most 41 of them")
    if name in _WORDS_OF_C.split():
        raise ArgumentError(f"name={name!r}: a word of C; allowed is any other name")


def c_environment(*folders: Path) -> jinja2.Environment:
    """Prepare templates: filters ``number`` and ``plain``, and ``array``, which writes a constant."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        number=_number,
        plain=lambda name: re.sub(r"[^A-Za-z0-9_]", "_", name),  # names come from files; a comment must stay one
    )
    environment.globals["array"] = _array
    return environment


def quantised(weight: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Round a convolution's weights (F, C, k, k) to -127 to 127, symmetric, with one scale a filter (F,)."""
    largest = np.abs(weight).max((1, 2, 3))
    scale = np.where(largest > 0.0, largest / 127.0, 1.0).astype(np.float32)
    return np.rint(weight / scale[:, None, None, None]).astype(np.int8), scale


def _weights_in_c_order(layer: Convolution, int8: bool) -> NDArray[Any]:
    weight = quantised(layer.weight)[0] if int8 else layer.weight
    return weight.transpose(2, 3, 1, 0)


def _array(name: str, values: NDArray[Any], kind: str = "float") -> str:
    return f"static const {kind} {name}[{values.size}] = {{\n{_rows(values)}\n}};"


def _rows(values: NDArray[Any]) -> str:
    """Numbers, separated by commas, in lines of even length."""
    return "\n".join(_lines(values))


def _lines(values: NDArray[Any]) -> Iterator[str]:
    whole = np.issubdtype(values.dtype, np.integer)
    line = ""
    for value in values.ravel():
        text = f"{int(value)}," if whole else f"{_number(value)},"
        if line and len(line) + 1 + len(text) > _WIDTH:
            yield "    " + line
            line = ""
        line = f"{line} {text}" if line else text
    yield "    " + line


def _number(value: float | np.float32) -> str:
    """Write a float32 so that C reads the same bits."""
    text = f"{np.float32(value):.9g}"
    return f"{text}f" if "." in text or "e" in text else f"{text}.0f"


def _ram_bytes(network: ExportedNetwork) -> int:
    """Count the struct's bytes as C lays it out: all members have four."""
    size, layers = network.preprocess, network.convolutions
    image = size.image_height * size.image_width * size.channels
    rows = sum(after.kernel * layer.out_width * layer.filters for layer, after in pairwise(layers))
    contrast = 2 * image if size.normalisation == "local_contrast" else 0
    return 4 * (network.state_size + image + max(contrast, rows + len(layers) - 1))


def _weight_bytes(network: ExportedNetwork, int8: bool) -> int:
    each = 1 if int8 else 4
    head = sum(each * layer.weight.size + 4 * layer.filters * (2 if int8 else 1) for layer in network.convolutions)
    return head + 4 * (network.readout_weight.size + network.readout_bias.size) + network.controller.weight_bytes
