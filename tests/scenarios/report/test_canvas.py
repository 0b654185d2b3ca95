from __future__ import annotations

from xml.etree import ElementTree

from wormdrive.scenarios.report.canvas import Canvas, Scale, marker_key


def test_a_scale_is_straight_and_cuts_off_what_lies_beyond() -> None:
    scale = Scale(0.0, 1.0, 100.0, 300.0)
    assert [scale(value) for value in (0.0, 0.25, 1.0, 2.0, -1.0)] == [100.0, 150.0, 300.0, 300.0, 100.0]
    assert Scale(0.0, 1.0, 200.0, 0.0)(0.25) == 150.0


def test_a_picture_is_xml_whose_texts_are_escaped() -> None:
    canvas = Canvas(100, 50.04, 'a "label" <b>')
    canvas.line((0, 0), (-0.01, 10.26), "grid-line")
    canvas.curve([(0, 0), (1, 1), (2, 0)], "band s0", closed=True)
    canvas.box((1, 2), (-3, 4), "share", "less than <nothing>")
    canvas.mark((5, 5), 7, "seed 1 & 2")
    canvas.text((1, 1), "<script>", "name", "end")
    canvas.across(Scale(0.0, 1.0, 0.0, 10.0), [(0.5, "50")], 0.0, 10.0, "x")
    root = ElementTree.fromstring(canvas.svg)
    assert root.attrib["viewBox"] == "0 0 100 50"
    assert root.attrib["aria-label"] == 'a "label" <b>'
    assert root[0].attrib["d"] == "M0 0L0 10.3"
    assert root[1].attrib["d"] == "M0 0L1 1L2 0z"
    assert root[2].attrib["width"] == "0"
    assert root[2][0].text == "less than <nothing>"
    assert root[3].attrib["class"] == "mark s1"
    assert [text.text for text in root.findall("text")] == ["<script>", "50", "x"]


def test_keys_have_the_shapes_of_their_series() -> None:
    keys = [marker_key(k) for k in range(6)]
    assert len(set(keys)) == 6
    assert all(ElementTree.fromstring(key)[0].attrib["class"] == f"mark s{k}" for k, key in enumerate(keys))


def test_no_two_of_many_series_look_alike() -> None:
    assert len({marker_key(k) for k in range(36)}) == 36


def test_a_vertical_axis_may_have_a_name_above_it() -> None:
    canvas = Canvas(100, 100, "a chart")
    scale = Scale(0.0, 1.0, 90.0, 20.0)
    canvas.up(scale, [(0.5, "50")], 10.0, 90.0, "drives [%]")
    canvas.up(scale, [(0.5, "60")], 10.0, 90.0)
    texts = ElementTree.fromstring(canvas.svg).findall("text")
    assert [(text.text, text.attrib["y"]) for text in texts] == [("drives [%]", "7"), ("50", "59"), ("60", "59")]
