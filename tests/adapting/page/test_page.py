from __future__ import annotations

import dataclasses
import re

from tests.adapting.test_findings import FINDINGS, training
from wormdrive.adapting.course import Course
from wormdrive.adapting.findings import Findings
from wormdrive.adapting.page.page import page, verdict


def test_the_verdict_names_each_way_with_its_interval() -> None:
    several = Findings(Course(routes=3), FINDINGS.trainings[:2])
    assert re.fullmatch(
        r"while snow arrives frozen weights keep the lane for 101 of 200 m, and farthest beside them comes shift: "
        r"\+10 m \([+−]\d+ to \+\d+\); "
        r"afterwards the car's centre stays in the lane in 100 % in winter, 100 % in summer, "
        r"instead of 100 % in winter, 100 % in summer",
        verdict(several),
    )
    alone = Findings(Course(routes=3), FINDINGS.trainings[:1])
    assert "comes shift: +8 m; afterwards" in verdict(alone)
    only = Findings(Course(routes=3, arrives="nothing"), FINDINGS.trainings[2:])
    assert verdict(only) == "while nothing arrives frozen weights keep the lane for 101 of 200 m"


def test_only_changes_whose_interval_leaves_zero_out_stand_out_and_only_ways_that_were_driven_are_explained() -> None:
    made = page(Findings(Course(routes=3), FINDINGS.trainings[:2]), "wormdrive adapt")
    found = re.findall(r'<small( class="clear")?>(\S+ \w+)<br>', made)
    assert (' class="clear"', "+100 points") in found
    assert ("", "+10 m") in found
    assert re.findall(r"<dt>(.+?)</dt>", made) == ["frozen", "shift"]


def test_the_page_holds_every_group_escaped_and_leads_nowhere() -> None:
    odd = dataclasses.replace(training("<b>odd</b>", "0", -5.0), name="0")
    made = page(Findings(Course(routes=3), (*FINDINGS.trainings, odd)), "wormdrive adapt '<x>'")
    assert "<b>odd" not in made
    assert "&lt;b&gt;odd&lt;/b&gt;" in made
    assert "wormdrive adapt &#39;&lt;x&gt;&#39;" in made
    assert not re.search(r"https?://|src=", made)
    assert "−5 m" in made
    assert made.count("<svg") == 4
