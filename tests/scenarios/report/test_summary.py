from __future__ import annotations

import re

from tests.scenarios.examples import made_up_evaluation
from wormdrive.scenarios.report import summary
from wormdrive.scenarios.suite import load_suite


def test_percent_rounds_no_blemish_away() -> None:
    assert summary.percent(1.0) == "100 %"
    assert summary.percent(0.998) == "99.8 %"
    assert summary.percent(0.003) == "0.3 %"
    assert summary.percent(0.9999) == "99.99 %"
    assert summary.percent(0.98) == "98 %"
    assert summary.percent(0.605) == "60 %"
    assert summary.percent(0.0) == "0 %"
    assert summary.interval((0.7221, 1.0)) == "72 to 100 %"


def test_listing() -> None:
    assert [summary.listing(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip


def test_verdict() -> None:
    clean, _ = made_up_evaluation("a")
    assert summary.verdict(clean) == "kept all wheels in its lane in all 200 drives"
    one, _ = made_up_evaluation("a", failing={("winter", "fog"): 1})
    assert summary.verdict(one) == (
        "kept all wheels in its lane in 199 of 200 drives (99.5 %): never failed in summer, autumn and spring, "
        "failed in winter"
    )
    all_over = {("summer", "fog"): 1, ("autumn", "fog"): 1, ("winter", "day"): 5, ("spring", "rain"): 1}
    everywhere, _ = made_up_evaluation("a", failing=all_over)
    assert summary.verdict(everywhere).endswith("with failures in every season, most in winter")


def test_season_line() -> None:
    evaluation, _ = made_up_evaluation("a", failing={("winter", "fog"): 4, ("winter", "night"): 1})
    line = summary.season_line(evaluation, "winter")
    assert line == "45 of 50 drives with all wheels in the lane; failed in fog (4 of 10) and at night (1 of 10)"
    summer = summary.season_line(evaluation, "summer")
    assert re.fullmatch(
        r"50 of 50 drives with all wheels in the lane, \d+ cm from the lane's centre on average", summer
    )


def test_what_failed_by_wheels_alone_is_told_apart() -> None:
    evaluation, _ = made_up_evaluation("a", failing={("winter", "fog"): 2}, wide={("winter", "day"): 3})
    assert summary.season_line(evaluation, "winter") == (
        "45 of 50 drives with all wheels in the lane (48 by the car's centre); "
        "failed by day (3 of 10) and in fog (2 of 10)"
    )
    account = summary.account(evaluation)
    assert account.lead.startswith("It failed in 5 of 200 drives")
    most = max(100 * failure.max_wheel_beyond_m for failure in evaluation.failures if not failure.by_centre)
    assert account.findings[0] == (
        f"In 3 of them the whole route was driven: wheels left the lane, by {most:.0f} cm at most, "
        "the car's centre did not."
    )
    alone, _ = made_up_evaluation("a", wide={("winter", "day"): 3})
    assert summary.account(alone).findings[0].startswith("In all of them the whole route was driven")
    by_centre, _ = made_up_evaluation("a", failing={("winter", "fog"): 2})
    assert "whole route" not in " ".join(summary.account(by_centre).findings)


def test_kilometres_per_departure_are_told_with_their_interval() -> None:
    assert summary.km_per_departure((4.0, (1.107, 33.03))) == "4.0 (1.1 to 33)"
    assert summary.km_per_departure((0.25, (0.1, None))) == "0.25 (above 0.10)"
    assert summary.km_per_departure((None, (21.7, None))) == "above 22"
    evaluation, _ = made_up_evaluation("a", failing={("winter", "fog"): 2})
    (told,) = (line for line in summary.account(evaluation).findings if line.startswith("Kilometres per departure"))
    assert summary.km_per_departure(evaluation.km_per_departure) in told
    assert f"{summary.percent(evaluation.wheel_beyond_share)} of the time" in told


def test_nothing_failed_is_told_with_what_the_interval_still_allows() -> None:
    clean, _ = made_up_evaluation("a")
    account = summary.account(clean)
    # Wilson: z^2 / (n + z^2) = 3.8415 / 203.8415 and 3.8415 / 13.8415
    assert account.lead == (
        "It did not fail in 200 drives: the 95 % interval still allows up to 1.9 % of drives to fail."
    )
    assert "(10 drives) the interval still allows up to 27.8 %" in account.findings[0]
    closest = max(clean.rows, key=lambda row: row.max_abs_offset_m)
    told = f"Its closest call: {closest.max_abs_offset_m:.2f} m from the lane's centre, {closest.season} "
    assert account.findings[1].startswith(told)


def test_failures_are_told_by_condition_road_and_place() -> None:
    suite = load_suite("four-seasons").narrowed(maps=["mountain_pass"])
    evaluation, _ = made_up_evaluation("a", suite, {("winter", "fog"): 3, ("spring", "fog"): 2})
    account = summary.account(evaluation)
    assert account.lead.startswith("It failed in 5 of 200 drives, 2.5 %")
    text = " ".join(account.findings)
    assert "winter in fog (3 of 10) and spring in fog (2 of 10); the other 18 conditions did not fail" in text
    assert "5 on mountain pass" in text
    tightest = max(abs(failure.curvature) for failure in evaluation.failures)
    assert f"radius of {1 / tightest:.0f} m" in text
    left = sum(failure.lateral_offset_m > 0.0 for failure in evaluation.failures)
    assert f"Departures: {left} to the left, {5 - left} to the right; of the 5 in bends, 5 to the outside." in text
    assert "2 of them within 20 m of one another" in text  # the same episode fails at the same place in both fogs
    nearest = max(
        (row for row in evaluation.rows if row.successes == row.episodes), key=lambda row: row.max_abs_offset_m
    )
    assert f"among the conditions that held: {nearest.season} at {nearest.weather}, up to" in text
    assert f"up to {nearest.max_abs_offset_m:.2f} m from the lane's centre." in text


def test_failing_everywhere_is_told_in_a_few_words() -> None:
    suite = load_suite("four-seasons").narrowed(maps=["mountain_pass"], episodes=2, weathers=["day", "fog", "night"])
    evaluation, _ = made_up_evaluation("a", suite, dict.fromkeys(suite.all_conditions, 2))
    assert summary.season_line(evaluation, "winter") == (
        "0 of 6 drives with all wheels in the lane: failed in every weather"
    )
    assert "It failed in every condition, in every drive." in summary.account(evaluation).findings
    partly, _ = made_up_evaluation("a", suite, dict.fromkeys(suite.all_conditions[:6], 1))
    (worst,) = (line for line in summary.account(partly).findings if line.startswith("Worst conditions"))
    assert worst.endswith("2 more failed too; the other 6 conditions did not fail.")
