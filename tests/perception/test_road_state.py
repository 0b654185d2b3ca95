from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.observation import Observation, VehicleState
from wormdrive.perception.road_state import ROAD_STATE, RoadStateHead, RoadStateInput


def observed(count: int) -> Observation:
    rng = np.random.default_rng(0)
    state = VehicleState(**{field.name: rng.normal(size=count) for field in fields(VehicleState)})
    return Observation(
        state, None, None, None, np.zeros(count, np.int8), np.ones(count, np.bool_), np.full(count, 1 / 30)
    )


def test_looks_at_offset_heading_error_and_curvature_alone() -> None:
    seen = observed(5)
    states = RoadStateInput().look(seen)
    assert RoadStateInput().takes(states)
    for column, name in enumerate(("lateral_offset_m", "heading_error_rad", "curvature")):
        np.testing.assert_array_equal(states[:, column], getattr(seen.state, name))
    assert len(ROAD_STATE) == states.shape[1]


def test_scales_to_about_unit_size() -> None:
    states = torch.tensor([[0.4, -0.06, 0.01], [-0.8, 0.0, 0.02]], dtype=torch.float64)
    scaled = RoadStateInput().reduce(states)
    assert scaled.dtype == torch.float32
    torch.testing.assert_close(scaled, torch.tensor([[1.0, -1.0, 1.0], [-2.0, 0.0, 2.0]]))
    assert torch.equal(RoadStateInput()(scaled), scaled), "nothing is normalised by what else is there"


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 78, 200, 3), np.uint8),
        np.zeros((2, 3), np.float32),
        np.zeros((0, 3)),
        np.zeros((2, 4)),
        [[0.0] * 3],
    ],
)
def test_takes_road_states_alone(wrong: object) -> None:
    assert not RoadStateInput().takes(wrong)


def test_pictures_get_a_clear_error() -> None:
    with pytest.raises(
        ArgumentError, match=r"frames: torch.uint8 \(2, 78, 200, 3\): allowed is torch.float64 \(M, 3\)"
    ):
        RoadStateInput().reduce(torch.zeros(2, 78, 200, 3, dtype=torch.uint8))


def test_features_are_a_linear_map_with_the_same_bits_alone_and_in_company() -> None:
    torch.manual_seed(0)
    head = RoadStateHead(32)
    states = torch.randn(37, 3)
    with torch.no_grad():
        together = head(states)
        assert together.shape == (37, 32)
        torch.testing.assert_close(together, states @ head.weight.T)
        for k in range(37):
            assert torch.equal(head(states[k : k + 1])[0], together[k])
    assert 0.5 < float(together.std()) < 2.0, "of about unit size, as normalised features are"
    assert head(states).requires_grad
