"""A network as one C99 file: weights and ``step``; beside it a header for callers. Templates are the program."""

from __future__ import annotations

from pathlib import Path

from wormdrive.nn.export.arrays import ExportedCell
from wormdrive.training.export import c_source
from wormdrive.training.export.c_source import c_environment, require_c_name

__all__ = ["write_cell"]


def write_cell(cell: ExportedCell, name: str) -> tuple[str, str]:
    """Generate header and source; ``name`` begins all that the header declares.

    Raises
    ------
    ArgumentError
        When ``name`` is no lower-case C identifier, or a word of C.
    """
    require_c_name(name)
    environment = c_environment(Path(__file__).parent, Path(c_source.__file__).parent)
    values = {"name": name, "net": cell}
    header = environment.get_template("cell.h.jinja").render(values)
    return header, environment.get_template("cell.c.jinja").render(values)
