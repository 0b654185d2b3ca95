"""Write a network's export into files."""

from __future__ import annotations

from pathlib import Path

from wormdrive.nn.export.arrays import read_cell
from wormdrive.nn.export.c_cell import write_cell
from wormdrive.nn.export.onnx_cell import build_cell
from wormdrive.nn.liquid_layer import LiquidLayer
from wormdrive.training.export.files import write_c_pair, write_new

__all__ = ["to_c", "to_onnx"]


def to_onnx(network: LiquidLayer, path: str | Path, *, overwrite: bool) -> Path:
    """Write an ONNX file: see ``onnx_cell``."""
    path = Path(path)
    write_new({path: build_cell(read_cell(network)).SerializeToString(deterministic=True)}, overwrite=overwrite)
    return path


def to_c(network: LiquidLayer, folder: str | Path, name: str, *, overwrite: bool) -> tuple[Path, Path]:
    """Write ``name.h`` and ``name.c``: see ``c_cell``."""
    header, source = write_cell(read_cell(network), name)
    return write_c_pair(Path(folder), name, header, source, overwrite=overwrite)
