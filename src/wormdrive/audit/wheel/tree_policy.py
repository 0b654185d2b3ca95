"""Tree policy: a network whose last word a tree has, by its neurons or by what it would have steered itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.trees.small_tree import SmallTree

__all__ = ["TreePolicy"]


class TreePolicy(Policy):
    """Looks, remembers and fires as ``network`` does, bit for bit, and steers what ``tree`` says.

    Neurons hear each other, never the tree: what it gets wrong reaches them through the road alone.

    Parameters
    ----------
    network:
        Whose parts are used, not copied.
    tree:
        From columns (T, D) to curvature [1/m].
    neurons:
        Which of ``network.neuron_names`` are the columns; ``None``: the curvature that the network steers is the only
        one, of which the tree makes a few steps.
    """

    def __init__(self, network: Policy, tree: SmallTree, neurons: Sequence[int] | None) -> None:
        nn.Module.__init__(self)  # a policy's own would make another head
        self.config, self.trained_camera = network.config, network.trained_camera
        self.preprocessor, self.head, self.auxiliary = network.preprocessor, network.head, None
        self.network, self.tree = network, tree
        self.neurons = None if neurons is None else list(neurons)

    @property
    def state_size(self) -> int:
        """S: that of the network."""
        return self.network.state_size

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return self.network.device

    def initial_state(self, batch: int) -> Tensor:
        """(B, S): that of the network."""
        return self.network.initial_state(batch)

    @property
    def neuron_names(self) -> tuple[str, ...]:
        """Names of the network's neurons."""
        return self.network.neuron_names

    def _control(self, features: Tensor, state: Tensor, elapsed: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
        output, activity, state = self.network._control(features, state, elapsed)
        scale = self.config.output_scale
        seen = output[..., None].float() * scale if self.neurons is None else activity[..., self.neurons]
        steered = self.tree.predict(np.asarray(seen.flatten(0, 1).double().cpu().numpy(), np.float64))
        return torch.from_numpy(steered / scale).float().view(output.shape).to(output.device), activity, state
