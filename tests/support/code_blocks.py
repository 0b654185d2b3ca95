"""Code blocks of Markdown pages, with what a comment above them says of how they are tried.

Blocks run as they stand. A comment above one says otherwise::

    <!-- run with: record: --episodes 2; serve: skip because it never ends -->   arguments to be added, by command
    <!-- checked, not run: trains for hours -->                                  commands, options, names must exist
    <!-- all checked, not run: each drives for minutes -->                       the same, for the rest of the page
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["CodeBlock", "code_blocks"]

_MARKER = re.compile(r"<!-- (run with|checked, not run|all checked, not run): (.+) -->")


@dataclass(frozen=True)
class CodeBlock:
    """One block: ``language`` is ``bash`` for one that is indented and not fenced."""

    page: str
    line: int
    language: str
    text: str
    runs: bool = True
    more: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.page}:{self.line}"


def code_blocks(page: Path) -> list[CodeBlock]:
    """Read the blocks of a page in their order; a marker without a block below it is an error."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found: list[CodeBlock] = []
    marker: re.Match[str] | None = None
    all_checked = False
    i = 0
    while i < len(lines):
        line = lines[i]
        begin = i + 1
        if match := _MARKER.fullmatch(line):
            all_checked |= match[1].startswith("all")
            marker = None if match[1].startswith("all") else match
            i += 1
            continue
        if line.startswith("```"):
            language = line[3:].strip()
            i = next(k for k in range(i + 1, len(lines)) if lines[k].startswith("```"))
            text = lines[begin:i]
        elif line.startswith("    ") and i and not lines[i - 1]:
            language, text = "bash", []
            while i < len(lines) and (lines[i].startswith("    ") or not lines[i]):
                text.append(lines[i][4:])
                i += 1
        else:
            if marker is not None and line.strip():
                raise AssertionError(f"{page.name}:{begin}: no block follows the marker above")
            i += 1
            continue
        runs = not all_checked and (marker is None or marker[1] == "run with")
        more = _by_command(marker[2]) if marker is not None and marker[1] == "run with" else {}
        found.append(CodeBlock(page.name, begin, language, "\n".join(text) + "\n", runs, more))
        marker = None
        i += 1
    return found


def _by_command(text: str) -> dict[str, str]:
    parts = (part.partition(":") for part in text.split(";"))
    return {command.strip(): arguments.strip() for command, _, arguments in parts}
