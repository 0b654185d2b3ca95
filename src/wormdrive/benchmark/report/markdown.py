"""Markdown: the results as text, whose first paragraph is the answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wormdrive.envs.common.extras import needs_extra

with needs_extra("report"):
    import jinja2

__all__ = ["markdown"]


def markdown(shown: Mapping[str, Any]) -> str:
    """Return ``results.md`` from what ``chapters`` gave; the same gives the same bytes."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=False, undefined=jinja2.StrictUndefined,  # noqa: S701
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    return environment.get_template("results.md.jinja").render(shown)
