"""CarlaSimulator: N worlds on N CARLA servers, driven as the embedded ones are."""

from __future__ import annotations

import atexit
import math
import weakref
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, Final, NoReturn, SupportsIndex, TypeVar

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.carla.axes import ActorPose
from wormdrive.envs.carla.connection.client_library import client_library
from wormdrive.envs.carla.connection.server_client import ServerClient
from wormdrive.envs.carla.ego_actors.sensors import CAMERA, DEPTH, SEGMENTATION
from wormdrive.envs.carla.ego_drive import Sample
from wormdrive.envs.carla.world import CarlaWorld
from wormdrive.envs.common.errors import ArgumentError, SimulatorError
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation import vehicle_batch_kernel as kernel
from wormdrive.envs.simulation import vehicle_kernel as vehicle
from wormdrive.envs.simulation.batch_simulator import BatchSimulator, as_begun
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import END_REASONS, Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.envs.simulation.vehicle_batch import VehicleBatch

__all__ = ["CarlaSimulator"]

TURN: Final = 2.0 * math.pi
T = TypeVar("T")


class CarlaSimulator(BatchSimulator):
    """N worlds that advance together by 1/30 s a step; see ``wormdrive.envs.simulation.simulator.Simulator``.

    Routes, start, cruise control, projection, ends and metrics are the embedded simulator's own code; the vehicle's
    motion and the pictures are the servers'. An episode ends also when the vehicle hits anything but the ground. A
    command's steer turns the wheels as far as it would turn the embedded vehicle's, if the server's can.

    Servers are asked for when a world is first reset. While an episode runs, its server is in synchronous mode; what a
    server was set to before is restored by ``close``, at the program's end, and after every error. A world whose server
    failed needs a reset, which connects anew.

    Parameters
    ----------
    worlds:
        N.
    host, ports:
        Of the servers; world k drives on that of ``ports[k]``.
    camera, segmentation, depth:
        What the cameras take; ``camera=None`` for no pictures at all.
    timeout_s:
        How long a server may take for an answer or a frame [s].
    vehicle:
        Blueprint of the ego vehicle; a server that has none of it gives another car.
    departure:
        What has left the lane when an episode ends: ``"centre"``, the vehicle's reference point, or ``"wheel"``.

    Raises
    ------
    ArgumentError
        If an argument is not allowed.
    SimulatorError
        If CARLA's client library is not installed.
    """

    def __init__(
        self,
        worlds: int,
        *,
        host: str = "localhost",
        ports: Sequence[int] = (2000,),
        camera: CameraConfig | None = CameraConfig(),  # noqa: B008  (frozen)
        segmentation: bool = False,
        depth: bool = False,
        timeout_s: float = 20.0,
        vehicle: str = "vehicle.tesla.model3",
        departure: str = "centre",
    ) -> None:
        if worlds < 1:
            raise ArgumentError(f"worlds={worlds}: allowed is a positive whole number")
        if worlds > len(ports):
            raise ArgumentError(f"ports={list(ports)}: allowed are {worlds}, one a world")
        if camera is None and (segmentation or depth):
            raise ArgumentError("camera=None: allowed only where neither segmentation nor depth is asked for")
        client_library()
        super().__init__(VehicleBatch(worlds, VehicleParameters(), 1, departure), worlds)
        self._carla_worlds = [
            CarlaWorld(ServerClient(host, port, timeout_s), camera, segmentation, depth, vehicle)
            for port in ports[:worlds]
        ]
        self._pool = ThreadPoolExecutor(worlds, "wormdrive-carla") if worlds > 1 else None
        self._pictures = _blank_pictures(worlds, camera, segmentation, depth)
        _open.add(self)

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refuse copies and pickles at once: what drives on a server is there but once."""
        raise SimulatorError(
            "simulator='carla': cannot be copied or pickled, its vehicles are on servers; allowed with 'embedded', "
            "or open another on other ports"
        )

    @property
    def unwrapped(self) -> CarlaSimulator:
        """Itself: nothing is wrapped here."""
        return self

    @property
    def parameters(self) -> VehicleParameters:
        """Of the first world's vehicle: the embedded one's with this one's measures.

        Raises
        ------
        SimulatorError
            If no vehicle was driven yet, and the server lets none be measured.
        """
        return self._carla_worlds[0].facts().parameters

    @property
    def lane_invasions(self) -> NDArray[np.int64]:
        """Lane marks that each world's vehicle has crossed since its reset, as CARLA's sensor counts them, (N,)."""
        return np.array([carla_world.invasions for carla_world in self._carla_worlds], np.int64)

    def reset(self, scenarios: Sequence[Scenario], mask: NDArray[np.bool_] | None = None) -> Observation:
        """Start an episode in every world, or in those of ``mask`` (N,), on ``scenarios`` (N of them).

        Raises
        ------
        ArgumentError
            If there are not N scenarios, or the mask has another shape.
        SimulatorError
            If the simulator is closed, a world outside the mask has no episode, or a server fails: see ``step``; if a
            scenario has disturbances that its server cannot do, or that are a ``DisturbedSimulator``'s.
        MapError, RouteError
            If a map cannot be read or is not on its server, or holds no such route.
        """
        chosen = self._chosen(scenarios, mask)
        which = np.flatnonzero(chosen)
        self._ready &= ~chosen
        begun = {world: as_begun(scenarios[world]) for world in which.tolist()}
        found = self._everywhere(which, lambda world: self._carla_worlds[world].prepare(begun[world]))
        self._batch.assign({world: (begun[world], route) for world, route in found.items()})
        samples = self._everywhere(which, lambda world: self._begin(world, begun[world]))
        for world, sample in samples.items():
            self._note_scenario(world, begun[world])
            self._batch.change_measures(world, self._carla_worlds[world].facts().parameters)
            self._batch.state[: kernel.STATION, world] = self._rows(world, sample)
            self._take_pictures(world, sample)
        self._batch.locate(which)
        self._ready |= chosen
        return self._observe()

    def step(self, command: NDArray[np.float64]) -> Observation:
        """Advance every world whose episode has not ended; see ``Simulator.step``.

        Raises
        ------
        ArgumentError
            If ``command`` is not (N, 2), or a steer is NaN.
        SimulatorError
            If the simulator is closed, or a world has no episode; if a server is gone, is too slow, has been restarted,
            leaves a sensor's frame out, or another client meddles with its world. The message names the server, what
            was tried and the time limit; the world needs a reset then.
        """
        command = self._checked(command)
        self._let_snow_arrive()
        live = np.flatnonzero(self._batch.end_reason == 0)
        if self._batch.has_side_forces:
            self._everywhere(live, self._push)
        work = self._batch.begin_step(live, command)
        speed = self._batch.state[kernel.SPEED]
        wanted = dict(zip(live.tolist(), work[vehicle.WANTED].tolist(), strict=True))
        samples = self._everywhere(
            live,
            lambda world: self._carla_worlds[world].step(float(command[world, 0]), wanted[world], float(speed[world])),
        )
        for m, world in enumerate(live.tolist()):
            work[: kernel.STATION, m] = self._rows(world, samples[world])
            self._take_pictures(world, samples[world])
        self._batch.end_step(live, work)
        departed = END_REASONS.index("lane_departure")
        for world, sample in samples.items():
            if sample.collided and self._batch.end_reason[world] != departed:
                self._batch.end_reason[world] = END_REASONS.index("collision")
        return self._observe()

    def change_conditions(self, world: int, conditions: Conditions) -> None:
        """Change season and weather of a world while its episode goes on; the next step shows it.

        Raises
        ------
        ArgumentError
            If there is no such world.
        SimulatorError
            If the simulator is closed, the world has no episode, or its server does not answer in time.
        """
        scenario = self._scenario_of(world)
        self._guarded(world, lambda world: self._carla_worlds[world].change_conditions(conditions))
        self._batch.change_friction(world, conditions.friction)
        self._scenarios[world] = scenario.model_copy(update={"conditions": conditions})

    def render(self, camera: CameraConfig, worlds: Sequence[int] | None = None) -> NDArray[np.uint8]:
        """Show some worlds (all, if not said) through another camera, (M, H, W, 3) uint8 RGB.

        Until a step after a camera was first asked for, what the ordinary camera saw is enlarged in its place.

        Raises
        ------
        SimulatorError
            If the simulator is closed, a world has no episode, or its server sends no picture in time.
        """
        self._check_open()
        which = np.arange(self._count) if worlds is None else np.asarray(worlds, np.int64)
        for world in which.tolist():
            self._scenario_of(world)
        found = self._everywhere(which, lambda world: self._carla_worlds[world].render(camera))
        return np.stack([found[world] for world in which.tolist()])

    def close(self) -> None:
        """Destroy what is ours on the servers and restore their settings; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        _open.discard(self)
        for carla_world in self._carla_worlds:
            carla_world.close()
        if self._pool is not None:
            self._pool.shutdown()

    def _begin(self, world: int, scenario: Scenario) -> Sample:
        state = self._batch.state[:, world]
        start = ActorPose(state[vehicle.X], state[vehicle.Y], state[kernel.ELEVATION], state[vehicle.PSI])
        return self._carla_worlds[world].begin(scenario, start, float(state[vehicle.U]))

    def _push(self, world: int) -> None:
        """Let wind and ruts push a vehicle."""
        carla_world, (x, y, heading) = self._carla_worlds[world], self._batch.state[: vehicle.PSI + 1, world].tolist()
        mass_kg = carla_world.facts().parameters.mass_kg
        newton = float(self._batch.side_forces(np.array([world]), mass_kg)[0])
        if newton:
            carla_world.push(ActorPose(x, y, float(self._batch.state[kernel.ELEVATION, world]), heading), newton)

    def _rows(self, world: int, sample: Sample) -> list[float]:
        """Return the first rows of a state, X ... DELTA; the heading goes on from where it was, without a jump."""
        motion = sample.motion
        before = float(self._batch.state[vehicle.PSI, world])
        turned = motion.heading_rad - before
        heading = before + turned - TURN * math.floor(turned / TURN + 0.5)
        moving = motion.forward_mps, motion.left_mps, motion.yaw_rate_radps
        return [motion.x_m, motion.y_m, heading, *moving, sample.wheel_rad]

    def _take_pictures(self, world: int, sample: Sample) -> None:
        for kind, picture in sample.pictures.items():
            self._pictures[kind][world] = picture

    def _observe(self) -> Observation:
        pictures = {kind: array.copy() for kind, array in self._pictures.items()}
        self._last_observation = Observation(
            self._batch.vehicle_state(),
            pictures.get(CAMERA),
            pictures.get(SEGMENTATION),
            pictures.get(DEPTH),
            self._batch.end_reason.copy(),
            self._every_frame,
            self._every_step,
        )
        return self._last_observation

    def _everywhere(self, worlds: Iterable[Any], work: Callable[[int], T]) -> dict[int, T]:
        """Do the same for several worlds, side by side; a world where it fails has no episode any more."""
        chosen = [int(world) for world in worlds]
        if self._pool is None:
            return {world: self._guarded(world, work) for world in chosen}
        futures = {world: self._pool.submit(self._guarded, world, work) for world in chosen}
        wait(futures.values())
        return {world: future.result() for world, future in futures.items()}

    def _guarded(self, world: int, work: Callable[[int], T]) -> T:
        try:
            return work(world)
        except BaseException:
            self._ready[world] = False
            raise


def _blank_pictures(
    worlds: int, camera: CameraConfig | None, segmentation: bool, depth: bool
) -> dict[str, NDArray[Any]]:
    if camera is None:
        return {}
    shape = worlds, camera.height, camera.width
    blank: dict[str, NDArray[Any]] = {CAMERA: np.zeros((*shape, 3), np.uint8)}
    if segmentation:
        blank[SEGMENTATION] = np.zeros(shape, np.uint8)
    if depth:
        blank[DEPTH] = np.zeros(shape, np.float32)
    return blank


_open: weakref.WeakSet[CarlaSimulator] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """Leave no server in synchronous mode; and no sensor listening, on which the client may crash."""
    for simulator in list(_open):
        simulator.close()
