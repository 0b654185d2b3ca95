"""Other cars on a CARLA server, driven by CARLA's Traffic Manager, which runs in this process."""

from __future__ import annotations

import math
import socket
from typing import Any, Final

import numpy as np

from wormdrive.envs.carla.axes import ActorPose, pose_of
from wormdrive.envs.carla.connection.server_client import ServerClient
from wormdrive.envs.carla.ego_actors.ego_vehicle import is_car
from wormdrive.envs.common.errors import SimulatorError

__all__ = ["TrafficManagerCars", "check_none_stranded", "ticking_is_safe"]

_stranded: list[tuple[str, Any]] = []
NEAREST_M: Final = 20.0
"""To the ego vehicle, at the start [m]."""
NEAR_M: Final = 250.0
"""Places within this come first: the others would never be seen [m]."""


class TrafficManagerCars:
    """The other cars of one world; the same seed puts the same cars in the same places."""

    def __init__(self, server: ServerClient, tag: str) -> None:
        self._server = server
        self._tag = tag
        self._manager: Any = None
        self.cars: list[Any] = []

    def begin(self, count: int, seed: int, ego: ActorPose) -> None:
        """Put ``count`` cars on the map's spawn points, those near the ego vehicle first.

        Raises
        ------
        SimulatorError
            If the server does not let so many spawn.
        """
        if not count:
            return
        server = self._server
        with server.trying("starting its traffic"):
            if self._manager is None:
                self._manager = server.client.get_trafficmanager(_free_port())
            self._manager.set_synchronous_mode(True)
            self._manager.set_random_device_seed(seed)
            port = self._manager.get_port()
            library = server.world.get_blueprint_library().filter("vehicle.*")
            kinds = sorted((kind for kind in library if is_car(kind)), key=lambda kind: str(kind.id))
            random = np.random.default_rng([seed, 0x7261_6666])
            for place in _places(server.world.get_map().get_spawn_points(), ego, random):
                if len(self.cars) == count:
                    break
                kind = kinds[int(random.integers(len(kinds)))]
                kind.set_attribute("role_name", self._tag)
                car = server.world.try_spawn_actor(kind, place)
                if car is not None:
                    self.cars.append(car)
                    car.set_autopilot(True, port)
                    self._manager.auto_lane_change(car, False)
        if len(self.cars) < count:
            raise server.error("starting its traffic", f"the map has room for {len(self.cars)} cars of {count}")

    def shut_down(self) -> None:
        """End the Traffic Manager; the cars are the owner's to destroy. It must not outlive a change of map.

        It makes a last call to the server, and ends this process (``terminate``) where that is not answered. So, where
        the connection is broken, it is left as it is, and no world can be ticked from this process any more.
        """
        self.cars = []
        manager, self._manager = self._manager, None
        if manager is None:
            return
        if self._server.answers():
            manager.set_synchronous_mode(False)
            manager.shut_down()
        else:
            _stranded.append((self._server.name, manager))


def ticking_is_safe() -> bool:
    """Whether no Traffic Manager has lost its server: the next tick, of any server, would wait for it for ever."""
    return not _stranded


def check_none_stranded() -> None:
    """Refuse to go on where ticking is not safe.

    Raises
    ------
    SimulatorError
        It names the server that was lost.
    """
    if _stranded:
        raise SimulatorError(
            f"{_stranded[0][0]}: was lost while CARLA's Traffic Manager drove on it, which cannot be stopped any more; "
            "go on in a new process"
        )


def _places(points: list[Any], ego: ActorPose, random: np.random.Generator) -> list[Any]:
    far = []
    for point in points:
        pose = pose_of(point)
        far.append(math.hypot(pose.x_m - ego.x_m, pose.y_m - ego.y_m))
    order = random.permutation(len(points))
    near = [k for k in order if NEAREST_M < far[k] <= NEAR_M]
    return [points[k] for k in [*near, *(k for k in order if far[k] > NEAR_M)]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
