"""Draw the frames of recorded drives again, bit for bit as the simulator showed them, or under other conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.road_table import RoadTable
from wormdrive.envs.embedded.traffic import Traffic
from wormdrive.envs.embedded.vehicle import VehicleParameters
from wormdrive.envs.embedded.worlds import DT_S
from wormdrive.envs.embedded.worlds_routes import START_M, route_of
from wormdrive.envs.embedded.worlds_stage import Frames, Stage
from wormdrive.envs.errors import ArgumentError
from wormdrive.envs.roads.route import Route
from wormdrive.envs.scenario import Scenario
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulator import CameraConfig, VehicleState

__all__ = ["Frames", "Redrawer"]


class Redrawer:
    """Draws any frame of any of some scenarios, in any order.

    A frame is a function of the scenario, its number since the reset (0 is what ``reset`` returned) and the vehicle's
    state then; of the state only ``station_m, x_m, y_m, z_m, heading_rad, speed_mps, yaw_rate_radps`` count. Given the
    scenarios that were driven, the frames have the same bits as the simulator's; with
    ``scenario.model_copy(update={"conditions": other})`` they show the same drive in another season or weather.

    Parameters
    ----------
    scenarios:
        The scenarios; ``draw`` refers to them by index.
    camera, segmentation, depth, threads:
        As for ``EmbeddedSimulator``.
    find_route:
        Gives the route of a scenario.

    Examples
    --------
    All frames of one recorded drive of T steps, with ``state`` a ``VehicleState`` of arrays (T,)::

        redrawer = Redrawer([scenario])
        frames = redrawer.draw(np.zeros(T, np.int32), np.arange(T), state).camera  # (T, H, W, 3) uint8
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        *,
        camera: CameraConfig | None = None,
        segmentation: bool = False,
        depth: bool = False,
        threads: int = 1,
        parameters: VehicleParameters | None = None,
        find_route: Callable[[Scenario], Route] = route_of,
    ) -> None:
        roads = RoadTable(len(scenarios))
        traffic = Traffic(len(scenarios))
        self._count = len(scenarios)
        self._scenarios = list(scenarios)
        self._stage = Stage(
            roads,
            traffic,
            camera or CameraConfig(),
            segmentation=segmentation,
            depth=depth,
            dt_s=DT_S,
            parameters=parameters or VehicleParameters(),
            threads=threads,
        )
        routes = [find_route(scenario) for scenario in scenarios]
        roads.assign(dict(enumerate(routes)))
        for slot, (scenario, route) in enumerate(zip(scenarios, routes, strict=True)):
            traffic.assign(slot, scenario, route, START_M)
            self._stage.assign(slot, scenario)

    def change_conditions(self, which: int, conditions: Conditions) -> None:
        """Draw one of the scenarios in another season or weather from now on.

        Raises
        ------
        ArgumentError
            If there is no such scenario.
        """
        if not 0 <= which < self._count:
            raise ArgumentError(f"which={which!r}: allowed are 0 to {self._count - 1}")
        self._scenarios[which] = self._scenarios[which].model_copy(update={"conditions": conditions})
        self._stage.assign(which, self._scenarios[which])

    def draw(self, which: NDArray[np.integer], step: NDArray[np.integer], state: VehicleState) -> Frames:
        """Draw M frames.

        Parameters
        ----------
        which:
            (M,) integers: index of the scenario of each frame.
        step:
            (M,) integers: the frame's number since the reset.
        state:
            The vehicle's state in each frame, arrays (M,).

        Returns
        -------
        Frames
            ``camera`` (M, H, W, 3) uint8, ``segmentation`` (M, H, W) uint8, ``depth`` (M, H, W) float32 [m].

        Raises
        ------
        ArgumentError
            If an index is out of range, or the arrays' lengths differ.
        """
        slot = np.ascontiguousarray(which, np.int32)
        number = np.ascontiguousarray(step, np.int64)
        if not slot.shape == number.shape == np.shape(state.x_m) or slot.ndim != 1:
            shapes = f"{slot.shape}, {number.shape}, {np.shape(state.x_m)}"
            raise ArgumentError(f"which, step, state: shapes {shapes}; allowed is one length (M,)")
        if len(slot) and not 0 <= int(slot.min()) <= int(slot.max()) < self._count:
            raise ArgumentError(f"which={slot.min()}...{slot.max()}: allowed are 0 to {self._count - 1}")
        return self._stage.draw(slot, number, state)

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        self._stage.close()
