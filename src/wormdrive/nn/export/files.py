"""Write a network's export into files."""

from __future__ import annotations

from pathlib import Path

from wormdrive.nn.export.arrays import read_cell
from wormdrive.nn.export.c_cell import write_cell
from wormdrive.nn.export.onnx_cell import build_cell
from wormdrive.nn.liquid_layer import LiquidLayer
from wormdrive.training.export.files import write_new

__all__ = ["to_c", "to_onnx"]


def to_onnx(network: LiquidLayer, path: str | Path, *, force: bool) -> Path:
    """Write an ONNX file: see ``onnx_cell``."""
    path = Path(path)
    write_new({path: build_cell(read_cell(network)).SerializeToString(deterministic=True)}, force=force)
    return path


def to_c(network: LiquidLayer, folder: str | Path, name: str, *, force: bool) -> tuple[Path, Path]:
    """Write ``name.h`` and ``name.c``: see ``c_cell``."""
    header, source = write_cell(read_cell(network), name)
    paths = Path(folder) / f"{name}.h", Path(folder) / f"{name}.c"
    write_new({paths[0]: header.encode(), paths[1]: source.encode()}, force=force)
    return paths
