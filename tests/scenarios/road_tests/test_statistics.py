from __future__ import annotations

from wormdrive.scenarios.road_tests import TestGenerationStatistic


def test_counts_and_times_are_written_as_csv_and_as_text() -> None:
    stats = TestGenerationStatistic(test_generated=3, test_valid=2, test_invalid=1, test_passed=1, test_failed=1)
    stats.test_execution_simulation_times += [1.5, 2.0]
    header, values = (line.split(",") for line in stats.as_csv().splitlines())
    told = dict(zip(header, values, strict=True))
    assert list(told)[:6] == [
        "test_generated", "test_valid", "test_invalid", "test_passed", "test_failed", "test_in_error",
    ]  # fmt: skip
    assert (told["test_generated"], told["simulated_time_execution"]) == ("3", "3.5")
    assert "test failed: 1" in str(stats)
