"""The counterfactuals' words: what is the road's, what the scenery's, and pictures of what moved most."""

from __future__ import annotations

import numpy as np

from wormdrive.audit.counterfactuals.interventions import Interventions
from wormdrive.audit.counterfactuals.mirrored_bends import MirroredBends
from wormdrive.audit.counterfactuals.parts import ROAD, parts
from wormdrive.audit.counterfactuals.section import CounterfactualsSection, Pair
from wormdrive.audit.counterfactuals.shares import Share, Shares
from wormdrive.audit.page.counterfactuals import counterfactuals_finding, counterfactuals_fragment


def section(road: float, snow: float, *, pairs: int = 1) -> CounterfactualsSection:
    """Return what one may have found."""

    def share(value: float) -> Share:
        return Share(value, (value - 0.1, value + 0.1), value, (value - 0.1, value + 0.1))

    of = dict.fromkeys(parts(), 0.0) | {"snow cover": snow, ROAD: road}
    shares = Shares({name: share(value) for name, value in of.items()}, of, of, {}, 0.1)
    grey = np.full((8, 16, 3), 99, np.uint8)
    return CounterfactualsSection(
        128,
        shares,
        Interventions(-0.004, 0.97),
        MirroredBends(64, -0.78, (-0.95, -0.57), 0.87, (0.7, 1.0), 0.81, (0.6, 1.1)),
        (Pair("snow cover", grey, grey + 9, 0.001, 0.02),) * pairs,
    )


def test_the_finding_names_road_and_worst_part() -> None:
    said = counterfactuals_finding(section(0.8, 0.12))
    assert said.startswith("the road alone explains 80 % of the steering's variance; of the scenery snow cover")
    assert said.endswith("has most to do with it (12 %)")
    assert counterfactuals_finding(section(1.0, 0.0)).endswith("and the scenery nothing")


def test_the_fragment_has_every_part_and_both_pictures() -> None:
    made = counterfactuals_fragment(section(0.8, 0.12, pairs=2))
    assert all(f"<td>{name}</td>" in made for name in (*parts(), ROAD))
    assert made.index("<td>road</td>") < made.index("<td>snow cover</td>")
    assert "12 % (2 to 22)" in made
    assert "0 % (0 to 10)" in made, "what lies below 0 is written as 0"
    assert made.count('src="data:image/webp;base64,') == 4
    assert "it steers back in 97 %" in made
    assert "at 64 moments" in made
    assert "another snow cover (right) it steers left (radius 50 m), and before it steers left (radius 1,000 m)" in made
    assert "with slope -0.78 (-0.95 to -0.57)" in made
    assert "curvature it steers 87 % (70 to 100) to the left and 81 % (60 to 110) to the right" in made


def test_without_eyes_there_are_no_pictures() -> None:
    assert "<img" not in counterfactuals_fragment(section(1.0, 0.0, pairs=0))
