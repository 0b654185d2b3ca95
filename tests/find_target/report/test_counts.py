from __future__ import annotations

import json

from tests.find_target.report.made_up import rows
from wormdrive.find_target.report.counts import counted, plain
from wormdrive.scenarios.intervals import wilson_interval


def test_flights_are_counted_by_condition_and_end() -> None:
    summer, autumn, farther = counted(rows())
    assert (summer.condition, summer.found, summer.rate, summer.seconds) == ("summer", 4, 1.0, 2.7)
    assert autumn.ends == {"found": 1, "collision": 1, "lost": 2, "time_limit": 0}
    assert farther.ci95 == wilson_interval(1, 4)
    assert farther.seconds == 2.2


def test_where_nothing_was_found_there_is_no_time() -> None:
    (autumn,) = counted([row for row in rows() if row.condition == "autumn" and not row.found])
    assert (autumn.found, autumn.seconds) == (0, None)
    (told,) = json.loads(json.dumps(plain([autumn]), allow_nan=False))
    assert (told["rate"], told["seconds"], told["ends"]["lost"]) == (0.0, None, 2)
