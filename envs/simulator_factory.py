"""Which simulator to drive in: the embedded one, or CARLA servers; whoever drives asks here for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wormdrive.envs.common.errors import ArgumentError, is_real, is_whole, one_of
from wormdrive.envs.disturbances.disturbed_simulator import DisturbedSimulator
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.simulator import Simulator

__all__ = ["SIMULATORS", "SimulatorChoice", "open_simulator"]

SIMULATORS: Final = ("embedded", "carla")


@dataclass(frozen=True)
class SimulatorChoice:
    """The kind of simulator, and where its servers are.

    Attributes
    ----------
    kind:
        ``embedded`` or ``carla``.
    host, ports:
        Of the CARLA servers: each port is a world of its own.
    timeout_s:
        How long a CARLA server may take for an answer or a frame [s].

    Raises
    ------
    ArgumentError
        If a value is not allowed.
    """

    kind: str = "embedded"
    host: str = "localhost"
    ports: tuple[int, ...] = (2000,)
    timeout_s: float = 20.0

    def __post_init__(self) -> None:
        if self.kind not in SIMULATORS:
            raise ArgumentError(one_of("simulator", self.kind, SIMULATORS))
        if not isinstance(self.host, str) or not self.host:
            raise ArgumentError(f"host={self.host!r}: allowed is a name or an address")
        for port in self.ports:
            if not is_whole(port) or not 1 <= port <= 65534:  # the next one up carries the streams
                raise ArgumentError(f"port={port!r}: allowed are 1 to 65534")
        if not self.ports or len(set(self.ports)) < len(self.ports):
            raise ArgumentError(f"ports={list(self.ports)}: allowed is at least one, and each once")
        if not is_real(self.timeout_s) or not 0.1 <= self.timeout_s <= 3600.0:
            raise ArgumentError(f"timeout={self.timeout_s!r}: allowed are 0.1 to 3600 s")

    def max_worlds(self, wanted: int) -> int:
        """Of so many worlds, how many there can be at once."""
        return min(wanted, len(self.ports)) if self.kind == "carla" else wanted

    def max_crews(self, wanted: int) -> int:
        """Of so many simulators, how many may run at once: a CARLA simulator has all its servers to itself."""
        return 1 if self.kind == "carla" else wanted

    def open(
        self,
        worlds: int,
        camera: CameraConfig | None = CameraConfig(),  # noqa: B008  (frozen)
        *,
        segmentation: bool = False,
        depth: bool = False,
        threads: int = 1,
        departure: str = "centre",
    ) -> Simulator:
        """Open a simulator of this kind; see ``open_simulator``."""
        return DisturbedSimulator(self._open(worlds, camera, segmentation, depth, threads, departure))

    def _open(
        self, worlds: int, camera: CameraConfig | None, segmentation: bool, depth: bool, threads: int, departure: str
    ) -> Simulator:
        if self.kind == "embedded":
            return EmbeddedSimulator(
                worlds, camera=camera, segmentation=segmentation, depth=depth, threads=threads, departure=departure
            )
        from wormdrive.envs.carla.simulator import CarlaSimulator  # who drives embedded needs no CARLA

        return CarlaSimulator(
            worlds,
            host=self.host,
            ports=self.ports,
            camera=camera,
            segmentation=segmentation,
            depth=depth,
            timeout_s=self.timeout_s,
            departure=departure,
        )


def open_simulator(
    kind: str = "embedded",
    worlds: int = 1,
    camera: CameraConfig | None = CameraConfig(),  # noqa: B008  (frozen)
    *,
    segmentation: bool = False,
    depth: bool = False,
    threads: int = 1,
    host: str = "localhost",
    ports: Sequence[int] = (2000,),
    timeout_s: float = 20.0,
    departure: str = "centre",
) -> Simulator:
    """Open a simulator of N worlds, disturbed as their scenarios say.

    Parameters
    ----------
    kind:
        ``embedded`` or ``carla``.
    worlds:
        N; with CARLA as many as there are ports.
    camera, segmentation, depth:
        What the cameras take; ``camera=None`` for no pictures at all.
    threads:
        How many threads the embedded simulator steps and draws with.
    host, ports, timeout_s:
        Of the CARLA servers; see ``SimulatorChoice``.
    departure:
        What has left the lane when an episode ends: ``"centre"``, the vehicle's reference point, or ``"wheel"``, any
        tyre's outer edge.

    Raises
    ------
    ArgumentError
        If an argument is not allowed.
    SimulatorError
        If CARLA is asked for and its client library is not installed.
    """
    choice = SimulatorChoice(kind, host, tuple(ports), timeout_s)
    return choice.open(worlds, camera, segmentation=segmentation, depth=depth, threads=threads, departure=departure)
