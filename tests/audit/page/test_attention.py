"""The attention's words: what it lies on, what VisualBackProp does not know, and plainly if maps cannot be trusted."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.audit.attention.deletion import RANDOM, SHARES, Curves
from wormdrive.audit.attention.maps import GRADIENTS, METHODS
from wormdrive.audit.attention.section import ALL, AttentionSection, Checks, LookedAt
from wormdrive.audit.attention.shares import PARTS, AttentionShares
from wormdrive.audit.attention.stability import NOISES, Stability
from wormdrive.audit.page.attention import attention_finding, attention_fragment, steers


def checks(*, good: bool = True) -> Checks:
    """Return what one may have found: all methods better, or worse, than a random order."""
    x = np.array(SHARES)
    fast, slow = (x**0.2, x**5) if good else (x**5, x**0.2)
    return Checks(
        Curves({**dict.fromkeys(METHODS, 1 - fast), RANDOM: 1 - slow}, {**dict.fromkeys(METHODS, fast), RANDOM: slow}),
        Stability(dict.fromkeys(METHODS, dict.fromkeys(NOISES, 0.61)), dict.fromkeys(METHODS, 0.23)),
        0.0021,
        0.07,
    )


def looked_at(name: str) -> LookedAt:
    maps = np.zeros((8, 16))
    maps[4, 4] = 1.0
    return LookedAt(name, np.full((8, 16, 3), 99, np.uint8), dict.fromkeys(METHODS, maps), 0.004, -0.0001)


def section(*, good: bool = True) -> AttentionSection:
    shares = AttentionShares(
        dict(zip(PARTS, (0.1, 0.5, 0.2, 0.15, 0.05, 0.0, 0.0), strict=True)),
        dict(zip(PARTS, (0.02, 0.3, 0.2, 0.4, 0.08, 0.0, 0.0), strict=True)),
        {**dict.fromkeys(PARTS), "marks": (0.07, 0.13)},
        (0.524, 0.68),
    )
    of_season = dict.fromkeys(("summer", "winter", ALL), shares)
    return AttentionSection(
        {"summer": 4, "winter": 4},
        dict.fromkeys(METHODS, of_season),
        checks(good=good),
        (looked_at("summer"), looked_at("winter")),
    )


def test_the_finding_says_what_attention_lies_on() -> None:
    said = attention_finding(section())
    assert said.startswith(
        "60 % (52 to 68) of what moves the steering lies on road and marks, which fill 32 % of the picture"
    )
    assert "20 % on trees and sky" in said
    assert said.endswith("(hiding it first takes the steering away sooner than hiding at random)")


def test_maps_that_are_no_better_than_chance_are_not_trusted() -> None:
    assert attention_finding(section(good=False)).endswith("do not trust these shares")


def test_the_fragment_shows_and_tells_all() -> None:
    made = attention_fragment(section())
    assert "8 frames drawn at random from all drives (4 of summer, 4 of winter)" in made
    assert "explains the convolutional head only: it knows nothing of the neurons" in made
    assert "VisualBackProp (head only)" in made
    assert made.count('src="data:image/webp;base64,') == 2 * 4
    assert made.count("<svg") == made.count("</svg>") == 2
    assert "steers left, radius 250 m; of the blurred picture straight on" in made
    assert "but for 7.0 % of it" in made
    for part in PARTS:
        assert f"<td>{part}</td>" in made
    marks = made.split("<td>marks</td>")[1].split("</tr>")[0]
    assert marks.startswith("<td>10 % (7 to 13)</td><td>2.0 %</td><td>5.0</td>")
    cars = made.split("<td>cars</td>")[1].split("</tr>")[0]
    assert cars.startswith("<td>–</td><td>0 %</td><td>–</td>"), "what no frame shows has no ratio"
    assert "<td>another frame</td><td>0.23</td>" in made


@pytest.mark.parametrize(
    ("curvature", "said"), [(0.02, "left, radius 50 m"), (-0.004, "right, radius 250 m"), (0.0004, "straight on")]
)
def test_where_a_curvature_leads(curvature: float, said: str) -> None:
    assert steers(curvature) == said


def test_of_one_picture_there_is_no_other_to_compare_with() -> None:
    found = section()
    alone = Stability(found.checks.stability.noise, dict.fromkeys(METHODS))
    made = attention_fragment(
        AttentionSection(found.frames, found.shares, Checks(found.checks.curves, alone, 0.0, None), found.shown)
    )
    assert "<td>another frame</td><td>–</td>" in made
    assert found.shares[GRADIENTS][ALL].ratio("cars") is None
