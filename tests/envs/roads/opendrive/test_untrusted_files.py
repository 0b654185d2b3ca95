"""Maps are untrusted: whatever a file holds, reading it ends in a RoadMap or a MapError, soon and without NaN."""

from __future__ import annotations

import math
import re
import time
from pathlib import Path

import numpy as np
import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.common.errors import MapError, RouteError
from wormdrive.envs.roads import RoadMap, follow_route, read_map, read_map_text
from wormdrive.envs.roads.lane_listing import lane_centres
from wormdrive.envs.roads.opendrive import limits

SEEDS = {
    "plain": opendrive(road()),
    "curved": opendrive(
        road(
            '<geometry s="0" x="1" y="2" hdg="0.3" length="40"><spiral curvStart="0" curvEnd="0.02"/></geometry>'
            '<geometry s="40" x="38.7" y="18.4" hdg="0.7" length="30"><arc curvature="0.02"/></geometry>'
            '<geometry s="70" x="56" y="41" hdg="1.3" length="20"><poly3 a="0" b="0" c="0.001" d="0.0001"/></geometry>'
            '<geometry s="90" x="61" y="60" hdg="1.4" length="10"><paramPoly3 pRange="arcLength" aU="0" bU="1" cU="0" '
            'dU="0" aV="0" bV="0" cV="0.001" dV="0"/></geometry>',
            section(
                lane(2, "sidewalk", 2.0, '<roadMark sOffset="0" type="curb" color="white"/>'),
                lane(1, "driving", '<border sOffset="0" a="3.5" b="0.01" c="0" d="0"/>'),
                lane(-1, mark='<roadMark sOffset="0" type="solid broken" color="yellow" width="0.12"/>'),
            )
            + section(lane(-1, link='<predecessor id="-1"/>'), s=60),
            length=100,
            lane_offset='<laneOffset s="0" a="0" b="0.01" c="0" d="0"/>',
            extra='<elevationProfile><elevation s="0" a="1" b="0.02" c="0" d="0"/></elevationProfile>'
            '<lateralProfile><superelevation s="0" a="0.02" b="0" c="0" d="0"/></lateralProfile>',
            link='<successor elementType="junction" elementId="j"/>',
        ),
        road(50, road_id="b", junction="j", link='<predecessor elementType="road" elementId="1" contactPoint="end"/>'),
        '<junction id="j"><connection id="0" incomingRoad="1" connectingRoad="b" contactPoint="start">'
        '<laneLink from="-1" to="-1"/></connection></junction>',
    ),
}
NASTY = ("nan", "-1", "1e308", "-1e308", "inf", "", "x", "0", "1e-300", "-0", "9" * 400, "1e29", "١", "0x10", "1e5")


def use(text: str, name: str = "test") -> RoadMap | None:
    """Read a map and everything that can be made from it."""
    try:
        road_map = read_map_text(text, name)
    except MapError as error:
        told = (error.file, bool(error.reason))
    else:
        told = None
    if told is not None:
        assert told == (name, True)
        return None
    for listed in lane_centres(road_map, 20.0, frozenset({"driving", "sidewalk"})):
        for values in vars(listed.points).values():
            assert np.isfinite(values).all()
    try:
        route = follow_route(road_map, 0, 60.0)
    except RouteError:
        return road_map
    for name, values in vars(route).items():
        if isinstance(values, np.ndarray) and name != "speed_limit_mps":
            assert np.isfinite(values).all(), name
    return road_map


