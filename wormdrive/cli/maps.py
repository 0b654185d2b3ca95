"""``wormdrive maps``: check OpenDRIVE files and list their lanes."""

from __future__ import annotations

import typer

__all__ = ["app"]

app = typer.Typer(help="Check OpenDRIVE files and list their lanes.", no_args_is_help=True)
