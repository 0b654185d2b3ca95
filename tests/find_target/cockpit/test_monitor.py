from __future__ import annotations

from typing import Any

import numpy as np
import torch

from wormdrive.find_target.cockpit.monitor import flight_monitor
from wormdrive.find_target.cores import NCPCore
from wormdrive.find_target.policy import FlightPolicy, normalised


def test_at_rest_currents_balance_leaks() -> None:
    policy, state = FlightPolicy("ncp").eval(), None
    monitor = flight_monitor(policy, lambda: state)
    assert isinstance(policy.core, NCPCore)
    frame = torch.from_numpy(np.random.default_rng(3).integers(0, 256, (1, 96, 144, 3), np.uint8))
    with torch.inference_mode():
        for _ in range(300):
            _, state = policy(normalised(frame)[:, None], state)
    neural, cell = monitor.read(), policy.core.network.rnn_cell
    assert neural is not None
    inflow = np.zeros(34)
    np.add.at(inflow, cell.wiring.targets, neural.current)
    trained = cell.physical()
    leak = (trained.leak * (trained.rest - torch.from_numpy(neural.activity[32:]))).detach().numpy()
    assert np.abs(inflow).max() > 0.05
    np.testing.assert_allclose(inflow, -leak, atol=2e-3)


def test_who_has_no_wiring_still_looks() -> None:
    policy, state = FlightPolicy("lstm").eval(), None
    monitor = flight_monitor(policy, lambda: state)
    frame: Any = np.random.default_rng(3).integers(0, 256, (96, 144, 3), np.uint8)
    looked = monitor.gaze(frame)
    assert looked.shape == (96, 144)
    assert looked.max() == 1.0
    assert 0.0 <= looked.min() < 0.1
    assert monitor.graph is None
    assert monitor.read() is None
