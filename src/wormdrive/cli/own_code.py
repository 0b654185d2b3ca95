"""Options that take a name, a file, or ``module:attribute``, which is code of the user's own."""

from __future__ import annotations

from typing import Any

__all__ = ["named_or_imported"]


def named_or_imported(text: str, option: str) -> Any:
    """Return what an import path names, or a text that is none as it is.

    Raises
    ------
    ArgumentError, UserCodeError
        As from ``import_attribute``.
    """
    from wormdrive.envs.common.import_path import import_attribute, is_import_path

    return import_attribute(text, option) if is_import_path(text) else text
