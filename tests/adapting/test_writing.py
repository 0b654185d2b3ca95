from __future__ import annotations

import json
from pathlib import Path

from tests.adapting.test_findings import FINDINGS
from wormdrive.adapting.findings import Findings
from wormdrive.adapting.writing import FIGURES, write_findings


def test_the_figures_beside_the_page_are_all_of_it(tmp_path: Path) -> None:
    page = write_findings(FINDINGS, tmp_path / "out", "wormdrive adapt")
    assert page == tmp_path / "out" / "adapting.html"
    assert Findings.from_json(json.loads((tmp_path / "out" / FIGURES).read_text())) == FINDINGS
    assert {file.name for file in page.parent.iterdir()} == {"adapting.html", FIGURES}
