from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from wormdrive.adapting.page.distances import distances_svg


def test_a_dot_a_training_lies_between_start_and_end_of_the_route_and_the_bar_at_their_mean() -> None:
    drawn = distances_svg({"frozen": [0.0, 100.0], "a<b": [200.0]}, 200.0)
    ET.fromstring(drawn)
    dots = [float(x) for x in re.findall(r'circle cx="([\d.]+)"', drawn)]
    bars = [float(x) for x in re.findall(r'class="mean" x1="([\d.]+)"', drawn)]
    start, middle, end = dots
    assert start < middle < end
    assert middle - start == end - middle
    assert bars == [(start + middle) / 2, end]
