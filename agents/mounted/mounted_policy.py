"""MountedPolicy: a network of others looked into as if it were a policy of ours, as far as it lets itself be."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from wormdrive.agents.driver import Driver
from wormdrive.agents.mounted.mount import Mount
from wormdrive.agents.mounted.mounted_driver import MountedDriver
from wormdrive.agents.mounted.mounted_input import MountedInput
from wormdrive.agents.mounted.network import DifferentiableNetwork, FrameNetwork, try_out
from wormdrive.agents.mounted.packed_state import PackedState
from wormdrive.agents.mounted.steering import curvature_for_number
from wormdrive.agents.policies.policy import Policy, PolicyConfig, PolicySteps
from wormdrive.envs.common.errors import ModelError, UserCodeError
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.perception.flat_head import FlatHead
from wormdrive.perception.picture_window import PictureWindow

__all__ = ["MountedPolicy"]

_NO_GRADIENT: Final = "they need gradients, which {} does not give"


class MountedPolicy(Policy):
    """Pictures go in and curvature comes out; what is in between stays the network's own: there are no neurons to see.

    ``features`` are all numbers of the picture that the network is shown, ``state`` is what it remembers, as a row (see
    ``PackedState``). Time passes in seconds. It is for looking into: what drives is ``driver``, which knows the delay
    of the mount and the speed of the car.

    Parameters
    ----------
    network:
        Shared, not copied.
    mount:
        How it sits in the car.

    Raises
    ------
    ModelError
        It does not fit the mount, or remembers what cannot be put into a row of numbers.
    """

    preprocessor: MountedInput
    head: FlatHead

    def __init__(self, network: FrameNetwork, mount: Mount) -> None:
        nn.Module.__init__(self)  # a policy's own would make a convolutional head
        self.config = PolicyConfig(kind=network.kind, output_scale=1.0, auxiliary=False, sample_period_s=1.0)
        self.network, self.mount, self.trained_camera = network, mount, mount.camera
        self.preprocessor, self.auxiliary = MountedInput(mount), None
        self.head = FlatHead(self.preprocessor.shape)
        self._memory = PackedState(try_out(network, mount), network.name)
        self.without_gradients = "" if self._has_gradient() else _NO_GRADIENT.format(f"{network.name} ({network.kind})")

    def driver(self, simulator: Simulator) -> Driver:
        """Put it behind the wheel."""
        return MountedDriver(self.network, self.mount, simulator.dt_s, simulator.parameters)

    @property
    def state_size(self) -> int:
        """S: numbers that it remembers, and one that says whether it has seen anything."""
        return self._memory.size

    @property
    def neuron_names(self) -> tuple[str, ...]:
        """None: nobody knows which of its numbers are neurons."""
        return ()

    @property
    def window(self) -> PictureWindow:
        """Which part of a frame it sees."""
        return self.preprocessor.window

    @property
    def device(self) -> torch.device:
        """Where pictures and rows of memory are; the network computes where it is."""
        return torch.device("cpu")

    def initial_state(self, batch: int) -> Tensor:
        """(B, S) float32: nothing is remembered."""
        return torch.zeros(batch, self.state_size)

    def parts(self) -> dict[str, int]:
        """Return how many numbers there are to train, all in all: where they are is the network's affair."""
        return {"head": 0, "network": self.network.numbers}

    def control(self, features: Tensor, state: Tensor, elapsed: float = 1.0) -> PolicySteps:
        """Run over features (B, T, F) from a state (B, S), one step after the other; see ``Policy.control``."""
        steps: list[tuple[Tensor, Tensor, Tensor]] = []
        with torch.no_grad():
            for t in range(features.shape[1]):
                output, activity, state = self._control(features[:, t : t + 1], state, elapsed)
                steps.append((output[:, 0].float(), activity[:, 0], state))
        return PolicySteps(*(torch.stack(part, dim=1) for part in zip(*steps, strict=True)))

    def _control(self, features: Tensor, state: Tensor, elapsed: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
        pictures = features.reshape(*features.shape[:2], *self.preprocessor.shape)
        gaps = torch.as_tensor(elapsed, dtype=torch.float64).expand(len(features), features.shape[1])
        numbers, rows = [], []
        for of, row, gap in zip(pictures, state, gaps, strict=True):
            memory = self._memory.unpack(row.detach().numpy())
            said = []
            for picture, seconds in zip(of, gap.tolist(), strict=True):
                number, memory = self._say(self._laid_out(picture), memory, seconds)
                said.append(number)
            numbers.append(torch.stack(said))
            rows.append(torch.from_numpy(self._memory.pack(memory)))
        curvature = curvature_for_number(torch.stack(numbers), self.mount)
        return curvature, features[..., :0], torch.stack(rows)

    def _say(self, picture: Tensor, memory: object, seconds: float) -> tuple[Tensor, object]:
        if torch.is_grad_enabled() and picture.requires_grad and isinstance(self.network, DifferentiableNetwork):
            number, memory = self.network.with_gradient(picture, memory)
            return number.double(), memory
        said, memory = self.network(np.ascontiguousarray(picture.detach().numpy()), memory, seconds)
        return torch.tensor(said, dtype=torch.float64), memory

    def _laid_out(self, picture: Tensor) -> Tensor:
        """Numbers (C, h, w) -> the one picture that the network takes."""
        return (picture if self.mount.layout == "NCHW" else picture.permute(1, 2, 0))[None]

    def _has_gradient(self) -> bool:
        if not isinstance(self.network, DifferentiableNetwork):
            return False
        image = torch.full((1, 1, *self.preprocessor.shape), 0.5, requires_grad=True)
        try:
            with torch.enable_grad():
                curvature = self.curvature_of(self.features(image), self.initial_state(1), 1.0 / 30.0)
                torch.autograd.grad(curvature.sum(), image)
        except (RuntimeError, UserCodeError, ModelError):  # a module may leave torch on the way
            return False
        return True
