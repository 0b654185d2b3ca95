"""Drivers of a user's own, by import path: ``mine:factory`` is called with a simulator and returns who drives in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from wormdrive.agents.driver import Driver
from wormdrive.agents.mounted.mount import Mount, parse_mount
from wormdrive.agents.mounted.mounted_driver import MountedDriver
from wormdrive.agents.mounted.network import FrameNetwork, try_out
from wormdrive.agents.mounted.onnx_network import OnnxNetwork
from wormdrive.agents.mounted.torch_network import TorchNetwork
from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.common.errors import ArgumentError, UserCodeError
from wormdrive.envs.common.import_path import import_attribute, running_own_code
from wormdrive.envs.simulation.camera_config import CameraConfig, parse_camera
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulator_factory import open_simulator

__all__ = ["OwnDriver", "onnx_driver", "own_driver"]

MakeDriver = Callable[[Simulator], Driver]


@dataclass(frozen=True, eq=False)
class OwnDriver:
    """A maker of drivers: what they see through, and, of a network on pictures, that and its mount."""

    make: MakeDriver
    camera: CameraConfig | None
    network: FrameNetwork | None = None
    mount: Mount | None = None


def own_driver(path: str, device: torch.device, mount: Mount | None = None) -> Policy | OwnDriver:
    """Call ``module:factory`` and return what it makes: a policy, or a maker of drivers.

    The factory is called with an undriven simulator of one world without a camera, to see what it makes. A ``Policy``
    and a torch module drive in every simulator then, moved to ``device``; a ``Driver`` is made anew for each. Torch's
    seed is 0 whenever it is called, so that what it draws is the same every time.

    Parameters
    ----------
    path:
        ``module:factory``; see ``import_attribute``.
    device:
        Where a policy or a module computes.
    mount:
        Of a torch module; by default its attribute ``mount`` (see ``parse_mount``), or the default mount.

    Raises
    ------
    ArgumentError
        There is no such factory, or its mount is none.
    UserCodeError
        The factory raised an exception, or made something else.
    ModelError
        A module does not return one finite number a picture.
    """
    factory = import_attribute(path, "MODEL")
    if not callable(factory):
        raise ArgumentError(f"MODEL={path!r}: a {type(factory).__name__}: allowed is a function of a simulator")
    probe = open_simulator(camera=None)
    try:
        made = _call(factory, probe, path)
    finally:
        probe.close()
    if isinstance(made, Policy):
        return made.to(device)
    if _is_driver(made):
        return OwnDriver(lambda simulator: _OwnDriver(_call(factory, simulator, path), path), _camera_of(made, path))
    if isinstance(made, nn.Module):
        mount = mount or parse_mount(getattr(made, "mount", None), f"{path}: mount")
        return _mounted(TorchNetwork(made, mount, path, device), mount)
    raise UserCodeError(
        f"{path}: returned a {type(made).__name__}: allowed are a Driver (with reset and act), a torch module, or a "
        "wormdrive.Policy"
    )


def onnx_driver(file: str | Path, mount: Mount | None) -> OwnDriver:
    """Put an ONNX file behind the wheel.

    Raises
    ------
    ArgumentError
        There is no mount.
    ModelError
        It cannot be used, or does not fit the mount.
    """
    if mount is None:
        raise ArgumentError(
            f"{file}: an ONNX file says neither what it sees nor what it means: allowed is with --mount"
        )
    return _mounted(OnnxNetwork(file, mount), mount)


def _mounted(network: FrameNetwork, mount: Mount) -> OwnDriver:
    with _drawing_the_same():  # lazy layers draw their weights when they first see a picture
        try_out(network, mount)

    def make(simulator: Simulator) -> Driver:
        return MountedDriver(network, mount, simulator.dt_s, simulator.parameters)

    return OwnDriver(make, mount.camera, network, mount)


class _OwnDriver:
    """A user's driver, whose errors are told as theirs, and whose commands are looked at."""

    def __init__(self, driver: Any, path: str) -> None:
        if not _is_driver(driver):
            raise UserCodeError(f"{path}: returned a {type(driver).__name__} now, and a Driver before")
        self._driver, self._path = driver, path

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Hand on to the driver."""
        with running_own_code(self._path, "reset"):
            self._driver.reset(mask)

    def act(self, observation: Observation) -> NDArray[np.float64]:
        """Hand on to the driver."""
        with running_own_code(self._path, "act"):
            command = np.asarray(self._driver.act(observation), np.float64)
        wanted = (len(observation.end_reason), 2)
        if command.shape != wanted or not np.isfinite(command[observation.end_reason == 0, 0]).all():
            shown = f"shape {command.shape}" if command.shape != wanted else "a steer that is not finite"
            raise UserCodeError(
                f"{self._path}: act returned {shown}: allowed are commands {wanted}, steer in [-1, 1] and acceleration "
                "in [-1, 1], or NaN for the cruise control"
            )
        return command


def _call(factory: Any, simulator: Simulator, path: str) -> Any:
    with running_own_code(path, "calling it"), _drawing_the_same():
        return factory(simulator)


@contextmanager
def _drawing_the_same() -> Iterator[None]:
    """Have torch draw from seed 0 for a while, and go on afterwards as if it had not."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def _is_driver(made: object) -> bool:
    return all(callable(getattr(made, name, None)) for name in ("reset", "act")) and not isinstance(made, Policy)


def _camera_of(driver: object, path: str) -> CameraConfig | None:
    """Return what a driver says to see through, ``None`` for one without eyes; the default camera unless it says."""
    camera = getattr(driver, "camera", CameraConfig())
    return None if camera is None else parse_camera(camera, f"{path}: camera")
