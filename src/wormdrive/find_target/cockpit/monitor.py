"""Monitor: what goes on in a flight's policy while it flies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.synapses import CellSynapses, numbers_of
from wormdrive.find_target.cores import Core, NCPCore
from wormdrive.find_target.policy import FlightPolicy, normalised
from wormdrive.perception.saliency import image_saliency
from wormdrive.scenarios.cockpit.currents import Conductances
from wormdrive.scenarios.cockpit.network_monitor import Monitor

__all__ = ["flight_monitor"]


def flight_monitor(policy: FlightPolicy, state: Callable[[], torch.Tensor | None]) -> Monitor:
    """Return what reads along while a policy flies; ``state`` gives what it remembers."""
    return Monitor(
        policy.head, _conductances(policy.core), state, lambda seen: image_saliency(policy.head, normalised(seen))
    )


def _conductances(core: Core) -> Conductances | None:
    """Return a core's synapses; ``None`` if it has none."""
    if not isinstance(core, NCPCore):
        return None

    def sensory(features: torch.Tensor) -> NDArray[np.float32]:
        return numbers_of(core.sensory(features), np.float32)

    return Conductances(CellSynapses(core.network.rnn_cell, np.float32), sensory)
