"""Write an audit: the page and all its figures, into a folder that holds nothing else yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from wormdrive.audit.attention.photo_section import PhotoAttention
from wormdrive.audit.audit import Audit
from wormdrive.audit.page.page import page
from wormdrive.audit.page.photos import photos_page
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.writing import write_text

__all__ = ["FIGURES", "PAGE", "PHOTO_FIGURES", "PHOTO_PAGE", "require_new_folder", "write_audit", "write_photos"]

PAGE: Final = "explain.html"
FIGURES: Final = "explain.json"
PHOTO_PAGE: Final = "attention.html"
PHOTO_FIGURES: Final = "attention.json"


def require_new_folder(folder: Path, *, force: bool = False, page: str = PAGE) -> None:
    """Refuse a folder that holds something, unless its ``page`` is to be replaced.

    Raises
    ------
    ArgumentError
        ``folder`` is a file; or it is not empty and ``force`` is not set.
    """
    if folder.exists() and not folder.is_dir():
        raise ArgumentError(f"out={folder}: is a file; allowed is a folder (with --wiring: a picture)")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise ArgumentError(f"out={folder}: exists; allowed are a new folder, or --force to replace {page} in it")


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


def write_photos(found: PhotoAttention, folder: Path, command: str) -> Path:
    """Write ``attention.json`` and, last, ``attention.html``, each aside first; return the latter's path.

    Raises
    ------
    ArgumentError
        They cannot be written.
    """
    made = photos_page(found, command)
    write_text(folder / PHOTO_FIGURES, json.dumps(found.to_json(), indent=1, allow_nan=False) + "\n")
    write_text(folder / PHOTO_PAGE, made)
    return folder / PHOTO_PAGE
