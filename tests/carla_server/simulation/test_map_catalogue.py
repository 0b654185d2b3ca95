"""The maps that a server offers: by which names they are found, which are repaired and which refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.simulation.map_catalogue import Catalogue, fit_for_clients
from wormdrive.envs.common.errors import MapError, WormdriveError
from wormdrive.envs.roads import BUILTIN_MAPS, read_map

GOOD = read_map("country_loop").text


def changed(pattern: str, replacement: str) -> str:
    text, count = re.subn(pattern, replacement, GOOD, count=1, flags=re.DOTALL)
    assert count == 1, pattern
    return text


REFUSED = {
    "no geometry": changed(r"<planView>.*?</planView>", "<planView></planView>"),
    "no planView": changed(r"<planView>.*?</planView>", ""),
    "section behind the end": changed(r'<laneSection s="[^"]*"', '<laneSection s="99999"'),
    "no number as a width": changed(r'<width ([^>]*)a="[^"]*"', r'<width \1a="nan"'),
    "no place of a geometry": changed(r'<geometry ([^>]*)x="[^"]*"', r'<geometry \1x="?"'),
    "empty": "",
    "no XML": "hello",
    "no roads": '<OpenDRIVE><header revMajor="1" revMinor="4"/></OpenDRIVE>',
    "nothing to drive on": GOOD.replace('type="driving"', 'type="none"'),
    "entities": '<!DOCTYPE a [<!ENTITY b "c">]>' + GOOD[GOOD.index("<OpenDRIVE") :],
}
REPAIRED = {
    "undefined signal": changed(
        r"</road>", '<signals><signalReference s="1" t="0" id="99" orientation="+"/></signals></road>'
    ),
    "no centre lane": changed(r"<center>.*?</center>", ""),
    "a length that is no number": changed(r'(<road [^>]*)length="[^"]*"', r'\1length="nan"'),
    "no finite height": changed(r'<elevation ([^>]*)a="[^"]*"', r'<elevation \1a="-Inf"'),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_maps_are_refused(name: str) -> None:
    catalogue = Catalogue("country_loop")
    with pytest.raises(RequestError, match="the map is refused"):
        catalogue.hand_in(REFUSED[name])
    with pytest.raises(RequestError, match="not found"):
        catalogue.find("OpenDriveMap")


@pytest.mark.parametrize("name", REPAIRED)
def test_what_has_a_sensible_road_is_repaired(name: str, caplog: pytest.LogCaptureFixture) -> None:
    catalogue = Catalogue("country_loop")
    catalogue.hand_in(REPAIRED[name])
    served = catalogue.load(catalogue.find("OpenDriveMap"))
    assert served.text != REPAIRED[name]
    assert not served.left_out
    assert served.driving_lanes == read_map("country_loop").driving_lanes
    assert "is repaired for clients" in caplog.text


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_our_own_maps_are_fit_for_clients(name: str) -> None:
    road_map = read_map(name)
    assert fit_for_clients(road_map) is road_map


def test_names_are_found_as_clients_write_them() -> None:
    catalogue = Catalogue("highway")
    for name in ("suburb", "Carla/Maps/suburb", "/Game/Carla/Maps/Suburb", "suburb_Opt"):
        assert catalogue.find(name) == "suburb"
    for name in ("Town01", "../../etc/passwd", "/etc/passwd", ""):
        with pytest.raises(RequestError):
            catalogue.find(name)


def test_a_file_is_offered_by_its_name(tmp_path: Any) -> None:
    path = tmp_path / "my_town.xodr"
    path.write_text(GOOD)
    catalogue = Catalogue(str(path))
    assert catalogue.names[0] == catalogue.first == "my_town"
    assert catalogue.load("my_town").driving_lanes == read_map("country_loop").driving_lanes
    path.write_text(REFUSED["no geometry"])
    with pytest.raises(MapError, match="geometry"):
        Catalogue(str(path))


def test_maps_go_by_the_names_that_scripts_ask_for(tmp_path: Any) -> None:
    path = tmp_path / "my town.xodr"
    path.write_text(GOOD)
    catalogue = Catalogue("Town03=suburb", [str(path), f"Town05_Opt={path}"])
    assert catalogue.first == "Town03"
    assert catalogue.names[:3] == ["Town03", "my town", "Town05_Opt"]
    assert catalogue.find("Carla/Maps/Town03_Opt") == "Town03"
    assert catalogue.find("town05_opt") == "Town05_Opt"
    assert catalogue.load("Town03").driving_lanes == read_map("suburb").driving_lanes
    assert catalogue.load("Town05_Opt").driving_lanes == read_map("country_loop").driving_lanes


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("=suburb", "a name has letters"),
        ("a/b=suburb", "a name has letters"),
        ("suburb=highway", "there is a map 'suburb' already"),
        ("OpenDriveMap=highway", "there is a map 'OpenDriveMap' already"),
        ("Town03=highway", "there is a map 'Town03' already"),
        ("Town04=nowhere.xodr", "nowhere.xodr"),
    ],
)
def test_names_that_cannot_be_are_said_at_once(wanted: str, reason: str) -> None:
    with pytest.raises(WormdriveError, match=reason):
        Catalogue("Town03=suburb", [wanted])
