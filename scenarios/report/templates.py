"""Templates: how pages are made of them, and the style sheet that all pages share."""

from __future__ import annotations

from pathlib import Path

from wormdrive.envs.common.extras import needs_extra

with needs_extra("report"):
    import jinja2
    from markupsafe import Markup

__all__ = ["page_environment", "style_sheet"]

_STYLE = Path(__file__).parent / "page.css"


def page_environment(*folders: Path) -> jinja2.Environment:
    """Return an environment for the templates of some folders: everything is escaped, nothing undefined is let pass."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["tone"] = _tone
    return environment


def style_sheet(*more: Path) -> Markup:
    """Return the shared style sheet, followed by those of a page of its own."""
    return Markup("".join(file.read_text(encoding="utf-8") for file in (_STYLE, *more)))  # noqa: S704 - our own files


def _tone(rate: float) -> str:
    """Where on the colour scale a success rate lies: squared, so that the first failures show."""
    return f"{100.0 * rate * rate:.1f}%"
