from __future__ import annotations

import numpy as np

from wormdrive.envs.simulation.semantic_labels import SemanticLabel as Label
from wormdrive.find_target.audit.parts import PARTS, TARGET, on_target, parts_of


def test_every_pixel_is_of_one_part() -> None:
    labels = np.array([[[Label.CAR, Label.VEGETATION], [Label.SKY, Label.ROAD_LINES], [Label.DYNAMIC, Label.TERRAIN]]])
    found = parts_of(labels.astype(np.uint8))
    assert found.shape == (1, len(PARTS), 3, 2)
    assert (found.sum(1) == 1).all()
    by_part = dict(zip(PARTS, found[0], strict=True))
    assert by_part[TARGET].tolist() == [[True, False], [False, False], [True, False]]
    assert by_part["ground"].tolist() == [[False, False], [False, True], [False, True]]
    assert np.array_equal(by_part[TARGET], on_target(labels[0]))
