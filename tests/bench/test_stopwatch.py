from __future__ import annotations

from wormdrive.bench.stopwatch import compare


def test_rates_are_medians_of_what_chunks_report_after_a_warm_up() -> None:
    took = {"slow": iter([9.0, 2.0, 1.0, 4.0]), "quick": iter([9.0, 0.5, 0.1, 0.2])}
    order: list[str] = []

    def chunk(name: str) -> tuple[int, float]:
        order.append(name)
        return 10, next(took[name])

    rates = compare({name: lambda name=name: chunk(name) for name in took}, seconds=0.0, rounds=3)  # type: ignore[misc]
    assert rates == {"slow": 5.0, "quick": 50.0}
    assert order == ["slow", "quick"] * 4
