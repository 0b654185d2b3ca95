"""Provenance: where a table was made, since bits are promised on one kind of processor with the same libraries."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import llvmlite.binding
import numba
import numpy as np
import torch

from wormdrive import __version__
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.writing import write_text

__all__ = ["Provenance"]


@dataclass(frozen=True)
class Provenance:
    """Kind of processor, as LLVM calls it, and versions of what computes."""

    processor: str
    wormdrive: str
    torch: str
    numba: str
    numpy: str

    @classmethod
    def here(cls) -> Provenance:
        """Describe this machine and installation."""
        return cls(
            processor=llvmlite.binding.get_host_cpu_name(),
            wormdrive=__version__,
            torch=torch.__version__.partition("+")[0],
            numba=numba.__version__,
            numpy=np.__version__,
        )

    def write(self, file: Path) -> None:
        """Write a JSON file."""
        write_text(file, json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, file: Path) -> Provenance:
        """Read what ``write`` wrote.

        Raises
        ------
        ArgumentError
            It cannot be read, or is something else.
        """
        names = [field.name for field in fields(cls)]
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise ArgumentError(f"{file}: cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise ArgumentError(f"{file}: not JSON: {error}") from error
        if not (isinstance(values, dict) and sorted(values) == sorted(names)):
            raise ArgumentError(f"{file}: allowed is a table of {', '.join(names)}")
        return cls(**{name: str(values[name]) for name in names})
