"""Write an audit, or a comparison of some: the page and all its figures, into a folder that holds nothing else yet."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Final

from wormdrive.audit.audit import Audit
from wormdrive.audit.comparison import Comparison
from wormdrive.audit.page.comparison import comparison_page
from wormdrive.audit.page.page import page
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.writing import write_text

__all__ = ["COMPARISON", "FIGURES", "PAGE", "require_new_folder", "write_audit", "write_comparison"]

PAGE: Final = "explain.html"
FIGURES: Final = "explain.json"
COMPARISON: Final = "comparison"


def require_new_folder(folder: Path, *, force: bool = False) -> None:
    """Refuse a folder that holds something, unless it is to be replaced.

    Raises
    ------
    ArgumentError
        ``folder`` is a file; or it is not empty and ``force`` is not set.
    """
    if folder.exists() and not folder.is_dir():
        raise ArgumentError(f"out={folder}: is a file; allowed is a folder (with --wiring: a picture)")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise ArgumentError(f"out={folder}: exists; allowed are a new folder, or --force to replace an audit in it")


def write_audit(audit: Audit, folder: Path, command: str, *, threads: int = 1) -> Path:
    """Write ``explain.json`` and, last, ``explain.html``, each aside first; return the latter's path.

    Raises
    ------
    ArgumentError
        They cannot be written.
    """
    made = page(audit, command, threads=threads)
    write_text(folder / FIGURES, json.dumps(audit.to_json(), indent=1, allow_nan=False) + "\n")
    write_text(folder / PAGE, made)
    return folder / PAGE


def write_comparison(comparison: Comparison, folder: Path, command: str, pages: Collection[str] = ()) -> Path:
    """Write ``comparison.json`` and, last, ``comparison.html``, each aside first; return the latter's path.

    Models in ``pages`` have an audit of their own in ``folder``, in a folder of their name.

    Raises
    ------
    ArgumentError
        They cannot be written.
    """
    made, path = comparison_page(comparison, command, pages), folder / f"{COMPARISON}.html"
    figures = json.dumps(comparison.to_json(), indent=1, allow_nan=False) + "\n"
    write_text(path.with_suffix(".json"), figures)
    write_text(path, made)
    return path