def mutate(text: str, rng: np.random.Generator) -> str:
    """Break one to four things: attribute values, attributes, elements, single characters."""
    for _ in range(int(rng.integers(1, 5))):
        values = list(re.finditer(r'(\w+)="([^"]*)"', text))
        tags = list(re.finditer(r"<[^>]*>", text))
        kind = int(rng.integers(7))
        if kind <= 2 and values:
            at = values[int(rng.integers(len(values)))]
            text = f"{text[: at.start(2)]}{NASTY[int(rng.integers(len(NASTY)))]}{text[at.end(2) :]}"
        elif kind == 3 and values:
            at = values[int(rng.integers(len(values)))]
            text = text[: at.start()] + text[at.end() :]
        elif kind == 4 and tags:
            at = tags[int(rng.integers(len(tags)))]
            text = text[: at.start()] + text[at.end() :]
        elif kind == 5 and tags:
            one, two = (tags[int(rng.integers(len(tags)))] for _ in range(2))
            text = text[: one.start()] + two.group() + text[one.start() :]
        else:
            at_character = int(rng.integers(len(text)))
            text = text[:at_character] + chr(int(rng.integers(1, 300))) + text[at_character + 1 :]
    return text


@pytest.mark.parametrize("name", SEEDS)
def test_seed_maps_are_good(name: str) -> None:
    assert use(SEEDS[name]) is not None


@pytest.mark.parametrize("name", SEEDS)
def test_mutated_maps_give_a_map_or_a_map_error(name: str) -> None:
    used = 0
    for seed in range(150):
        begin = time.perf_counter()
        used += use(mutate(SEEDS[name], np.random.default_rng(seed))) is not None
        assert time.perf_counter() - begin < 10.0, f"mutation {seed} took too long"
    assert 10 < used < 150  # both outcomes are met


@pytest.mark.parametrize(
    ("text", "element", "reason"),
    [
        ("", "", "no well-formed XML"),
        ("no xml", "", "no well-formed XML"),
        ("<OpenDRIVE>", "", "no well-formed XML"),
        ("<OpenSCENARIO/>", "", "root element is 'OpenSCENARIO'"),
        ("<OpenDRIVE/>", "", "holds no road"),
        (opendrive('<road id="7" length="5"/>'), "road 7", "planView is missing"),
        (opendrive('<road id="7" length="5"><planView/></road>'), "road 7, planView", "no geometry"),
        (opendrive(road().replace("<line/>", "<helix/>")), "road 1, planView, geometry at s=0", "none of line"),
        (opendrive(road(math.nan)), "road 1, planView, geometry at s=0", "length='nan'"),
        (opendrive(road(-5.0)), "road 1, planView, geometry at s=0", "length='-5.0'"),
        (opendrive(road(2e5)), "road 1, planView, geometry at s=0", "from 0 to 100000"),
        (opendrive(road(pose=(math.inf, 0, 0))), "road 1, planView, geometry at s=0", "x='inf'"),
        (opendrive(road(sections=section(lane(-1), s=101))), "road 1, lanes", "no laneSection with a length within"),
        (opendrive(road(sections="<x/>")), "road 1, lanes", "no laneSection"),
        (opendrive('<road id="1" length="9"><planView><geometry s="0" x="0" y="0" hdg="0" length="9"><line/></geometry>'
                   "</planView></road>"), "road 1", "lanes are missing"),
        (opendrive(road(sections=section(lane(-1, width='<width sOffset="0" a="nan"/>')))),
         "road 1, lanes, laneSection at s=0, right, lane -1, width at sOffset=0", "a='nan'"),
        (opendrive(*(road(99_000, road_id=str(k)) for k in range(60))), "road 50", "longer than 5000 km"),
        (opendrive(road('<geometry s="0" x="0" y="0" hdg="0" length="1"><arc curvature="1e6"/></geometry>', length=1)),
         "road 1, planView, geometry at s=0, arc", "curvature='1e6'"),
    ],
)  # fmt: skip
def test_faults_that_make_a_map_useless_are_named(text: str, element: str, reason: str) -> None:
    with pytest.raises(MapError) as caught:
        read_map_text(text, "some.xodr")
    assert caught.value.file == "some.xodr"
    assert caught.value.element == element
    assert reason in caught.value.reason


