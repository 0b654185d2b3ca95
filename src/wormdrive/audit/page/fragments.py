"""Fragments: the sections' templates, and numbers as readers want them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

from wormdrive.envs.common.extras import needs_extra
from wormdrive.scenarios.report.templates import page_environment

with needs_extra("report"):
    import jinja2
    from markupsafe import Markup

__all__ = ["EXPLAIN_STYLE", "environment", "figures", "fragment", "percent", "times"]

_FOLDER: Final = Path(__file__).parent

EXPLAIN_STYLE: Final = _FOLDER / "explain.css"
"""What the pages of audits have beyond the style that all pages share."""

_ABSENT: Final = "\N{EN DASH}"
_SMALLEST: Final = 1e-4
"""Below this numbers are written with an exponent."""


def environment(*folders: Path) -> jinja2.Environment:
    """Return the environment of this folder's templates, and of others', with the filters of this module."""
    made = page_environment(*folders, _FOLDER)
    made.filters.update({"figures": figures, "percent": percent, "times": times, "said": _said})
    return made


def fragment(template: str, **values: Any) -> str:
    """Fill a template of this folder; drawings are passed as SVG in names that end in ``_drawn``."""
    drawn = {name: Markup(value) for name, value in values.items() if name.endswith("_drawn")}  # noqa: S704 - our own
    return environment().get_template(template).render(values | drawn)


def figures(value: float | None, digits: int = 3) -> str:
    """Return a number with so many significant digits; a dash where there is none or it is infinite.

    >>> figures(12345.6), figures(0.01234), figures(0.0000123), figures(None)
    ('12,346', '0.0123', '1.2e-05', '–')
    """
    if value is None or not math.isfinite(value):
        return _ABSENT
    if value == 0:
        return "0"
    if abs(value) < _SMALLEST:
        return f"{value:.1e}"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{value:,.{max(places, 0)}f}"


def percent(share: float | None) -> str:
    """Return a share in percent; one that is not zero never looks so."""
    if share is None or not math.isfinite(share):
        return _ABSENT
    hundred = 100.0 * share
    return f"{hundred:.0f} %" if abs(hundred) >= 9.5 or not hundred else f"{figures(hundred, 2)} %"


def times(ratio: float | None) -> str:
    """Return how many times as much."""
    return _ABSENT if ratio is None or not math.isfinite(ratio) else f"{figures(ratio, 2)} times"


def _said(name: str) -> str:
    """Return a neuron's name as it is read."""
    return name.replace("_", " ")
