"""A Ray cluster of machines with one processor each, all of them processes of this one."""

from __future__ import annotations

import os
import signal
import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module

import pytest

__all__ = ["RayCluster", "ray_cluster"]

_STORE_BYTES = 100 << 20


class RayCluster:
    """Where it is reached from its own machines and, as a client, from others, and what kills all but its head."""

    def __init__(self, address: str, client_address: str, kill: list[Callable[[], None]]) -> None:
        self.address, self.client_address, self.kill = address, client_address, kill


@contextmanager
def ray_cluster(machines: int) -> Iterator[RayCluster]:
    """Start one, or skip the test where Ray is not installed."""
    pytest.importorskip("ray", reason="Ray is not installed: extra `ray`")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings = {"num_cpus": 1, "object_store_memory": _STORE_BYTES}
    handler = signal.getsignal(signal.SIGTERM)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Ray does not close its logs
        cluster = import_module("ray.cluster_utils").Cluster(
            initialize_head=True,
            head_node_args={**settings, "include_dashboard": False, "ray_client_server_port": port},
        )
    try:
        others = [cluster.add_node(**settings) for _ in range(machines - 1)]
        kill = [partial(cluster.remove_node, node, allow_graceful=False) for node in others]
        yield RayCluster(cluster.address, f"ray://127.0.0.1:{port}", kill)
    finally:
        cluster.shutdown()
        signal.signal(signal.SIGTERM, handler)  # which the cluster took over
