"""Write the findings: the page and all figures, into a folder that holds nothing else yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from wormdrive.adapting.findings import Findings
from wormdrive.adapting.page.page import page
from wormdrive.scenarios.writing import write_text

__all__ = ["FIGURES", "PAGE", "write_findings"]

PAGE: Final = "adapting.html"
FIGURES: Final = "adapting.json"


def write_findings(findings: Findings, folder: Path, command: str) -> Path:
    """Write ``adapting.json`` and, last, ``adapting.html``, each aside first; return the latter's path.

    Raises
    ------
    ArgumentError
        They cannot be written.
    """
    made, path = page(findings, command), folder / PAGE
    write_text(folder / FIGURES, json.dumps(findings.to_json(), indent=1, allow_nan=False) + "\n")
    write_text(path, made)
    return path
