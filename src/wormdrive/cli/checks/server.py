"""Whether CARLA's client is installed and a server answers it."""

from __future__ import annotations

from wormdrive.cli.checks.check_result import CheckResult, State
from wormdrive.envs.common.errors import MissingPackageError

__all__ = ["check_server"]


def check_server(host: str, port: int, time_limit_s: float, *, wanted: bool) -> CheckResult:
    """Ask a server; that none answers is worth a warning only if it is ``wanted``."""
    where = f"{host}:{port}"
    try:
        from wormdrive.envs.carla.connection.probe import carla_client_version, probe_server
    except MissingPackageError as error:
        found, _, advice = str(error).partition(": ")
        state = State.warning if wanted else State.absent
        return CheckResult("carla", state, found, f"for CARLA servers: {advice}", {"host": host, "port": port})
    client = carla_client_version()
    probe = probe_server(host, port, time_limit_s)
    values = {"client": client, "server": probe.version, "host": host, "port": port}
    ours = f"client {client}" if client else "no client"
    if probe.version is None:
        found = f"{ours}; no server at {where}: {probe.reason}"
        advice = "only for --simulator carla: start CARLA 0.9.16, or wormdrive serve, and name it by --host and --port"
        return CheckResult("carla", State.warning if wanted else State.absent, found, advice, values)
    found = f"{ours}; server {probe.version} at {where}"
    if client is None:
        return CheckResult(
            "carla", State.warning, found, "pip install 'wormdrive[carla]' (Python 3.10 to 3.12)", values
        )
    if client.split("-")[0] != probe.version.split("-")[0]:
        advice = (
            f"versions differ, which CARLA warns of: start a server {client}, or pip install carla=={probe.version}"
        )
        return CheckResult("carla", State.warning, found, advice, values)
    return CheckResult("carla", State.ok, found, values=values)
