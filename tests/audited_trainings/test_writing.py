from __future__ import annotations

import json
from pathlib import Path

from tests.audited_trainings.rows import ROWS
from wormdrive.audited_trainings.summary import summaries_json, summarise
from wormdrive.audited_trainings.writing import write_groups


def test_page_and_figures(tmp_path: Path) -> None:
    (tmp_path / "ncp-blind-1").mkdir()
    (tmp_path / "ncp-blind-1" / "explain.html").touch()
    groups = summarise(ROWS)
    made = write_groups(groups, ROWS, tmp_path, "wormdrive explain '<x>'").read_text()
    assert json.loads((tmp_path / "comparison.json").read_text()) == json.loads(json.dumps(summaries_json(groups)))
    assert '<a href="ncp-blind-1/explain.html">seed 1</a>' in made
    assert made.count("explain.html") == 1, "no other audit is here"
    assert '<span class="less clear">+30 % (30 to 30)</span>' in made
    assert "<td>30 %</td>" in made, "one training has no interval"
    assert "8 trainings" not in made
    assert "7 trainings" in made, "who is told the road was not trained"
    assert "&lt;x&gt;" in made
    assert "a wrong state is halved" in made
    assert "... a tree of" not in made, "of which nothing was measured"