def test_entities_are_refused_at_once() -> None:
    declared = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10 if k else "ha"}">' for k in range(10))
    bomb = f"<!DOCTYPE OpenDRIVE [{declared}]><OpenDRIVE>&e9;</OpenDRIVE>"
    with pytest.raises(MapError, match="entities"):
        read_map_text(bomb, "bomb.xodr")
    outside = '<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><OpenDRIVE>&x;</OpenDRIVE>'
    with pytest.raises(MapError, match="entities"):
        read_map_text(outside, "outside.xodr")


def test_a_document_type_without_entities_does_no_harm() -> None:
    text = opendrive(road()).replace('<?xml version="1.0"?>', '<?xml version="1.0"?><!DOCTYPE OpenDRIVE>')
    assert len(read_map_text(text, "t").roads) == 1


def test_harmless_files_and_others_are_read_alike() -> None:
    """Those with a document type take another way."""
    spaced = opendrive(road(), "<!-- <!ENTITY --><x:note/>", road(road_id="b")).replace(
        "<OpenDRIVE>", '<OpenDRIVE xmlns="u:o" xmlns:x="u:x"><![CDATA[<road id="c"/>]]><?pi <road/>?>'
    )
    kinds = ("", "<!DOCTYPE OpenDRIVE>")
    plain, watched = (read_map_text(spaced.replace("<OpenDRIVE", f"{kind}<OpenDRIVE"), "t") for kind in kinds)
    assert list(plain.roads) == list(watched.roads) == ["1", "b"]


def test_large_files_are_refused_before_they_are_parsed(tmp_path: Path) -> None:
    path = tmp_path / "large.xodr"
    with path.open("wb") as stream:  # sparse: takes no space
        stream.truncate(limits.MAX_BYTES + 1)
    with pytest.raises(MapError, match="at most 96 MiB"):
        read_map(path)


def test_elements_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wormdrive.envs.roads.opendrive.document.MAX_ELEMENTS", 10)
    with pytest.raises(MapError, match="more than 10 XML elements"):
        read_map_text(opendrive(road(), road(road_id="2")), "t")


def test_deep_nesting_is_no_recursion() -> None:
    deep = 20_000
    text = opendrive(road(), "<userData>" * deep + "</userData>" * deep)
    assert len(read_map_text(text, "t").roads) == 1


def test_problems_are_bounded() -> None:
    marks = '<roadMark sOffset="0" type="zebra"/>' * 3_000
    road_map = read_map_text(opendrive(road(sections=section(lane(-1, mark=marks)))), "t")
    assert len(road_map.problems) == limits.MAX_PROBLEMS + 1
    assert road_map.problems[-1] == "and 2000 more"


@pytest.mark.parametrize("name", ["missing.xodr", "nul\0.xodr", "."])
def test_paths_that_cannot_be_read(name: str) -> None:
    with pytest.raises(MapError) as caught:
        read_map(name)
    assert caught.value.file == name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    text = opendrive(road(road_id="Straße")).replace(
        '"1.0"?>', f'"1.0" encoding="{encoding.removesuffix("-sig")}"?>', 1
    )
    path = tmp_path / "map.xodr"
    path.write_bytes(text.encode(encoding))
    assert list(read_map(path).roads) == ["Straße"]


def test_binary_rubbish(tmp_path: Path) -> None:
    path = tmp_path / "rubbish.xodr"
    path.write_bytes(np.random.default_rng(0).bytes(5_000))
    with pytest.raises(MapError, match="no well-formed XML"):
        read_map(path)


def test_endless_chain_of_tiny_sections_ends() -> None:
    """A loop of roads a micrometre long must not be followed for ever."""
    link = '<predecessor elementType="road" elementId="1" contactPoint="end"/>'
    link += '<successor elementType="road" elementId="1" contactPoint="start"/>'
    lanes = section(lane(-1, link='<predecessor id="-1"/><successor id="-1"/>'))
    road_map = read_map_text(opendrive(road(2e-6, lanes, link=link)), "t")
    with pytest.raises(RouteError):
        follow_route(road_map, 0, 100.0)
