"""Statistics: how many tests were generated, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["TestGenerationStatistic"]


@dataclass
class TestGenerationStatistic:
    """Counts of tests, and seconds: real ones between and in executions, simulated ones of drives.

    ``obes`` are failures for which the car was out of bounds. Tests that are executed together share the real time of
    their execution evenly.
    """

    __test__ = False

    test_generated: int = 0
    test_valid: int = 0
    test_invalid: int = 0
    test_passed: int = 0
    test_failed: int = 0
    test_in_error: int = 0
    obes: int = 0
    test_generation_real_times: list[float] = field(default_factory=list)
    test_execution_real_times: list[float] = field(default_factory=list)
    test_execution_simulation_times: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(f"{name.replace('_', ' ')}: {value:g}" for name, value in self._values().items())

    def as_csv(self) -> str:
        """Return a header and a line of values."""
        values = self._values()
        return "\n".join([",".join(values), ",".join(str(value) for value in values.values())])

    def _values(self) -> dict[str, float]:
        return {
            "test_generated": self.test_generated,
            "test_valid": self.test_valid,
            "test_invalid": self.test_invalid,
            "test_passed": self.test_passed,
            "test_failed": self.test_failed,
            "test_in_error": self.test_in_error,
            "real_time_generation": sum(self.test_generation_real_times),
            "real_time_execution": sum(self.test_execution_real_times),
            "simulated_time_execution": sum(self.test_execution_simulation_times),
        }
