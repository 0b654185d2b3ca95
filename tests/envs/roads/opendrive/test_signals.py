"""Signals are read as they stand in the file, and no file breaks the reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.opendrive_text import SHARED_MAPS, opendrive, road, shared_map
from wormdrive.envs.common.errors import MapError
from wormdrive.envs.roads import read_map, read_map_text
from wormdrive.envs.roads.opendrive import signals as module
from wormdrive.envs.roads.opendrive.signals import Controller, SignalPlace, Signals, read_signals


def read(signals: str, rest: str = "") -> Signals:
    text = road(100.0, road_id="r").replace("</road>", f"<signals>{signals}</signals></road>")
    return read_signals(read_map_text(opendrive(text, rest), "test"))


def test_a_signal_with_all_it_can_have() -> None:
    found = read(
        '<signal id="7" name="Lamp" s="12.5" t="-4" zOffset="3.4" orientation="-" dynamic="yes" type="1000001" '
        'subtype="-1" country="OpenDRIVE" value="-1" height="0.8" width="0.4">'
        '<validity fromLane="1" toLane="-2"/><validity fromLane="3" toLane="3"/></signal>'
        '<signalReference id="7" s="90" t="1" orientation="+"><validity fromLane="-1" toLane="-1"/></signalReference>'
    )
    signal = found.signals["7"]
    assert signal.place == SignalPlace("7", "r", 12.5, -4.0, "-", ((-2, 1), (3, 3)))
    assert (signal.name, signal.kind, signal.subtype, signal.country) == ("Lamp", "1000001", "-1", "OpenDRIVE")
    assert signal.dynamic
    assert (signal.z_offset_m, signal.height_m, signal.width_m) == (3.4, 0.8, 0.4)
    assert found.references == (SignalPlace("7", "r", 90.0, 1.0, "+", ((-1, -1),)),)
    assert found.problems == found.undefined == ()


def test_controllers_know_their_junction_and_their_signals() -> None:
    found = read(
        '<signal id="1" s="1" t="0"/><signal id="2" s="2" t="0"/>',
        '<controller id="c" name="all" sequence="3"><control signalId="1"/><control signalId="2"/></controller>'
        '<controller id="d"><control signalId="2"/><control signalId="9"/></controller>'
        '<junction id="j" name=""><controller id="c"/></junction>',
    )
    assert found.controllers == {
        "c": Controller("c", "all", ("1", "2"), "j", 3),
        "d": Controller("d", "", (), "", 0),
    }
    assert found.problems == (
        "controller d, control: signal '2' has a controller; ignored",
        "controller d, control: there is no signal '9'; ignored",
    )


def test_a_reference_to_nothing_is_named() -> None:
    found = read('<signalReference id="404" s="1" t="0"/>')
    assert found.undefined == ("404",)
    assert found.problems == ("signalReference: there is no signal '404'",)
    assert found.references == ()


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        ('<signal s="1" t="0"/>', "names no signal; ignored"),
        ('<signal id="1" t="0"/>', "s or t is no finite number; ignored"),
        ('<signal id="1" s="nan" t="0"/>', "s or t is no finite number; ignored"),
        ('<signal id="1" s="1" t="1e999"/>', "s or t is no finite number; ignored"),
        ('<signal id="1" s="250" t="0"/>', "s=250 lies outside the road's length of 100 m; moved to its end"),
        ('<signal id="1" s="1" t="0" orientation="up"/>', "orientation='up': allowed are +, -, none; read as none"),
        ('<signal id="1" s="1" t="0" height="-2"/>', "height=-2: allowed are numbers from 0 to 1000; cut"),
        ('<signal id="1" s="1" t="0" zOffset="x"/>', "zOffset='x': allowed is a finite number; read as 0"),
        ('<signal id="1" s="1" t="0"/><signal id="1" s="2" t="0"/>', "its id is taken by an earlier signal; ignored"),
    ],
)
def test_faults_are_noted_and_passed_over(xml: str, problem: str) -> None:
    found = read(xml)
    assert found.problems[0].startswith("road r, signals, signal")
    assert found.problems[0].endswith(f": {problem}")
    for signal in found.signals.values():
        assert 0.0 <= signal.place.s_m <= 100.0


def test_the_number_of_signals_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SIGNALS", 3)
    with pytest.raises(MapError, match="more than 3 signals or references"):
        read("".join(f'<signal id="{k}" s="1" t="0"/>' for k in range(9)))


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["id", "s", "t", "zOffset", "height", "orientation", "dynamic", "type", "sequence"]),
        st.sampled_from(["", "0", "-1", "1e308", "nan", "inf", "-inf", "yes", "x", "9" * 50, "٣"]),
    ),
    st.sampled_from(["signal", "signalReference", "validity", "controller", "nonsense"]),
)
def test_no_attribute_breaks_the_reader(attributes: dict[str, str], tag: str) -> None:
    xml = f"<{tag} {' '.join(f'{key}={chr(34)}{value}{chr(34)}' for key, value in attributes.items())}/>"
    found = read(xml + f'<signal id="a" s="1" t="0">{xml}</signal>', f"<controller id='c'>{xml}</controller>{xml}")
    for signal in found.signals.values():
        assert 0.0 <= signal.place.s_m <= 100.0
        assert abs(signal.place.t_m) <= 1_000.0


@pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")
def test_shared_maps() -> None:
    counts = {}
    for path in SHARED_MAPS:
        if b"<signal" not in Path(path).read_bytes() or path.name == "SingleRoadNanValues.xodr":
            continue
        found = read_signals(read_map(path))
        counts[path.name] = len(found.signals), len(found.references), len(found.controllers)
    assert counts["CrossingComplex8Course.xodr"] == (23, 32, 1)
    assert counts["fabriksgatan_traffic_lights.xodr"] == (3, 0, 0)
    assert counts["roadnetwork.xodr"] == (12, 24, 0)
    assert len(counts) >= 15


def test_a_shared_map_by_hand() -> None:
    found = read_signals(read_map(shared_map("esmini_esmini/fabriksgatan_traffic_lights.xodr")))
    lamp = found.signals["1"]
    assert (lamp.place.s_m, lamp.place.t_m, lamp.z_offset_m, lamp.dynamic) == (109.0, -4.0, 3.4, True)
