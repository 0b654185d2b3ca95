from __future__ import annotations

from pathlib import Path

import numpy as np

from wormdrive.audit.counterfactuals.scenery import Scenery


def test_scenery_is_drawn_as_its_file_says(tmp_path: Path) -> None:
    file = tmp_path / "parts.yaml"
    file.write_text("sky:\n  cloud: [10, 20]\nart:\n  art_seed: [0, 3]\n  name: [oak, elm]\n", encoding="utf-8")
    scenery = Scenery.read(file, "way")
    assert scenery.numbers == {"sky": slice(0, 1), "art": slice(1, 3), "way": slice(3, 5)}
    assert scenery.drawn(np.array([0.5, 0.99, 0.5, 0.0, 0.0])) == {"cloud": 15.0, "art_seed": 2, "name": "elm"}
    assert scenery.moment(np.array([0.0, 0.0, 0.0, 0.5, 0.99]), [10, 20], 5) == (1, 19)
    assert scenery.moment(np.array([0.0, 0.0, 0.0, 0.1, 0.0]), [10, 20], 5) == (0, 5)
