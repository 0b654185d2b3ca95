"""Option that says where networks compute, the same in every command that has one."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Device"]

Device = Annotated[str, typer.Option("--device", help="Where networks compute: cpu, or cuda (an NVIDIA GPU).")]
