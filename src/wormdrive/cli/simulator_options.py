"""Options that say where to drive, the same in every command that drives."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from wormdrive.envs.simulator_factory import SimulatorChoice

__all__ = ["Host", "Ports", "SimulatorKind", "Timeout", "chosen_simulator"]

SimulatorKind = Annotated[str, typer.Option("--simulator", help="embedded, or carla: drive on CARLA servers.")]
Host = Annotated[str, typer.Option(help="Of the CARLA server.")]
Ports = Annotated[
    list[int] | None,
    typer.Option(
        "--port", help="Of the CARLA server, 1 to 65534; one each for several side by side.", show_default="2000"
    ),
]
Timeout = Annotated[float, typer.Option(help="How long the CARLA server may take for an answer, 0.1 to 3600 [s].")]


def chosen_simulator(kind: str, host: str, ports: list[int] | None, timeout_s: float) -> SimulatorChoice:
    """Check the options.

    With CARLA, SIGTERM ends the command like Ctrl-C does: no server shall be left in synchronous mode.

    Raises
    ------
    ArgumentError
        If a value is not allowed.
    """
    from wormdrive.envs.simulator_factory import SimulatorChoice

    choice = SimulatorChoice(kind, host, tuple(ports or (2000,)), timeout_s)
    if choice.kind == "carla":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    return choice
