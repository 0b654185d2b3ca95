"""Write what audits of trainings come to: page and figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from wormdrive.audit.writing import COMPARISON, PAGE
from wormdrive.audited_trainings.audit_cell import folder_name
from wormdrive.audited_trainings.audit_row import AuditRow
from wormdrive.audited_trainings.page import groups_page
from wormdrive.audited_trainings.summary import Group, summaries_json
from wormdrive.scenarios.writing import write_text

__all__ = ["write_groups"]


def write_groups(groups: Sequence[Group], rows: Sequence[AuditRow], folder: Path, command: str) -> Path:
    """Write ``comparison.json`` and, last, ``comparison.html``, each aside first; return the latter's path.

    Audits of ``rows`` that lie in ``folder`` are linked to.

    Raises
    ------
    ArgumentError
        They cannot be written.
    """
    pages: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        name = folder_name(row.training)
        if (folder / name / PAGE).is_file():
            group = next(one for one in groups if (one.kind, one.recipe) == (row.training.kind, row.training.recipe))
            pages.setdefault(group.label, []).append((f"seed {row.training.seed}", f"{name}/{PAGE}"))
    figures, path = folder / f"{COMPARISON}.json", folder / f"{COMPARISON}.html"
    write_text(figures, json.dumps(summaries_json(groups), indent=1, allow_nan=False) + "\n")
    write_text(path, groups_page(groups, command, pages))
    return path
