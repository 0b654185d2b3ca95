"""Broken maps: what passes is read by the real ``carla.Map``, which neither dies nor throws.

``WORMDRIVE_MUTANTS=2000`` tries that many; without it, as many as take half a minute.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.support.map_mutants import mutant
from tests.support.odd_maps import ODD_MAPS
from tests.support.opendrive_text import SHARED_MAPS
from tests.support.real_carla_maps import loaded_by_carla
from wormdrive.envs.common.errors import MapError
from wormdrive.envs.roads import read_map, read_map_text
from wormdrive.envs.roads.opendrive.normalise import normalised_text

pytest.importorskip("carla")

MUTANTS: Final = int(os.environ.get("WORMDRIVE_MUTANTS", "300"))
POINTS: Final = 60
"""Waypoints of each map that are followed."""
OWN: Final = {name: read_map(name).text for name in ("country_loop", "highway", "mountain_pass")} | {
    name: ODD_MAPS[name]
    for name in (
        "connection without lanes", "fork at a direct junction", "gaps in lane ids", "borders", "single side",
        "signals nowhere", "objects called speed",
    )
}  # fmt: skip
OF_OTHERS: Final = (
    "simple_3way_intersection", "fabriksgatan_mixed_id_types", "TShapeRoad", "mixed_roads", "highway_split",
    "SingleRoadTwoGeometries", "Ex_Bidirectional_Junction", "lane_offset_intersection", "positive", "roadmarks",
)  # fmt: skip


def mutants(texts: list[str], seed: int) -> tuple[list[str], int]:
    """Texts of the mutants that pass, for clients, and how many are refused."""
    rng = random.Random(seed)
    passed = []
    for k in range(MUTANTS):
        try:
            road_map = read_map_text(mutant(texts[k % len(texts)], rng), "mutant")
        except MapError:
            continue
        if not road_map.left_out:
            text, _ = normalised_text(road_map)
            assert normalised_text(read_map_text(text, "mutant")) == (text, ())
            passed.append(text)
    return passed, MUTANTS - len(passed)


def assert_all_live(texts: list[str], seed: int, folder: Path) -> None:
    passed, refused = mutants(texts, seed)
    assert len(passed) > refused
    results = loaded_by_carla(passed, folder, POINTS)
    faults = {k: result for k, result in enumerate(results) if "places" not in result}
    assert not faults, Counter(str(fault) for fault in faults.values())
    assert len(results) == len(passed)


@pytest.mark.slow
def test_mutants_of_our_maps_live(tmp_path: Path) -> None:
    assert_all_live(list(OWN.values()), 1, tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")
def test_mutants_of_the_maps_of_others_live(tmp_path: Path) -> None:
    chosen = [path for path in SHARED_MAPS if path.stem in OF_OTHERS]
    assert len(chosen) >= len(OF_OTHERS)
    assert_all_live([read_map(path).text for path in chosen], 2, tmp_path)
