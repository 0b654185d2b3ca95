"""Drive intervals: Student's where drives alone differ, wider than that of frames, and true as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from wormdrive.audit.attention.drive_intervals import share_interval


def test_of_drives_in_one_season_it_is_student_s_of_their_means() -> None:
    means = np.array([0.3, 0.5, 0.45, 0.52])
    found = share_interval(np.repeat(means, 3), np.repeat(np.arange(4), 3), ["summer"] * 12)
    assert found == pytest.approx(tuple(ttest_1samp(means, 0.0).confidence_interval(0.95)))


def test_it_stays_within_what_a_share_can_be() -> None:
    assert share_interval(np.array([0.0, 1.0]), np.arange(2), ["summer"] * 2) == (0.0, 1.0)
    assert share_interval(np.full(4, 0.25), np.array([0, 0, 1, 1]), ["summer"] * 4) == (0.25, 0.25)


def test_seasons_do_not_widen_what_is_asked_of_these_seasons() -> None:
    shares = np.array([0.1, 0.12, 0.8, 0.82])
    drives = np.arange(4)
    apart = share_interval(shares, drives, ["summer", "summer", "winter", "winter"])
    together = share_interval(shares, drives, ["summer"] * 4)
    assert apart is not None
    assert together is not None
    assert apart[1] - apart[0] < 0.1 < together[1] - together[0]


@pytest.mark.parametrize(
    ("drives", "seasons", "known"),
    [
        ([0, 0, 0], ["summer"] * 3, False),
        ([0, 1, 2], ["summer", "winter", "autumn"], True),
        ([0, 1, 2], ["summer", "summer", "winter"], False),
        ([0, 1, 2, 3], ["summer", "summer", "winter", "spring"], True),
    ],
)
def test_one_drive_tells_nothing_of_others(drives: list[int], seasons: list[str], known: bool) -> None:
    shares = np.linspace(0.2, 0.4, len(drives))
    assert (share_interval(shares, np.array(drives), seasons) is not None) is known


def test_it_holds_the_truth_nearly_as_often_as_it_says() -> None:
    """Twelve drives in four seasons, eight frames a season, drawn at random as the audit does."""
    rng = np.random.default_rng(0)
    truth, held, tables = np.array([0.3, 0.4, 0.5, 0.45]), 0, 600
    for _ in range(tables):
        of_drive = np.repeat(truth, 3) + 0.05 * rng.standard_normal(12)
        drives = np.concatenate([3 * season + rng.integers(0, 3, 8) for season in range(4)])
        shares = of_drive[drives] + 0.03 * rng.standard_normal(32)
        found = share_interval(shares, drives, [str(drive // 3) for drive in drives])
        held += found is not None and found[0] <= truth.mean() <= found[1]
    assert 0.90 < held / tables < 0.99
