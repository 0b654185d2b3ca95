from __future__ import annotations

from tests.find_target.report.made_up import rows, views
from wormdrive.find_target.report.counts import counted
from wormdrive.find_target.report.words import conclusions, headline


def test_the_headline() -> None:
    counts = counted(rows())
    assert (
        headline(counts) == "found the object in 6 of 12 flights (50 %); best: summer (4 of 4), worst: autumn (1 of 4)"
    )
    assert headline(counts[:1]) == "found the object in 4 of 4 flights (100 %)"


def test_the_conclusions() -> None:
    said = conclusions(counted(rows()), rows(), views())
    assert said == (
        "Over all conditions the 95 % interval of its success is 25 to 75 %. In the worst condition, autumn, it is "
        "4.6 to 70 %. On the same flights, 3 flights found in summer were not found in autumn, and none the other way "
        "round. Of the 6 flights that failed, 3 hit a trunk, 2 lost it from view and 1 ran out of time. Intervals are "
        "over flights, counted as independent: another training of the same kind can differ by more."
    )


def test_nothing_failed() -> None:
    said = conclusions(counted(rows()[:4]), rows()[:4], views()[:1])
    assert "No flight failed." in said
    assert "worst" not in said
    assert "On the same flights" not in said


def test_colours_are_told_apart_where_they_differ() -> None:
    said = conclusions(counted(rows()[4:8]), rows()[4:8], views()[1:2])
    assert "By colour: blue objects were found most seldom (0 of 2), red ones most often (1 of 2)." in said
