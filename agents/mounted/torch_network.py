"""TorchNetwork: a torch module on frames, as a user's factory makes one."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wormdrive.agents.device import repeatable
from wormdrive.agents.mounted.mount import Mount
from wormdrive.agents.mounted.network import the_number
from wormdrive.envs.common.errors import UserCodeError
from wormdrive.envs.common.import_path import running_own_code

__all__ = ["TorchNetwork"]


class TorchNetwork:
    """Calls ``module(picture)``, which returns a number, or a number and what it is to remember.

    What it returned to remember it is given back with the next picture, ``module(picture, state)``: recurrent modules
    of the kind of ``wormdrive.nn`` and ncps begin when they are given none.

    Parameters
    ----------
    module:
        Put into evaluation mode, and moved to ``device``.
    mount:
        What it sees and what its number means.
    name:
        What it is called in errors.
    device:
        Where it computes.
    """

    kind: Final = "torch module"

    def __init__(self, module: nn.Module, mount: Mount, name: str, device: torch.device) -> None:
        self.module, self.name = module.eval().to(device), name
        self._index, self._device = mount.output.index, device

    @property
    def numbers(self) -> int:
        """How many numbers can be trained."""
        return sum(parameter.numel() for parameter in self.module.parameters())

    def __call__(self, picture: NDArray[np.float32], state: Any, elapsed_s: float) -> tuple[float, Any]:
        """Return the number for a picture, and what is to be remembered; see ``FrameNetwork``.

        Raises
        ------
        UserCodeError
            The module raised an exception, or returned no tensor.
        ModelError
            It said several numbers where none was chosen, or none that is finite.
        """
        with torch.no_grad():
            values, state = self._say(torch.from_numpy(picture), state)
        return the_number(values.detach().float().cpu().numpy(), self._index, self.name), state

    def with_gradient(self, picture: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return the number (), and what is to be remembered; see ``DifferentiableNetwork``.

        Raises
        ------
        UserCodeError, ModelError
            As when it is called.
        """
        values, state = self._say(picture, state)
        the_number(values.detach().float().cpu().numpy(), self._index, self.name)
        return values.flatten()[self._index or 0], state

    def _say(self, picture: Tensor, state: Any) -> tuple[Tensor, Any]:
        shown = picture.to(self._device)
        what = f"showing it a picture {tuple(picture.shape)}"
        with repeatable(self._device), running_own_code(self.name, what):
            said = self.module(shown) if state is None else self.module(shown, state)
        values, state = said if isinstance(said, tuple) and len(said) == 2 else (said, None)
        if not isinstance(values, Tensor):
            raise UserCodeError(
                f"{self.name}: returned a {type(said).__name__} for a picture: allowed is a tensor, or (tensor, state)"
            )
        return values, state
