from __future__ import annotations

from wormdrive.envs.common.printable import printable


def test_escape_sequences_and_lines_stay_names() -> None:
    assert printable("a\x1b[31mb\x1b]0;title\x07\n.xodr") == "a?[31mb?]0;title??.xodr"
    assert printable("Straße 雪.xodr") == "Straße 雪.xodr"
