"""``wormdrive doctor``: what is installed, what the machine offers, how fast it is, and what to do about problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from wormdrive.cli.checks.check_result import CheckResult

__all__ = ["doctor"]

_LOCALHOST, _CARLA_PORT = "localhost", 2000


def doctor(
    host: Annotated[
        str | None, typer.Option(help="Where to look for a CARLA server.", show_default="localhost")
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Its port.", show_default=str(_CARLA_PORT))] = None,
    time_limit: Annotated[
        float, typer.Option("--timeout", min=0.1, max=60.0, help="How long to wait for it [s].")
    ] = 2.0,
    speed: Annotated[bool, typer.Option("--speed/--no-speed", help="Measure camera and cell.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what is installed, what this machine offers, how fast it is, and what to do about each problem.

    Ends with status 0 when recording, training and driving can run here, else with 1. What only some jobs need (a CARLA
    server, a display, extras) may be absent.

    Example: `wormdrive doctor --host 192.168.1.20 --port 2000`
    """
    import json

    from rich.console import Console

    from wormdrive.cli.checks.check_result import State

    results = []
    console = Console(highlight=False)
    with Console(stderr=True).status("looking; kernels that were never compiled take a minute or two"):
        for result in _results(host, port, time_limit, speed):
            results.append(result)
            if not as_json:
                _print(console, result)
    able = all(result.state is not State.fault for result in results)
    if as_json:
        checks = {result.name: result.as_json() for result in results}
        typer.echo(json.dumps({"ok": able, "checks": checks}))
    else:
        warnings = sum(result.state is State.warning for result in results)
        remark = f", {warnings} warning{'s' * (warnings > 1)}" if warnings else ""
        console.print(f"Recording, training and driving {'can' if able else 'cannot'} run here{remark}.", style="bold")
    if not able:
        raise typer.Exit(1)


def _results(host: str | None, port: int | None, time_limit_s: float, speed: bool) -> Iterator[CheckResult]:
    from wormdrive.cli.checks import caches, machine, server, software
    from wormdrive.cli.checks.check_result import State, guarded
    from wormdrive.cli.checks.speed import check_speed

    wanted = host is not None or port is not None
    able = True
    for name, check in (
        ("python", software.check_python),
        ("packages", software.check_packages),
        ("extras", software.check_extras),
        ("processor", machine.check_processor),
        ("kernels", caches.check_kernels),
        ("art", caches.check_art),
        ("frames", caches.check_frames),
    ):
        result = guarded(name, check)
        able = able and result.state is not State.fault
        yield result
    if speed and able:
        yield guarded("speed", check_speed)
    yield guarded(
        "carla",
        lambda: server.check_server(host or _LOCALHOST, port or _CARLA_PORT, time_limit_s, wanted=wanted),
    )
    yield guarded("display", machine.check_display)
    yield guarded("browser", machine.check_browser)
    yield guarded("C compiler", machine.check_compiler)


def _print(console: Console, result: CheckResult) -> None:
    """One line of what was found; below it, one of what to do."""
    from rich.text import Text

    sign, style = {
        "ok": ("ok", "green"),
        "absent": ("-", "dim"),
        "warning": ("!", "yellow"),
        "fault": ("X", "bold red"),
    }[result.state.value]
    console.print(Text(f"{sign:>3}", style), Text(f"{result.name:<11}{result.found}"), soft_wrap=True)
    if result.advice:
        console.print(Text(f"{'':15}-> {result.advice}", style), soft_wrap=True)
