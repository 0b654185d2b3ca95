from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.find_target.targets import COLOURS, TARGETS, target_mesh, target_row


@pytest.mark.parametrize("name", TARGETS)
def test_a_mesh_fills_its_box(name: str) -> None:
    corners = target_mesh(name).corners.reshape(-1, 3)
    assert corners.min(axis=0) == pytest.approx([-0.5, -0.5, 0.0], abs=0.06)
    assert corners.max(axis=0) == pytest.approx([0.5, 0.5, 1.0], abs=0.06)


def test_a_row_holds_place_size_and_colour() -> None:
    row = target_row("box", "red", (3.0, -4.0, 5.0), np.pi / 2.0)[0]
    assert row[:3].tolist() == [3.0, -4.0, 5.0]
    assert row[3:6] == pytest.approx([0.0, 1.0, 0.0], abs=1e-12)
    assert row[12:15].tolist() == list(TARGETS["box"].size)
    assert row[15:18] == pytest.approx((np.array(COLOURS["red"]) / 255.0) ** 2)
