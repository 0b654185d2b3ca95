"""Shares: exact, by the pixel, of labels that one has laid oneself."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.audit.attention.shares import PARTS, attention_shares, parts_of
from wormdrive.envs.simulation.semantic_labels import SemanticLabel as Label
from wormdrive.perception.preprocess import PreprocessConfig

WINDOW = PreprocessConfig(height=16, width=16, downsample=2, crop_top=2).picture_window


def labels() -> np.ndarray:
    """Four rows that are cut off, four of sky, eight of road with a mark one pixel wide."""
    of = np.full((1, 16, 16), int(Label.ROADS), np.uint8)
    of[:, :4] = int(Label.BUILDINGS)
    of[:, 4:8] = int(Label.SKY)
    of[:, 8:, 6] = int(Label.ROAD_LINES)
    return of


def test_pixels_are_counted_in_what_the_policy_sees() -> None:
    parts = parts_of(labels(), WINDOW)
    assert parts.shape == (1, len(PARTS), 6, 8)
    assert parts.sum(1) == pytest.approx(np.ones((1, 6, 8)))
    assert parts[0, PARTS.index("marks"), 2:, 3] == pytest.approx(0.5)
    pixels = attention_shares(np.ones((1, 6, 8)), parts, np.zeros(1, int), ["summer"]).pixels
    assert pixels == pytest.approx(
        {"marks": 1 / 24, "road": 15 / 24, "verge": 0, "trees": 0, "sky": 1 / 3, "cars": 0, "other": 0}
    )


def test_attention_on_a_mark_is_shared_with_the_road_in_its_square() -> None:
    maps = np.zeros((1, 6, 8))
    maps[0, 4, 3] = 0.7
    found = attention_shares(maps, parts_of(labels(), WINDOW), np.zeros(1, int), ["summer"])
    assert found.attention["marks"] == found.attention["road"] == pytest.approx(0.5)
    assert found.ratio("marks") == pytest.approx(12.0)
    assert found.ratio("sky") == 0.0
    assert found.ratio("cars") is None, "no frame shows one"


def test_every_frame_counts_alike_and_a_dark_one_as_its_pixels() -> None:
    parts = np.concatenate([parts_of(labels(), WINDOW)] * 3)
    maps = np.zeros((3, 6, 8))
    maps[0, 0, 0], maps[1, 5, 0] = 100.0, 0.001
    found = attention_shares(maps, parts, np.arange(3), ["summer"] * 3)
    assert found.attention["sky"] == pytest.approx((1 + 0 + 1 / 3) / 3)
    assert sum(found.attention.values()) == pytest.approx(1.0)
    for part in ("sky", "cars"):
        ends = found.attention_ci95[part]
        assert ends is not None
        assert ends[0] <= found.attention[part] <= ends[1]
    assert found.on_road_ci95 is not None
    assert found.on_road()[0] == found.attention["road"] + found.attention["marks"]


@pytest.mark.parametrize(
    ("label", "part"),
    [(Label.TERRAIN, "verge"), (Label.VEGETATION, "trees"), (Label.BUS, "cars"), (Label.PEDESTRIANS, "other")],
)
def test_labels_have_their_parts(label: Label, part: str) -> None:
    parts = parts_of(np.full((1, 16, 16), int(label), np.uint8), WINDOW)
    assert parts[:, PARTS.index(part)] == pytest.approx(1.0)
