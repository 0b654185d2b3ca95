from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.find_target.evaluation import FlightRow, evaluate_pilot, read_flights, write_flights
from wormdrive.find_target.flights import ExpertPilot
from wormdrive.find_target.suite import load_flight_suite

ROWS = [FlightRow("ncp", 0, "winter", 3, "found", 4.5, 1.93), FlightRow("cnn", 1, "fog", 0, "lost", 30.0, 12.0)]


def test_rows_come_back(tmp_path: Path) -> None:
    write_flights(tmp_path / "flights.csv", ROWS)
    assert read_flights(tmp_path / "flights.csv") == ROWS
    assert [row.found for row in ROWS] == [1.0, 0.0]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", ",".join(FlightRow._fields) + "\nncp,x,winter,0,found,1,1\n"])
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "flights.csv").write_text(text)
    with pytest.raises(EpisodeError, match=r"flights\.csv"):
        read_flights(tmp_path / "flights.csv")
    with pytest.raises(EpisodeError, match="cannot be read"):
        read_flights(tmp_path / "none.csv")


def test_suites_are_checked() -> None:
    with pytest.raises(ArgumentError, match="suite='monsoon': allowed are disturbed, woods, or the path"):
        evaluate_pilot("expert", 0, ExpertPilot(), "monsoon")


@pytest.mark.slow
def test_everybody_flies_the_same_in_every_condition() -> None:
    suite = load_flight_suite().narrowed(flights=3, conditions=["summer", "winter"])
    rows = evaluate_pilot("expert", 0, ExpertPilot(), suite, worlds=2)
    summer, winter = rows[:3], rows[3:]
    assert [row.flight for row in rows] == [0, 1, 2, 0, 1, 2]
    # the expert does not look at pictures: on the same flights it does the same
    assert [row[3:] for row in summer] == [row[3:] for row in winter]
