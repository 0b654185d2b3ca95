"""A Ray cluster of one machine with two workers, all of it processes of this one."""

from __future__ import annotations

import os
import signal
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

__all__ = ["RayCluster", "ray_cluster"]

_WORKERS = 2
_STORE_BYTES = 100 << 20
_TRIES = 4
_SETTINGS = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
"""Nothing is told to anybody; and workers do not starve beside other tests, as Ray's, nice by default, would."""


@dataclass(frozen=True)
class RayCluster:
    """Where it is reached from its own machine and, as a client, from others."""

    address: str
    client_address: str


@contextmanager
def ray_cluster() -> Iterator[RayCluster]:
    """Start one, or skip the test where Ray is not installed."""
    os.environ.update(_SETTINGS)
    pytest.importorskip("ray", reason="Ray is not installed: extra `ray`")
    handler = signal.getsignal(signal.SIGTERM)
    cluster, started = _started()
    try:
        yield started
    finally:
        cluster.shutdown()
        signal.signal(signal.SIGTERM, handler)  # which the cluster took over


def _started() -> tuple[Any, RayCluster]:
    """Ray gives its processes 30 s to begin, too little at times where many others want the processors: try again."""
    for tries_left in reversed(range(_TRIES)):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        cluster = import_module("ray.cluster_utils").Cluster()
        settings = {"num_cpus": _WORKERS, "object_store_memory": _STORE_BYTES, "include_dashboard": False}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)  # Ray does not close its logs
                cluster.add_node(**settings, ray_client_server_port=port)
            return cluster, RayCluster(cluster.address, f"ray://127.0.0.1:{port}")
        except Exception as error:
            cluster.shutdown()
            if not tries_left or "timed out" not in str(error):
                raise
    raise AssertionError("there is a last try")
