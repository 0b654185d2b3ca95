"""``wormdrive`` alone: what can be done next, in five lines."""

from __future__ import annotations

import typer

__all__ = ["NEXT_STEPS", "front_page"]

NEXT_STEPS = (
    ("wormdrive drive ncp --season winter --view", "watch the shipped policy; take over with the arrow keys"),
    ("wormdrive demo", "record, train from scratch, drive four seasons, write a report"),
    ("wormdrive evaluate ncp --episodes 2", "drive it through all seasons and weathers, and count"),
    ("wormdrive train runs/summer --out runs/mine", "train your own, on what wormdrive record runs/summer wrote"),
    ("wormdrive doctor", "is anything missing here? All commands: wormdrive --help"),
)
"""Command, and what it does."""


def front_page(context: typer.Context) -> None:
    """Nineteen liquid neurons that keep a car in its lane, through every season.

    Example: `wormdrive evaluate ncp`
    """
    if context.invoked_subcommand is not None:
        return
    width = max(len(command) for command, _ in NEXT_STEPS)
    for command, does in NEXT_STEPS:
        typer.echo(f"{command:<{width}}  {does}")
