"""Network monitor: what goes on in a policy while it drives, for people to see; its driving is not touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.viewer.scene import NetworkGraph, Neural
from wormdrive.perception.saliency import visual_backprop
from wormdrive.scenarios.cockpit.currents import Currents, currents_of

__all__ = ["RUN_UP", "Monitor", "NetworkMonitor", "OfflineMonitor", "graph_of"]

RUN_UP: Final = 30
"""Frames after which a policy's neurons have forgotten where they began."""


class Monitor:
    """Reads along while a network acts.

    Parameters
    ----------
    head:
        What makes features of its pictures: (B, ...) -> (B, F).
    currents:
        Its synapses; ``None`` if it has none.
    state:
        Gives its state (B, S) after the latest pictures.
    saliency:
        Where it looks: pictures (1, H, W, 3) -> (1, H, W) in [0, 1].
    row:
        Gives which of the B it acts for is watched.
    """

    def __init__(
        self,
        head: nn.Module,
        currents: Currents | None,
        state: Callable[[], torch.Tensor | None],
        saliency: Callable[[torch.Tensor], torch.Tensor],
        row: Callable[[], int] = lambda: 0,
    ) -> None:
        self._state, self._saliency, self._row = state, saliency, row
        self._features: torch.Tensor | None = None
        # the features pass by on their way through the head: nothing needs to be computed twice
        self._hook = head.register_forward_hook(self._note)
        self._currents = currents
        self.graph: NetworkGraph | None = None
        if self._currents is not None:
            self.graph = graph_of(self._currents.wiring, self._currents.effect > 0.0)

    def read(self) -> Neural | None:
        """Activity and currents after the frame that the network has just acted on; ``None`` without a wiring."""
        state, row = self._state(), self._row()
        if self._currents is None or self._features is None or state is None:
            return None
        return self._currents.read(self._features[row], state[row])

    def gaze(self, frame: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Where the network looks in a frame (H, W, 3): (H, W) in [0, 1]."""
        features = self._features
        found = self._saliency(torch.from_numpy(frame[None]))
        self._features = features
        return np.asarray(found[0].cpu().numpy(), np.float32)

    def close(self) -> None:
        """Read no longer."""
        self._hook.remove()

    def _note(self, _module: Any, _inputs: Any, features: torch.Tensor) -> None:
        self._features = features.float()


class NetworkMonitor(Monitor):
    """Reads along while a policy acts for one world; ``state`` gives its state (1, S) after the latest frame.

    Raises
    ------
    ArgumentError
        The policy has no eyes.
    """

    def __init__(self, policy: Policy, state: Callable[[], torch.Tensor | None]) -> None:
        eyes = policy.eyes
        super().__init__(
            policy.head, currents_of(policy), state, lambda seen: visual_backprop(*eyes, seen.to(policy.device))
        )


class OfflineMonitor:
    """A policy that looks at recorded frames, in any order, without driving.

    Its neurons remember, so after a leap it is shown the ``RUN_UP`` frames before, too.
    """

    def __init__(self, policy: Policy, dt_s: float) -> None:
        self._policy = policy.eval()
        self._elapsed = dt_s / policy.config.sample_period_s
        self._memory = policy.initial_state(1)
        self._index = -1
        self.monitor = NetworkMonitor(policy, lambda: self._memory)

    def look(self, index: int, frame: Callable[[int], NDArray[np.uint8]]) -> None:
        """See frame ``index``, where ``frame`` gives any frame (H, W, 3)."""
        if index == self._index:
            return
        first = index
        if index != self._index + 1:
            first = max(0, index - RUN_UP)
            self._memory = self._policy.initial_state(1)
        for k in range(first, index + 1):
            _, self._memory = self._policy.act(frame(k)[None], self._memory, self._elapsed)
        self._index = index

    def forget(self) -> None:
        """Look anew: the frames have changed."""
        self._index = -1 - RUN_UP


def graph_of(wiring: Wiring, excites: NDArray[np.bool_] | None = None) -> NetworkGraph:
    """Return a wiring as the viewer draws it; ``excites`` (E,) is what training made of the synapses' signs."""
    sources = wiring.sources.copy()
    sources[wiring.sensory_synapse_count :] += wiring.input_size
    return NetworkGraph(
        roles=tuple(neuron.role for neuron in (*wiring.sensory_neurons, *wiring.state_neurons)),
        sources=sources,
        targets=wiring.targets + wiring.input_size,
        excites=wiring.polarities > 0 if excites is None else excites,
    )
