"""Objects are read as boxes in the map's axes, and no file breaks the reader."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.opendrive_text import SHARED_MAPS, opendrive, road
from wormdrive.envs.common.errors import MapError
from wormdrive.envs.roads import read_map, read_map_text
from wormdrive.envs.roads.opendrive import objects as module
from wormdrive.envs.roads.opendrive.objects import RoadObject, read_objects

ATTRIBUTES = ["s", "t", "zOffset", "hdg", "length", "width", "height", "radius"]


def read(objects: str, kinds: frozenset[str] | None = None) -> tuple[RoadObject, ...]:
    text = road(100.0, road_id="r").replace("</road>", f"<objects>{objects}</objects></road>")
    return read_objects(read_map_text(opendrive(text), "test"), kinds)


def test_a_building_beside_a_road_along_x() -> None:
    (house,) = read(
        '<object id="7" name="mill" type="building" subtype="gable_roof" s="20" t="-15" zOffset="0.5" '
        'hdg="1.5707963267948966" length="12" width="8" height="6"/>'
    )
    assert (house.id, house.name, house.kind, house.subtype, house.road) == ("7", "mill", "building", "gable_roof", "r")
    assert (house.x_m, house.y_m, house.z_m) == pytest.approx((20.0, -15.0, 0.5))
    assert house.heading_rad == pytest.approx(0.5 * math.pi)
    assert (house.length_m, house.width_m, house.height_m) == (12.0, 8.0, 6.0)


def test_an_outline_says_where_the_box_is() -> None:
    corners = "".join(
        f'<cornerLocal u="{u}" v="{v}" z="0" height="4"/>' for u, v in ((1, 0), (5, 0), (5, 2), (1, 2), (1, 0))
    )
    for outline in (f"<outline>{corners}</outline>", f"<outlines><outline>{corners}</outline></outlines>"):
        (one,) = read(f'<object id="1" type="x" s="10" t="3" hdg="3.141592653589793">{outline}</object>')
        assert (one.x_m, one.y_m) == pytest.approx((7.0, 2.0))
        assert (one.length_m, one.width_m, one.height_m) == (4.0, 2.0, 4.0)


def test_a_round_thing_is_as_wide_as_long() -> None:
    (one,) = read('<object id="1" type="tree" s="10" t="3" radius="2" height="9"/>')
    assert (one.length_m, one.width_m) == (4.0, 4.0)


def test_what_cannot_be_placed_or_has_no_size_is_left_out() -> None:
    size = 'length="1" width="1" height="1"'
    found = read(
        f'<object id="a" type="x" t="1" {size}/><object id="b" type="x" s="nan" t="1" {size}/>'
        f'<object id="c" type="x" s="1" t="one" {size}/><object id="d" type="x" s="1" t="1"/>'
        f'<object id="e" type="x" s="1" t="1" length="-3" width="1"/><object id="f" type="x" s="900" t="1" {size}/>'
    )
    assert [(one.id, one.x_m) for one in found] == [("f", pytest.approx(100.0))]


def test_only_some_kinds() -> None:
    size = 's="1" t="1" length="1" width="1" height="1"'
    text = f'<object id="a" type="building" {size}/><object id="b" type="tree" {size}/>'
    assert [one.id for one in read(text, frozenset(("tree",)))] == ["b"]


def test_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_OBJECTS", 2)
    size = 's="1" t="1" length="1" width="1" height="1"'
    with pytest.raises(MapError, match="more than 2 objects"):
        read(f'<object id="a" type="x" {size}/>' * 3)


@given(st.dictionaries(st.sampled_from(ATTRIBUTES), st.text(max_size=9)))
def test_no_attribute_breaks_it(attributes: dict[str, str]) -> None:
    listed = " ".join(
        f'{name}="{"".join(c for c in value if c.isalnum() or c in "+-.e")}"' for name, value in attributes.items()
    )
    for one in read(f'<object id="a" type="x" {listed}/>'):
        assert all(map(math.isfinite, (one.x_m, one.y_m, one.z_m, one.heading_rad, one.length_m, one.width_m)))


@pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")
def test_shared_maps() -> None:
    found = 0
    for path in SHARED_MAPS:
        try:
            road_map = read_map(path)
        except MapError:
            continue
        found += len(read_objects(road_map))
    assert found > 20
