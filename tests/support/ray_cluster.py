"""A Ray cluster of machines with one processor each, all of them processes of this one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest

__all__ = ["ray_cluster"]

_STORE_BYTES = 100 << 20


@contextmanager
def ray_cluster(machines: int) -> Iterator[tuple[str, list[Any]]]:
    """Start one; its address, and for each machine but the head what kills it."""
    pytest.importorskip("ray", reason="Ray is not installed: extra `ray`")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    settings = {"num_cpus": 1, "object_store_memory": _STORE_BYTES}
    handler = signal.getsignal(signal.SIGTERM)
    cluster = import_module("ray.cluster_utils").Cluster(
        initialize_head=True, head_node_args={**settings, "include_dashboard": False}
    )
    try:
        others = [cluster.add_node(**settings) for _ in range(machines - 1)]
        yield cluster.address, [lambda node=node: cluster.remove_node(node, allow_graceful=False) for node in others]
    finally:
        cluster.shutdown()
        signal.signal(signal.SIGTERM, handler)  # which the cluster took over
