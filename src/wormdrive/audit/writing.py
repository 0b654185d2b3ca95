"""Write an audit, or a comparison of some: the page and all its figures, into a folder that holds nothing else yet."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from wormdrive.audit.attention.photo_section import PhotoAttention
from wormdrive.audit.audit import Audit
from wormdrive.audit.comparison import Comparison
from wormdrive.audit.page.comparison import comparison_page
from wormdrive.audit.page.page import page
from wormdrive.audit.page.photos import photos_page
from wormdrive.scenarios.writing import write_text

__all__ = [
    "COMPARISON", "FIGURES", "PAGE", "PHOTO_FIGURES", "PHOTO_PAGE",
    "write_audit", "write_comparison", "write_photos",
]  # fmt: skip

PAGE: Final = "explain.html"
FIGURES: Final = "explain.json"
PHOTO_PAGE: Final = "attention.html"
PHOTO_FIGURES: Final = "attention.json"
COMPARISON: Final = "comparison"


def write_audit(audit: Audit, folder: Path, command: str, *, threads: int = 1) -> Path:
    """Write ``explain.json`` and, last, ``explain.html``, each aside first; return the latter's path.

    Raises
    ------
    ArgumentError
        They cannot be written.
    """
    return _write(folder / FIGURES, audit.to_json(), folder / PAGE, page(audit, command, threads=threads))


def write_photos(found: PhotoAttention, folder: Path, command: str) -> Path:
    """Write ``attention.json`` and, last, ``attention.html``, each aside first; return the latter's path.

    Raises
    ------
    ArgumentError
        They cannot be written.
    """
    return _write(folder / PHOTO_FIGURES, found.to_json(), folder / PHOTO_PAGE, photos_page(found, command))


def write_comparison(comparison: Comparison, folder: Path, command: str, pages: Collection[str] = ()) -> Path:
    """Write ``comparison.json`` and, last, ``comparison.html``, each aside first; return the latter's path.

    Models in ``pages`` have an audit of their own in ``folder``, in a folder of their name.

    Raises
    ------
    ArgumentError
        They cannot be written.
    """
    made, path = comparison_page(comparison, command, pages), folder / f"{COMPARISON}.html"
    return _write(path.with_suffix(".json"), comparison.to_json(), path, made)


def _write(figures: Path, data: dict[str, Any], page_path: Path, made: str) -> Path:
    write_text(figures, json.dumps(data, indent=1, allow_nan=False) + "\n")
    write_text(page_path, made)
    return page_path
