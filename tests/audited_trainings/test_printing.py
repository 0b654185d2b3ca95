from __future__ import annotations

import io

from rich.console import Console

from tests.audited_trainings.rows import ROWS
from wormdrive.audited_trainings.printing import print_groups
from wormdrive.audited_trainings.summary import summarise


def test_tables_in_a_terminal() -> None:
    console = Console(width=80, file=io.StringIO())
    print_groups(console, summarise(ROWS))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "blind: 3" in text
    assert max(map(len, text.splitlines()[:-1])) <= 80
    assert "gradients:" in text
    assert "[s]" in text
    assert "(48 to 54)" in text
    assert "…" not in text, "no heading is cut off"
    assert "ncp, blind: steering: the road's, first order: +30 % (30 to 30) against feedforward" in text
