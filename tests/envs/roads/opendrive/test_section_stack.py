"""Section stacks: the same bits as section by section."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.opendrive_text import SHARED_MAPS, lane, opendrive, road, section
from wormdrive.envs.common.errors import MapError
from wormdrive.envs.roads import RoadMap, read_map, read_map_text
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.road import Road
from wormdrive.envs.roads.opendrive.section_stack import stack_sections

VARIED = opendrive(
    road(
        '<geometry s="0" x="0" y="0" hdg="0.3" length="40"><spiral curvStart="0.01" curvEnd="0.02"/></geometry>'
        '<geometry s="40" x="38" y="18" hdg="0.9" length="30"><spiral curvStart="0.02" curvEnd="-0.2"/></geometry>'
        '<geometry s="70" x="56" y="41" hdg="1.3" length="20"><poly3 a="0" b="0" c="0.001" d="0.0001"/></geometry>'
        '<geometry s="90" x="61" y="60" hdg="1.4" length="10"><paramPoly3 pRange="normalized" aU="0" bU="10" cU="0" '
        'dU="0.1" aV="0" bV="0" cV="0.1" dV="0"/></geometry>',
        section(lane(2, "sidewalk", 2.0), lane(1, width='<border sOffset="0" a="3.5" b="0.01" c="0" d="0"/>'), lane(-1))
        + section(lane(1, width='<width sOffset="0" a="3"/><width sOffset="9" a="3.1" b="0.1"/>'), lane(-1), s=60.0),
        length=104,
        lane_offset='<laneOffset s="5" a="0.1" b="0.01" c="0" d="0"/><laneOffset s="80" a="-0" b="0" c="0" d="0"/>',
        extra='<elevationProfile><elevation s="0" a="1" b="0.02" c="0" d="0"/></elevationProfile>'
        '<lateralProfile><superelevation s="0" a="0.02" b="0" c="0" d="0"/></lateralProfile>',
    ),
    road(50, road_id="left", rule="LHT", sections=section(lane(1), lane(-1))),
    road(
        '<geometry s="0" x="0" y="9" hdg="1" length="30"><arc curvature="0.05"/></geometry>'
        '<geometry s="32" x="5" y="9" hdg="1" length="30"><line/></geometry>',
        road_id="b",
        length=65,
    ),
    road(50, road_id="bare", sections=section()),
    *(
        road(
            f'<geometry s="0" x="{k}" y="9" hdg="1" length="{100 + k}"><paramPoly3 pRange="normalized" aU="0" bU="20" '
            f'cU="{40 + 3 * k}" dU="40" aV="1" bV="0" cV="{k}" dV="{-k}"/></geometry>',
            road_id=f"uneven {k}",
            length=100 + 2 * k,
        )
        for k in range(5)
    ),
)


def maps() -> Iterator[RoadMap]:
    yield read_map_text(VARIED, "varied")
    for name in ("suburb", "mountain_pass", "town"):
        yield read_map(name)


def check(road_map: RoadMap, samples: int) -> None:
    pairs = [(road, section) for road in road_map.roads.values() for section in road.sections]
    met = []
    for stack, numbers in stack_sections(pairs, lambda section: samples + int(section.length_m) % 3):
        met += numbers
        for k, (of, part) in enumerate(stack.members):
            assert (of, part) == pairs[numbers[k]]
            compare(stack.profile, k, of, part, [stack.centre(row) for row in range(len(part.lanes))])
    assert sorted(met) == list(range(len(pairs)))


def compare(profile: object, k: int, of: Road, part: LaneSection, centres: list[object]) -> None:
    count = vars(profile)["s"].shape[1]
    alone = of.profile(part, np.linspace(part.start_s, part.end_s, count))
    for name, values in vars(alone).items():
        assert vars(profile)[name][..., k, :].tobytes() == values.tobytes(), (of.id, part.index, name)
    for row, centre in enumerate(centres):
        for name, values in vars(of.centre_of(alone, part, part.lanes[row])).items():
            assert vars(centre)[name][k].tobytes() == values.tobytes(), (of.id, part.index, row, name)


@pytest.mark.parametrize("samples", [2, 7])
def test_stacked_sections_have_the_same_bits(samples: int) -> None:
    for road_map in maps():
        check(road_map, samples)


@pytest.mark.slow
@pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")
def test_so_have_those_of_all_shared_maps() -> None:
    checked = 0
    for path in SHARED_MAPS:
        road_map = usable(path)
        if road_map is not None:
            check(road_map, 5)
            checked += 1
    assert checked == len(SHARED_MAPS) - 1


def usable(path: Path) -> RoadMap | None:
    try:
        return read_map(path)
    except MapError:
        return None


def test_sections_with_traffic_the_other_way_are_no_members() -> None:
    road_map = read_map_text(VARIED, "varied")
    pairs = [(road, section) for road in road_map.roads.values() for section in road.sections]
    for stack, _ in stack_sections(pairs, lambda _: 3):
        for row in range(len(stack.members[0][1].lanes)):
            assert {of.travel(part.lanes[row]) for of, part in stack.members} == {stack.travel(row)}


def test_many_sections_are_cut_into_several_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wormdrive.envs.roads.opendrive.section_stack._MOST_SAMPLES", 12)
    pairs = [(road, section) for road in read_map("town").roads.values() for section in road.sections]
    stacks = list(stack_sections(pairs, lambda _: 4))
    assert max(len(stack.members) for stack, _ in stacks) == 3
    assert sum(len(stack.members) for stack, _ in stacks) == len(pairs)
