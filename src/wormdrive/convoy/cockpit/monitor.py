"""Monitor: what goes on in the network of one follower while it drives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.synapses import CellSynapses, numbers_of
from wormdrive.convoy.follower import Follower, LiquidController
from wormdrive.perception.saliency import visual_backprop
from wormdrive.scenarios.cockpit.currents import Conductances
from wormdrive.scenarios.cockpit.network_monitor import Monitor

__all__ = ["follower_monitor"]


def follower_monitor(follower: Follower, state: Callable[[], torch.Tensor | None], row: Callable[[], int]) -> Monitor:
    """Return what reads along while followers drive; ``state`` gives what they remember, ``row`` who is watched."""
    eyes, controller = follower.eyes, follower.controller
    currents = _conductances(controller) if isinstance(controller, LiquidController) else None
    return Monitor(eyes.head, currents, state, lambda seen: visual_backprop(eyes.preprocessor, eyes.head, seen), row)


def _conductances(controller: LiquidController) -> Conductances:
    def sensory(features: torch.Tensor) -> NDArray[np.float32]:
        return numbers_of(controller.sensory(features), np.float32)

    return Conductances(CellSynapses(controller.cell, np.float32), sensory)
