"""One small audit, its figures, its sentences and its page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.find_target.audit.flight_audit import audit_flights
from wormdrive.find_target.audit.page import write_flight_audit
from wormdrive.find_target.audit.words import turns, verdict
from wormdrive.find_target.policy import FlightPolicy


@pytest.mark.slow
def test_an_audit_becomes_a_page_and_figures(
    flights: list[FlightEpisode], policies: dict[str, FlightPolicy], tmp_path: Path
) -> None:
    audit = audit_flights(policies, flights, samples=2)
    told = audit.to_json()
    assert list(told["models"]) == list(policies)
    assert told["expert"]["movers"]["yaw_scenery"] == 0.0
    assert not told["models"]["cnn"]["forgetting"]["memory"]
    assert "has no memory" in verdict(audit, "cnn")
    assert "a wrong state is" in verdict(audit, "ncp")

    page = write_flight_audit(audit, tmp_path / "out", "wormdrive find-target explain <a>")
    assert json.loads((tmp_path / "out" / "explain.json").read_text()) == told
    html = page.read_text()
    assert "explain &lt;a&gt;" in html
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
    for section in ("movers", "turning", "looks", "forgetting"):
        assert f'<h2 id="{section}">' in html
    alone = replace(
        audit,
        kinds={"cnn": "cnn"},
        movers={name: audit.movers[name] for name in ("cnn", "expert")},
        turning={"cnn": {}},
        looks={"cnn": audit.looks["cnn"]},
        forgetting={"cnn": audit.forgetting["cnn"]},
    )
    write_flight_audit(alone, tmp_path / "alone", "again")
    assert f"<strong>cnn</strong>: {verdict(alone, 'cnn')}" in (tmp_path / "alone" / "explain.html").read_text()


def test_other_sizes_and_the_experts_name_are_refused(flights: list[FlightEpisode]) -> None:
    with pytest.raises(ArgumentError, match="160x96"):
        audit_flights({"wide": FlightPolicy("cnn", width=160)}, flights)
    with pytest.raises(ArgumentError, match="expert"):
        audit_flights({"expert": FlightPolicy("cnn")}, flights)


@pytest.mark.parametrize(
    ("yaw", "said"), [(0.5, "turns left at 0.50 rad/s"), (-0.3, "turns right at 0.30 rad/s"), (0.01, "does not turn")]
)
def test_yaw_in_words(yaw: float, said: str) -> None:
    assert turns(yaw) == said
